"""What the machine has to have: room, time zones, and a key that only we read."""

from collections.abc import Iterator

from nurture.doctor.checks import STAYS
from nurture.doctor.facts import Facts
from nurture.doctor.finding import Finding, fail, ok, skipped, warn

GB = 1024**3
FREE_WARN, FREE_FAIL = GB, GB // 5
ZONES_OLD_YEARS = 2
"""Some country changes its clock in most years."""
OTHERS = 0o077
"""Permission bits of everybody but the owner."""


def disk(facts: Facts) -> Iterator[Finding]:
    free, size = facts.machine.disk_free, facts.machine.disk_size
    found = f"{free / GB:.1f} GB of {size / GB:.0f} GB are free"
    if free < FREE_WARN:
        yield (fail if free < FREE_FAIL else warn)(
            "Disk", found, f"Make room on the disk of {facts.settings.home}."
        )
    else:
        yield ok("Disk", found)


def zones(facts: Facts) -> Iterator[Finding]:
    machine = facts.machine
    year = int(machine.zone_release[:4])
    if machine.zone_problem:
        yield fail(
            "Time zones", machine.zone_problem, "Install time-zone data: `pip install --upgrade tzdata`."
        )
    elif facts.now.year - year >= ZONES_OLD_YEARS:
        found = f"the data are of {machine.zone_release}: mails may leave at the wrong hour"
        yield warn("Time zones", found, "Update them: `pip install --upgrade tzdata`.")
    else:
        yield ok("Time zones", f"release {machine.zone_release}")


def secret_key(facts: Facts) -> Iterator[Finding]:
    file, mode = facts.settings.home / "secret.key", facts.machine.key_mode
    if facts.settings.secret_key is not None:
        yield ok("Secret key", "set by NURTURE_SECRET_KEY")
    elif mode is None:
        yield fail(
            "Secret key",
            f"there is no {file}",
            "Run `nurture up`, which makes one, or restore it from the backup.",
        )
    elif mode & OTHERS:
        yield warn("Secret key", f"others on this machine can read {file}", f"Run `chmod 600 {file}`.")
    else:
        yield ok("Secret key", "only its owner reads it; keep a copy with the backups")


def webhooks(facts: Facts) -> Iterator[Finding]:
    declared = facts.programme.webhooks if facts.programme else {}
    if not declared:
        yield skipped("Webhooks", "the programme declares none")
    elif not facts.leaves and not facts.settings.allow_local_webhooks:
        yield skipped("Webhooks", STAYS)
    for name, url in declared.items() if facts.leaves or facts.settings.allow_local_webhooks else ():
        what = f"Webhook {name}"
        if not url.startswith("https://") and not facts.settings.allow_local_webhooks:
            yield fail(
                what,
                "its address is not https: what it is sent can be read on the way",
                f"Write https in the programme: webhooks, {name}.",
            )
        else:
            yield ok(what, f"signed with a secret of its own, which `nurture webhook-secret {name}` prints")
