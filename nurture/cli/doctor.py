"""What keeps mail from arriving, and what to do about it."""

import sys

import click
import msgspec

from nurture import app, log
from nurture.config import Settings, read_settings
from nurture.doctor import Finding, Level, Report, run_doctor
from nurture.errors import SetupError
from nurture.languages.told import as_text

SHOWN = {
    Level.OK: ("ok", "green"),
    Level.WARN: ("warn", "yellow"),
    Level.FAIL: ("FAIL", "red"),
    Level.SKIPPED: ("skip", "bright_black"),
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings for a program to read.")
def doctor(*, as_json: bool) -> None:
    """Check what mail needs to arrive: DNS, relay, database, worker, addresses; each fault with its remedy.

    Nothing is changed and no mail is sent. Takes at most ten seconds; ends with 1 if something fails.
    """
    log.configure("ERROR")  # what matters is said below
    report = run_doctor(settings(), app.SystemClock())
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(report, enc_hook=as_text), indent=2))
    else:
        show(report)
    sys.exit(1 if report.count(Level.FAIL) else 0)


def settings() -> Settings:
    """Those that hold; those of the environment alone where the store cannot be asked, which is a finding then."""
    try:
        return app.installed()
    except SetupError:
        return read_settings()


def show(report: Report) -> None:
    for area, findings in report.by_area().items():
        click.secho(f"\n{area}", bold=True)
        for finding in findings:
            show_finding(finding)
    counts = ", ".join(f"{report.count(level)} {word.lower()}" for level, (word, _) in SHOWN.items())
    click.echo(f"\n{counts}, in {report.seconds:.1f} seconds.")


def show_finding(finding: Finding) -> None:
    word, colour = SHOWN[finding.level]
    click.echo(f"  {click.style(f'{word:<4}', fg=colour)}  {finding.what}: {finding.found}")
    for line in [finding.remedy, *finding.record.splitlines()]:
        if line:
            click.echo(f"        {line}")
