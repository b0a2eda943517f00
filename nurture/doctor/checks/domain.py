"""What DNS must say about the domain that mail is from: SPF, DKIM, DMARC, and where bounces go. Each with the record to copy."""

from collections.abc import Iterator
from ipaddress import ip_address

from nurture.doctor.checks import STAYS
from nurture.doctor.facts import Dkim, Dmarc, Facts, Mx, Relay, Spf
from nurture.doctor.finding import Finding, fail, ok, skipped, warn
from nurture.doctor.providers import include_for
from nurture.doctor.records import record, same_organisation, tags, txt_record
from nurture.doctor.spf import LOOKUPS_MAX
from nurture.languages.told import told

NO_RECORD, SEVERAL = "{domain} has no record", "{domain} has {count} records"
AGAIN = "Run this again; if it stays, see the DNS servers of this machine."


def spf(facts: Facts) -> Iterator[Finding]:
    """RFC 7208, for the domain of the envelope sender."""
    if not facts.leaves:
        yield skipped("SPF", STAYS)
    elif facts.settings.by_provider:
        yield skipped("SPF", "the provider puts its own envelope sender, and answers for it")
    for each in facts.of(Spf):
        yield _spf(each, facts)


def _spf(spf: Spf, facts: Facts) -> Finding:
    include = include_for(facts.settings.smtp_host)
    ours = [each.address for relay in facts.of(Relay) for each in relay.addresses if not each.problem]
    wanted = txt_record(spf.domain, f"v=spf1 {_mechanisms(include, ours)} -all")
    if spf.problem:
        return warn("SPF", spf.problem, AGAIN)
    if not spf.records:
        return fail("SPF", told(NO_RECORD, domain=spf.domain), "Publish this one.", wanted)
    if len(spf.records) > 1:
        joined = (
            "Two records void each other (RFC 7208 §4.5). Delete all but one, and let it name every sender."
        )
        return fail("SPF", told(SEVERAL, domain=spf.domain, count=len(spf.records)), joined)
    if spf.lookups > LOOKUPS_MAX:
        found = told(
            "the record costs a receiver {count} lookups or more; from {most} on it is void",
            count=spf.lookups,
            most=LOOKUPS_MAX + 1,
        )
        return fail(
            "SPF", found, "Remove includes of services that no longer send for you, or send from a subdomain."
        )
    if spf.ending == "+all":
        return fail(
            "SPF",
            told("the record lets everybody send in your name ({name})", name="+all"),
            "End it with -all.",
            _with(spf, "", "-all"),
        )
    missing = _missing(spf, include, ours)
    if missing:
        found = told(
            "the record of {domain} does not let mail pass from {address}", domain=spf.domain, address=missing
        )
        end = spf.ending or "-all"
        return warn(
            "SPF",
            found,
            "Replace it with this one, if mail leaves from there.",
            _with(spf, _mechanisms(include, ours), end),
        )
    if spf.ending not in ("-all", "~all"):
        return warn(
            "SPF",
            "the record has no last word about everybody else",
            "End it with -all.",
            _with(spf, "", "-all"),
        )
    return ok("SPF", told("{domain}: {quoted}", domain=spf.domain, quoted=spf.records[0]))


def _missing(spf: Spf, include: str | None, ours: list[str]) -> str:
    """Whom the record leaves out, of those through whom mail leaves; "" for nobody."""
    if include is not None:
        return "" if include in spf.includes else told("the relay's provider ({domain})", domain=include)
    return "" if spf.opaque else ", ".join(each for each in ours if not spf.allows(each))


def _mechanisms(include: str | None, addresses: list[str]) -> str:
    if include is not None:
        return f"include:{include}"
    named = " ".join(f"ip{ip_address(each).version}:{each}" for each in addresses)
    return named or "mx"


def _with(spf: Spf, mechanisms: str, ending: str) -> str:
    """The record as it is, with more and with another end."""
    words = [word for word in spf.records[0].split() if word.lower().lstrip("+-~?") != "all"]
    return txt_record(spf.domain, " ".join([*words, *mechanisms.split(), ending]))


def dkim(facts: Facts) -> Iterator[Finding]:
    """RFC 6376: the key loads, and what is published is its other half."""
    if not facts.leaves:
        yield skipped("DKIM", STAYS)
    elif facts.settings.by_provider:
        yield skipped("DKIM", "the provider signs, with the key that you publish for it")
    elif facts.settings.dkim_key_file is None:
        sender = facts.programme.domain if facts.programme else told("your domain")
        remedy = told(
            "Let the relay sign for {domain}, as most providers do once the domain is set up with them; or make a key and "
            "set NURTURE_DKIM_DOMAIN, NURTURE_DKIM_SELECTOR and NURTURE_DKIM_KEY_FILE: see the guide “Get mail delivered”.",
            domain=sender,
        )
        yield warn(
            "DKIM", "mail is not signed here; whether the relay signs it cannot be seen from here", remedy
        )
    for each in facts.of(Dkim):
        yield _dkim(each)


def _dkim(dkim: Dkim) -> Finding:
    wanted = txt_record(dkim.name, dkim.record) if dkim.record else ""
    if dkim.key_problem:
        remedy = (
            "Make one: `openssl genrsa -out dkim.pem 2048`, and name it where the settings name its file."
        )
        return fail(
            "DKIM", told("the key for {name}: {quoted}", name=dkim.name, quoted=dkim.key_problem), remedy
        )
    if dkim.problem:
        return warn("DKIM", dkim.problem, AGAIN)
    if not dkim.published:
        return fail(
            "DKIM", told("nothing is published at {name}", name=dkim.name), "Publish this record.", wanted
        )
    shown, ours = [tags(each) for each in dkim.published], tags(dkim.record)
    if len(shown) > 1 or shown[0].get("p") != ours["p"] or shown[0].get("k", "rsa") != ours["k"]:
        found = told(
            "what is published at {name} is not this key: every signature is refused", name=dkim.name
        )
        return fail("DKIM", found, "Replace what stands there with this record.", wanted)
    if "y" in shown[0].get("t", "").split(":"):
        return warn(
            "DKIM",
            told("the record says that you only test ({name})", name="t=y"),
            told("Publish it without {name}.", name="t=y"),
            wanted,
        )
    return ok("DKIM", told("the key at {name} is ours", name=dkim.name))


def aligned(facts: Facts) -> Iterator[Finding]:
    """Whether what signs or bounces belongs to the sender's domain, which is what DMARC asks for."""
    settings, programme = facts.settings, facts.programme
    if not facts.leaves or facts.settings.by_provider or programme is None:
        return
    signer, bounces = settings.dkim_domain, settings.return_path_domain or programme.domain
    organisation = next((each.at for each in facts.of(Dmarc) if each.at), programme.domain)
    if signer is not None and not _belongs(signer, programme.domain, organisation):
        remedy = told(
            "Set NURTURE_DKIM_DOMAIN to {domain}, and publish the key there.", domain=programme.domain
        )
        yield fail(
            "Alignment",
            told(
                "{name} signs, which is not the sender's domain {domain}",
                name=signer,
                domain=programme.domain,
            ),
            remedy,
        )
    elif not _belongs(bounces, programme.domain, organisation):
        found = told(
            "bounces go to {domain}, which is not of the sender's domain: SPF does not count for DMARC",
            domain=bounces,
        )
        yield warn(
            "Alignment",
            found,
            told(
                "Take a subdomain: set the bounce domain to {domain}.", domain=f"bounces.{programme.domain}"
            ),
        )
    else:
        yield ok("Alignment", told("what proves the mail belongs to {domain}", domain=programme.domain))


def _belongs(domain: str, sender: str, organisation: str) -> bool:
    return same_organisation(domain.lower(), sender) or (
        same_organisation(domain.lower(), organisation) and same_organisation(sender, organisation)
    )


def dmarc(facts: Facts) -> Iterator[Finding]:
    """RFC 7489; Gmail and Yahoo ask for it since 2024."""
    if not facts.leaves:
        yield skipped("DMARC", STAYS)
    for each in facts.of(Dmarc):
        yield _dmarc(each)


def _dmarc(dmarc: Dmarc) -> Finding:
    name = f"_dmarc.{dmarc.domain}"
    first = f"v=DMARC1; p=none; rua=mailto:dmarc@{dmarc.domain}"
    if dmarc.problem:
        return warn("DMARC", dmarc.problem, AGAIN)
    if not dmarc.records:
        remedy = "Publish this record, with an address of yours where reports may go: large receivers refuse bulk mail without it."
        return fail("DMARC", told(NO_RECORD, domain=dmarc.domain), remedy, txt_record(name, first))
    if len(dmarc.records) > 1:
        remedy = "Receivers then ignore all of them (RFC 7489 §6.6.3). Delete all but one."
        return fail("DMARC", told(SEVERAL, domain=dmarc.at, count=len(dmarc.records)), remedy)
    published = tags(dmarc.records[0])
    policy = published.get("p", "")
    if dmarc.at != dmarc.domain:
        policy = published.get("sp", policy)
    if policy not in ("none", "quarantine", "reject"):
        remedy = told("Write {names} or {name}.", names="p=none, p=quarantine", name="p=reject")
        return fail(
            "DMARC",
            told("the record of {domain} has the policy {key!r}", domain=dmarc.at, key=policy),
            remedy,
            txt_record(name, first),
        )
    if policy == "none":
        stricter = txt_record(
            name, f"v=DMARC1; p=quarantine; rua={published.get('rua', f'mailto:dmarc@{dmarc.domain}')}"
        )
        remedy = (
            "Enough to begin with. When the reports of some weeks show only your own senders, publish this."
        )
        return warn(
            "DMARC",
            told("receivers are asked to let forged mail pass ({name})", name="p=none"),
            remedy,
            stricter,
        )
    return ok("DMARC", told("{key}, by the record of {domain}", key=policy, domain=dmarc.at))


def mail_servers(facts: Facts) -> Iterator[Finding]:
    """Whether bounces and answers come back at all."""
    if not facts.leaves:
        yield skipped("Bounces", STAYS)
    for each in facts.of(Mx):
        yield _mx(each, facts)


def _mx(mx: Mx, facts: Facts) -> Finding:
    what = told("Mail to {domain}", domain=mx.domain)
    host = facts.settings.smtp_helo or facts.settings.imap_host or f"mail.{mx.domain}"
    wanted = record(mx.domain, "MX", f"10 {host}.")
    if mx.problem:
        return warn(what, mx.problem, AGAIN)
    if not mx.hosts:
        remedy = "Publish this record, with the server that takes the mail in: else no bounce is heard of."
        return fail(what, "no server takes it: bounces and answers are lost", remedy, wanted)
    if "" in mx.hosts:
        remedy = "Replace it with this record, with the server that takes the mail in."
        return fail(what, "the domain says that it takes no mail (null MX)", remedy, wanted)
    if mx.missing:
        remedy = "Publish an address for it, or take it out of the MX records."
        return fail(what, told("{name} has no address", name=", ".join(mx.missing)), remedy)
    return ok(what, told("goes to {name}", name=", ".join(mx.hosts)))
