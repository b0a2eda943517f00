"""Values that stand for 'not known'."""

import re
from collections import Counter

PLACEHOLDERS = frozenset(
    (
        *(
            "n/a",
            "n.a.",
            "#n/a",
            "#n/d",
            "na",
            "nan",
            "null",
            "(null)",
            "nil",
            r"\n",
            "none",
            "<none>",
            "[none]",
        ),
        *("-", "--", "---", "–", "—", ".", "..", "...", "?", "??", "???", "_", "#ref!", "#value!", "#name?"),
        *("(blank)", "blank", "(empty)", "empty", "(not set)", "not set", "not provided", "not specified"),
        *(
            "not available",
            "not applicable",
            "keine angabe",
            "k.a.",
            "k. a.",
            "non renseigné",
            "sin especificar",
        ),
        *("0000-00-00", "0000-00-00 00:00:00", "00/00/0000"),
    )
)
"""'unknown', 'other' and 'not sure' are answers that people give and reports show: they are values."""

UNANSWERED = re.compile(
    r"\W*(?:please )?(?:select|choose|pick|bitte w[äa]hlen|bitte ausw[äa]hlen|s[ée]lectionnez|choisir|seleccione"
    r"|selezionare|selecteer)(?: (?:one|an? \w+|your \w+|from (?:the )?list|\w+))?\W*",
    re.IGNORECASE,
)
"""The first line of a drop-down list, sent by those who never opened it: 'Select', '-- Please choose --'."""


def placeholders(values: Counter[str], *, keep: frozenset[str] = frozenset()) -> dict[str, int]:
    """Each value of a column that means 'not known', with how often it comes; *keep* are values for certain.

    values  trimmed, with their counts. A drop-down's first line counts only where it comes at least twice: once it
            may be a company called 'Select Foods'.
    """
    found: dict[str, int] = {}
    for value, count in values.most_common():
        word = value.casefold()
        if word in keep:
            continue
        if word in PLACEHOLDERS or (count > 1 and len(value) <= 40 and UNANSWERED.fullmatch(value)):
            found[value] = count
    return found
