"""What the machine has to have: room, time zones, and a key that only we read."""

from collections.abc import Iterator

from nurture.doctor.checks import STAYS
from nurture.doctor.facts import Facts
from nurture.doctor.finding import Finding, fail, ok, skipped, warn
from nurture.languages.told import quoted, told

GB = 1024**3
FREE_WARN, FREE_FAIL = GB, GB // 5
ZONES_OLD_YEARS = 2
"""Some country changes its clock in most years."""
OTHERS = 0o077
"""Permission bits of everybody but the owner."""


def disk(facts: Facts) -> Iterator[Finding]:
    free, size = facts.machine.disk_free, facts.machine.disk_size
    found = told("{free:.1f} GB of {size:.0f} GB are free", free=free / GB, size=size / GB)
    if free < FREE_WARN:
        yield (fail if free < FREE_FAIL else warn)(
            "Disk", found, told("Make room on the disk of {path}.", path=facts.settings.home)
        )
    else:
        yield ok("Disk", found)


def zones(facts: Facts) -> Iterator[Finding]:
    machine = facts.machine
    year = int(machine.zone_release[:4])
    if machine.zone_problem:
        yield fail(
            "Time zones",
            quoted(machine.zone_problem),
            "Install time-zone data: `pip install --upgrade tzdata`.",
        )
    elif facts.now.year - year >= ZONES_OLD_YEARS:
        found = told(
            "the data are of {release}: mails may leave at the wrong hour", release=machine.zone_release
        )
        yield warn("Time zones", found, "Update them: `pip install --upgrade tzdata`.")
    else:
        yield ok("Time zones", told("release {release}", release=machine.zone_release))


def secret_key(facts: Facts) -> Iterator[Finding]:
    file, mode = facts.settings.home / "secret.key", facts.machine.key_mode
    if facts.settings.secret_key is not None:
        yield ok("Secret key", "set by NURTURE_SECRET_KEY")
    elif mode is None:
        yield fail(
            "Secret key",
            told("there is no {path}", path=file),
            "Run `nurture up`, which makes one, or restore it from the backup.",
        )
    elif mode & OTHERS:
        yield warn(
            "Secret key",
            told("others on this machine can read {path}", path=file),
            told("Run `chmod 600 {path}`.", path=file),
        )
    else:
        yield ok("Secret key", "only its owner reads it; keep a copy with the backups")


def webhooks(facts: Facts) -> Iterator[Finding]:
    declared = facts.programme.webhooks if facts.programme else {}
    if not declared:
        yield skipped("Webhooks", "the programme declares none")
    elif not facts.leaves and not facts.settings.allow_local_webhooks:
        yield skipped("Webhooks", STAYS)
    for name, url in declared.items() if facts.leaves or facts.settings.allow_local_webhooks else ():
        what = told("Webhook {name}", name=name)
        if not url.startswith("https://") and not facts.settings.allow_local_webhooks:
            yield fail(
                what,
                "its address is not https: what it is sent can be read on the way",
                told("Write https in the programme: webhooks, {name}.", name=name),
            )
        else:
            yield ok(
                what,
                told(
                    "signed with a secret of its own, which `nurture webhook-secret {name}` prints", name=name
                ),
            )
