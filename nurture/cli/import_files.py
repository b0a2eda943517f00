"""Which files an import reads, and how each is understood: as a list, or as the export of another product."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from nurture.capture.columns import FieldSpec, LeadMapping, Target
from nurture.capture.duplicates import DuplicatePolicy
from nurture.capture.exports.parts import Part, parts_of, rank_of, standing_of
from nurture.capture.exports.product import ANY_LIST, Export, Product, Standing
from nurture.capture.exports.recognise import PRODUCTS, export_mapping, recognised
from nurture.capture.mapping import guess_mapping
from nurture.capture.mapping_text import read_mapping, write_mapping
from nurture.capture.names import words
from nurture.capture.records import sample_rows
from nurture.capture.sniff import FileShape, sniff
from nurture.content.model import Programme
from nurture.engine.importing import Source
from nurture.errors import ImportFileError
from nurture.vocabulary.words import Stage


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the person who imports has said; None and empty where nothing."""

    product: str | None = None
    lists: tuple[str, ...] = ()
    standing: Standing | None = None
    stages: tuple[str, ...] = ()
    policy: DuplicatePolicy = DuplicatePolicy.MERGE
    source: str | None = None
    encoding: str | None = None
    mapping_file: Path | None = None


class ListFile(msgspec.Struct, frozen=True):
    """One file to be imported.

    name            its own, in an archive too.
    product         that wrote it; None for any other list.
    mapping_is_new  whether the guess was written for a person to edit.
    """

    name: str
    source: Source
    product: Product | None
    mapping_is_new: bool = False


def files_of(file: Path, folder: Path, programme: Programme, asked: Asked) -> tuple[ListFile, ...]:
    """The files of *file*, in the order in which they are to be imported; a zip is unpacked into *folder*.

    Raises ImportFileError where a file cannot be read, or where nothing says what it is.
    """
    parts = parts_of(file, folder)
    if len(parts) > 1 and asked.mapping_file is not None:
        raise ImportFileError(
            f"{file}: --mapping is for one file; unpack the archive and import each with its own"
        )
    files = [_file(part, programme, asked) for part in parts]
    products = {each.product.name for each in files if each.product is not None}
    odd = [each.name for each in files if each.product is None]
    if len(products) > 1 or (products and odd):
        raise ImportFileError(
            f"{file}: holds {', '.join(odd) or 'files of several products'} beside an export of "
            f"{', '.join(sorted(products))}; unpack the archive and import its files one by one"
        )
    return tuple(sorted(files, key=_rank))


def specs(programme: Programme) -> tuple[FieldSpec, ...]:
    """The declared fields, as the mapping knows them."""
    return tuple(FieldSpec(key, field.type.value, field.of) for key, field in programme.fields.items())


def stages_of(product: Product, said: Iterable[str]) -> dict[str, Stage]:
    """Which of our stages each of theirs is: the product's words, and what the person *said* as THEIRS=OURS.

    Raises ImportFileError for a stage that is none of ours.
    """
    stages = dict(product.stages)
    for each in said:
        theirs, mark, ours = each.rpartition("=")
        if not mark or ours not in (*Stage, ""):
            raise ImportFileError(
                f"--stage {each!r}: write it as 'THEIRS=OURS', OURS one of {', '.join(Stage)}, or nothing to leave it out"
            )
        stages.pop(words(theirs), None)
        if ours:
            stages[words(theirs)] = Stage(ours)
    return stages


def topics_of(programme: Programme) -> dict[str, str]:
    """The topics by the words of their keys and of their names."""
    keys = {words(key): key for key in programme.topics}
    return {words(topic.name): key for key, topic in programme.topics.items()} | keys


def _file(part: Part, programme: Programme, asked: Asked) -> ListFile:
    shape = sniff(part.path, encoding=asked.encoding)
    product = recognised(shape.columns) if asked.product is None else PRODUCTS.get(asked.product)
    fields = specs(programme)
    mapping, is_new = _mapping(part, shape, product, fields, asked.mapping_file)
    speaks = bool(asked.standing or asked.lists or mapping.of(Target.SAID))
    understood = ANY_LIST if product is None and speaks else product
    source = Source(
        path=part.path,
        shape=shape,
        mapping=mapping,
        policy=asked.policy,
        name=asked.source or (product.key if product is not None else "import"),
        export=None if understood is None else _export(understood, part, shape, programme, asked),
    )
    return ListFile(part.name, source, product, is_new)


def _export(product: Product, part: Part, shape: FileShape, programme: Programme, asked: Asked) -> Export:
    return Export(
        product=product,
        standing=asked.standing or standing_of(product, part.name, shape.columns),
        lists=asked.lists,
        topics=topics_of(programme),
        stages=stages_of(product, asked.stages),
        owners=frozenset(member.email for team in programme.teams.values() for member in team.members),
        fields=specs(programme),
    )


def _mapping(
    part: Part,
    shape: FileShape,
    product: Product | None,
    fields: Sequence[FieldSpec],
    mapping_file: Path | None,
) -> tuple[LeadMapping, bool]:
    """The mapping that a person wrote, or a guess, which is written where a person can edit it."""
    if mapping_file is not None and mapping_file.exists():
        return read_mapping(mapping_file.read_text(), fields), False
    rows = sample_rows(part.path, shape)
    if product is None:
        guess = guess_mapping(shape, rows, fields)
    else:
        guess = export_mapping(product, shape, rows, fields)
    if mapping_file is not None:
        mapping_file.write_text(write_mapping(guess))
    return guess, mapping_file is not None


def _rank(file: ListFile) -> int:
    export = file.source.export
    return rank_of(None if export is None else export.standing)
