"""Whether the addresses that we tell others lead here."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from nurture.config import is_local
from nurture.doctor.checks.certificates import certificate
from nurture.doctor.facts import Facts, Site
from nurture.doctor.finding import Finding, fail, skipped, warn
from nurture.doctor.records import record
from nurture.languages.told import told

ONLY_HERE = "only this machine reaches it"


def sites(facts: Facts) -> Iterator[Finding]:
    known = {site.url: site for site in facts.of(Site)}
    for what, url in (
        ("Public address", facts.settings.public_url),
        ("Tracking domain", facts.settings.tracking_url),
    ):
        if is_local(url):
            yield skipped(what, told("{url}: {why}", url=url, why=ONLY_HERE))
        elif url in known:
            yield _site(what, known[url], facts)


def _site(what: str, site: Site, facts: Facts) -> Finding:
    host = urlsplit(site.url).hostname or ""
    if site.problem:
        remedy = "Let the name lead to this server, and the web server in front of it pass requests on to port {port}."
        where = record(host, "A", "<the public address of this server>")
        return fail(
            what,
            told("{url}: {quoted}", url=site.url, quoted=site.problem),
            told(remedy, port=facts.settings.port),
            where,
        )
    if site.status != 200:
        remedy = told(
            "Something else answers there. Let the web server pass {host} on to port {port}.",
            host=host,
            port=facts.settings.port,
        )
        return fail(what, told("{url} answers {status}", url=site.url, status=site.status), remedy)
    if not site.url.startswith("https://"):
        remedy = (
            "Get a certificate (Let's Encrypt gives one), and write https on the settings page “Sending”."
        )
        return warn(what, told("{url} is not https: mail programs warn of such links", url=site.url), remedy)
    return certificate(what, site.certificate_until, facts.now, "its certificate")
