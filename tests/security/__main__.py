"""`make security`: every check of the table with many more examples, and its figures. Exits with 1 on any finding.

python -m tests.security [SEC2 ...] [--examples 2000]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from xml.etree import ElementTree as ET

from click import echo

from tests.security.checks import CHECKS, Check

ROW = "{:<6}{:<84}{:>7}{:>10}{:>9}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.security")
    parser.add_argument("keys", nargs="*", help="such as SEC2; all of them without")
    parser.add_argument(
        "--examples", type=int, default=2_000, help="of each property that says no number itself"
    )
    asked = parser.parse_args()
    echo(ROW.format("", "", "cases", "findings", "seconds"))
    findings = 0
    for check in CHECKS:
        if not asked.keys or check.key in asked.keys:
            began = perf_counter()
            cases, failed, said = run(check, examples=asked.examples)
            echo(ROW.format(check.key, check.what, cases, failed, f"{perf_counter() - began:.0f}"))
            findings += failed
            if failed:
                echo(said)
    echo("No REST API exists, so there is no OpenAPI document to try.")
    return 1 if findings else 0


def run(check: Check, *, examples: int) -> tuple[int, int, str]:
    """How many cases there were, how many of them were findings, and what was said. No case at all is a finding."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        only = ["-k", check.only] if check.only else []
        command = [sys.executable, "-m", "pytest", "-n", "0", *check.tests, *only, f"--junit-xml={report}"]
        ran = subprocess.run(
            [*command, "-p", "tests.security.more_examples"],
            env={**os.environ, "SECURITY_EXAMPLES": str(examples)},
            capture_output=True,
            check=False,
            text=True,
        )
        if not report.exists():
            return 0, 1, ran.stdout + ran.stderr
        (suite,) = ET.parse(report).getroot().iter("testsuite")
        cases = int(suite.get("tests", 0)) - int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        return cases, failed or int(cases == 0 or ran.returncode != 0), ran.stdout


if __name__ == "__main__":
    sys.exit(main())
