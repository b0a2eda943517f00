"""A sentence that keeps what it was made of, so that it can be said in another language without being taken apart.

    told("there is no mail {name!r}", name=step.mail)

is the English ``there is no mail 'welcom'``, as any text, and knows its kind and its values. Commands and logs have the
text; ``nurture.languages`` says the kind in another language and puts the values in.
"""

import re
from collections.abc import Mapping

import msgspec

PLACE = re.compile(r"\{(\w+)(!r)?(?::([^{}]*))?\}")
"""As ``str.format`` has them: a name, whether it is shown in quotes, and how a figure is written."""
IN_KIND = re.compile(r"%\((\w+)\)s")


class Told(str):
    """The sentence in English.

    kind    what all sentences of this kind have in common, as a catalogue writes it: 'there is no mail %(name)s'.
    values  by place, as the sentence shows them; one that is ``Told`` itself is of ours.
    """

    __slots__ = ("kind", "values")
    kind: str
    values: Mapping[str, str]


def told(kind: str, /, **values: object) -> str:
    """The sentence of *kind* with *values* in its places. Raises KeyError where one is missing: a mistake of ours."""
    shown = {found[1]: _shown(found, values[found[1]]) for found in PLACE.finditer(kind)}
    return _sentence(PLACE.sub(lambda found: shown[found[1]], kind), PLACE.sub(r"%(\1)s", kind), shown)


class Parts(msgspec.Struct, frozen=True):
    """What a sentence is made of, for a store: what is read of it is made into the same sentence again."""

    kind: str
    values: "Mapping[str, str | Parts]" = {}


def parts_of(sentence: Told) -> Parts:
    values = {
        name: parts_of(each) if isinstance(each, Told) else each for name, each in sentence.values.items()
    }
    return Parts(sentence.kind, values)


def told_again(parts: Parts) -> Told:
    values = {
        name: told_again(each) if isinstance(each, Parts) else each for name, each in parts.values.items()
    }
    return _sentence(IN_KIND.sub(lambda found: values[found[1]], parts.kind), parts.kind, values)


def quoted(words: str) -> str:
    """What somebody else said, as it is; a sentence of ours stays one."""
    return words if isinstance(words, Told) else told("{quoted}", quoted=words)


def text_of(error: Exception) -> str:
    """What *error* says; ``str`` would forget its kind."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Told) else str(error)


def as_text(value: object) -> str:
    """For ``enc_hook`` of msgspec: what leaves the process is the English alone."""
    assert isinstance(value, Told), "everything else that is sent has a form of its own"
    return str(value)


def _shown(place: re.Match[str], value: object) -> str:
    if isinstance(value, Told):
        return value
    return format(repr(value) if place[2] else value, place[3] or "")


def _sentence(english: str, kind: str, values: Mapping[str, str]) -> Told:
    sentence = Told(english)
    sentence.kind, sentence.values = kind, values
    return sentence
