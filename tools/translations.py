"""Brings the catalogues of webapp/translations up to date with what pages say; ``--check`` fails if one is not, or has holes.

Three kinds of words are found:

- in templates, what stands in ``_()``, ``ngettext()`` and ``{% trans %}``;
- in Python, the same calls;
- in the modules of ``WORDED``, every string that reads like words: they are said where a page shows them (``nurture.languages.said``).
"""

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from nurture.languages.catalogues import CATALOGUES, LANGUAGES, WRITTEN_IN
from tools.worded import IN_CALLS, UNWORDED, WORDED, worded, words_of_calls

ROOT = Path(__file__).parent.parent
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "_n": (1, 2)}
JINJA = {
    "trimmed": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
    "newstyle_gettext": "true",
}
HEAD = (
    b'msgid ""\nmsgstr ""\n"Project-Id-Version: Nurture\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
)
SAID = re.compile(r'\b(?:say|word)\(\s*"((?:[^"\\]|\\.)+)"')
"""What an island says; ``webapp/frontend/bare_words.ts`` finds what it shows and does not say."""
TAG = re.compile(r"</?\w+")
PLACE = re.compile(r"%\((\w+)\)[sd]")
BRACED = re.compile(r"\{(\w+)\}")
"""Places as an island writes them."""


NOT_OUR_WORD = {
    re.compile(r"(?<![-\w])(?<!Apple )Mails?(?!\w)"): "E-Mail",
    re.compile(r"(?<![-\w])Tracks?(?!\w)"): "Strecke",
    re.compile(r"Systemmail"): "System-E-Mail",
    re.compile(r"Posteingang"): "Eingang",
    re.compile(r"Interesse-Wert|Interessewert"): "Interesse",
    re.compile(r"(?<!\w)Firm(a|en)(?!\w)"): "Unternehmen",
}
"""Other words for a thing that decision 0024 gave one word."""


def main() -> None:
    """Write the catalogues anew, or with ``--check`` say what is wrong with them."""
    found = words()
    for language in (each for each in LANGUAGES if each != WRITTEN_IN):
        path = CATALOGUES / language / "LC_MESSAGES/messages.po"
        before = path.read_bytes() if path.exists() else b""
        catalogue = read_po(BytesIO(before or HEAD), locale=language)
        catalogue.update(found, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        after = text_of(catalogue)
        if "--check" not in sys.argv[1:]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(after)
        elif after != before:
            sys.exit(
                f"{path.relative_to(ROOT)} is out of date. Run make translations and translate what is new."
            )
        wrong = [line for message in catalogue if message.id for line in flaws(message)]
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} messages, {len(wrong)} to mend")
        if wrong and "--check" in sys.argv[1:]:
            sys.exit("\n".join(wrong))


def words() -> Catalog:
    """All that pages say, each with the files that say it; without line numbers, which every edit would change."""
    found = Catalog(project="Nurture", fuzzy=False)
    for path in sorted((ROOT / "webapp/templates").glob("*.html")):
        add(found, path, "jinja2.ext:babel_extract", JINJA)
    for path in sorted((ROOT / "webapp").glob("*.py")):
        add(found, path, "python", {})
    for name in WORDED:
        for path in sorted(set(ROOT.glob(name)) - {ROOT / each for each in UNWORDED}):
            for msgid in worded(ast.parse(path.read_text("utf-8"))):
                found.add(msgid, locations=[(path.relative_to(ROOT).as_posix(), 0)], flags=flags_of(msgid))
    for name, called in IN_CALLS.items():
        for msgid in words_of_calls(ast.parse((ROOT / name).read_text("utf-8")), called):
            found.add(msgid, locations=[(name, 0)])
    for path in sorted((ROOT / "webapp/frontend/src").rglob("*.ts*")):
        text = path.read_text("utf-8")
        for msgid in SAID.findall(text):
            found.add(msgid.replace('\\"', '"'), locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return found


def add(found: Catalog, path: Path, method: str, options: dict[str, str]) -> None:
    with path.open("rb") as file:
        for _, msgid, comments, context in extract(method, file, KEYWORDS, ["Translators:"], options):
            where = [(path.relative_to(ROOT).as_posix(), 0)]
            ids = [msgid] if isinstance(msgid, str) else list(msgid)
            flags = {flag for each in ids for flag in flags_of(each)}
            found.add(msgid, auto_comments=comments, context=context, locations=where, flags=flags)


def flags_of(msgid: str) -> set[str]:
    return {"python-format"} if PLACE.search(msgid) else set()


def text_of(catalogue: Catalog) -> bytes:
    """A catalogue's file, in the order of its English and without the moment of its making."""
    out = BytesIO()
    write_po(
        out,
        catalogue,
        sort_output=True,
        omit_header=False,
        include_lineno=False,
        width=120,
        ignore_obsolete=True,
    )
    dated = re.compile(rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By)[^\n]*\n', re.MULTILINE)
    return dated.sub(b"", out.getvalue())


def flaws(message: Message) -> Iterator[str]:
    """What is wrong with one translation: nothing there, a guess, places or markup that differ, a form of the plural missing."""
    ids, said = (
        [each] if isinstance(each, str) else list(each or [""]) for each in (message.id, message.string)
    )
    if message.fuzzy:
        yield f"a guess: {ids[0]!r}"
    if not all(said) or (len(ids) > 1 and len(said) < 2):
        yield f"not translated: {ids[0]!r}"
        return
    wanted = {place for each in ids for place in places(each)}
    for each in said:
        if places(each) - wanted or (len(ids) == 1 and places(each) != wanted):
            yield f"other places than in English: {each!r}"
        for other, ours in NOT_OUR_WORD.items():
            if other.search(each):
                yield f"our word is {ours}: {each!r}"
        if sorted(TAG.findall(each)) != sorted(TAG.findall(ids[0])):
            yield f"other markup than in English: {each!r}"
        if (each[:1].isspace(), each[-1:].isspace()) != (ids[0][:1].isspace(), ids[0][-1:].isspace()):
            yield f"other spaces at its ends than in English: {each!r}"


def places(text: str) -> set[str]:
    return {*PLACE.findall(text), *BRACED.findall(text)}


if __name__ == "__main__":
    main()
