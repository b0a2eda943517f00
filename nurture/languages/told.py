"""A sentence that keeps what it was made of, so that it can be said in another language without being taken apart.

    told("there is no mail {name!r}", name=step.mail)

is the English ``there is no mail 'welcom'``, as any text, and knows its kind and its values. Commands and logs have the
text; ``nurture.languages`` says the kind in another language and puts the values in.
"""

import re
from collections.abc import Mapping

PLACE = re.compile(r"\{(\w+)(!r)?(?::([^{}]*))?\}")
"""As ``str.format`` has them: a name, whether it is shown in quotes, and how a figure is written."""


class Told(str):
    """The sentence in English.

    kind    what all sentences of this kind have in common, as a catalogue writes it: 'there is no mail %(name)s'.
    values  by place, as the sentence shows them; one that is ``Told`` itself is of ours.
    """

    __slots__ = ("kind", "values")
    kind: str
    values: Mapping[str, str]


def told(kind: str, **values: object) -> str:
    """The sentence of *kind* with *values* in its places. Raises KeyError where one is missing: a mistake of ours."""
    shown = {found[1]: _shown(found, values[found[1]]) for found in PLACE.finditer(kind)}
    sentence = Told(PLACE.sub(lambda found: shown[found[1]], kind))
    sentence.kind = PLACE.sub(r"%(\1)s", kind)
    sentence.values = shown
    return sentence


def as_text(value: object) -> str:
    """For ``enc_hook`` of msgspec: what leaves the process is the English alone."""
    assert isinstance(value, Told), "everything else that is sent has a form of its own"
    return str(value)


def _shown(place: re.Match[str], value: object) -> str:
    if isinstance(value, Told):
        return value
    return format(repr(value) if place[2] else value, place[3] or "")
