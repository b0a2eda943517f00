"""Findings of the checks in German: every promise broken once, and no English is left; the command keeps its English."""

import re

from nurture.check import check, report
from nurture.languages.said import said_in
from nurture.languages.told import Told, told
from tests.check.test_check_promises import CAMPAIGN, FAULTS, MAIL, C, catalog, planted
from tests.webapp.german import ENGLISH, GERMAN_TOO

THEIRS = re.compile(
    r"„[^“]*“|'[^']*'|\"[^\"]*\"|`[^`]*`|\[[^]]*\]|\{[^}]*\}|[\w./-]*[_/@.]\w[\w./-]*|\d+ (per )?\w+"
)
"""What stands in a finding as the author wrote it, or is to write it: quoted, listed, a file, a key, a duration."""
LISTED = re.compile(r"(eines|einer) von .*|schreiben Sie \w+$|schreiben Sie owner ")


def test_every_finding_is_said_in_german():
    left = {}
    for fault in FAULTS:
        for problem in check(planted(fault.file, fault.was, fault.now)):
            for english in (problem.message, problem.remedy):
                told_here = THEIRS.sub(" ", LISTED.sub(" ", said_in("de", english)))
                if {word.lower() for word in ENGLISH.findall(told_here)} - GERMAN_TOO or told_here == english:
                    left[english] = said_in("de", english)
    assert not left, "\n".join(f"{english}  ->  {german}" for english, german in left.items())


def test_a_finding_knows_its_kind_and_a_name_in_it_is_never_said():
    named_like_ours = catalog(
        {C: CAMPAIGN.replace("mail: welcome", "mail: hot"), "trial/mails/cold.mjml": MAIL}
    )
    (finding,) = (each for each in check(named_like_ours) if "'hot'" in each.message)
    assert isinstance(finding.message, Told)
    assert said_in("de", finding.message) == "es gibt keine E-Mail 'hot'"
    assert "there is no mail 'hot'" in report((finding,))


def test_what_is_told_is_text_with_the_values_as_they_are_shown():
    half = told("compare it with {wanted}", wanted=told("one of {choices}", choices="a, b"))
    assert half == "compare it with one of a, b"
    assert said_in("de", half) == "vergleichen Sie hier mit: einer von a, b"
    assert told("{n:.1f} of {path!r}", n=2.25, path="x") == "2.2 of 'x'"
    assert said_in("de", told("nobody translated {this}", this="that")) == "nobody translated that"


def test_what_is_said_is_text_and_no_more_whether_it_is_translated_or_not():
    for language in ("en", "de"):
        assert type(said_in(language, told("there is no mail {name!r}", name="hot"))) is str
