"""Which files an import reads, and how each is understood: as a list, or as the export of another product."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from nurture.capture.columns import FieldSpec, LeadMapping, Target
from nurture.capture.duplicates import DuplicatePolicy
from nurture.capture.exports.parts import BYTES_MAX, Part, parts_of, rank_of, standing_of
from nurture.capture.exports.product import ANY_LIST, Export, Product, Standing
from nurture.capture.exports.recognise import PRODUCTS, export_mapping, recognised
from nurture.capture.mapping import guess_mapping
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


class ListFile(msgspec.Struct, frozen=True):
    """One file to be imported.

    number   its place in the archive, from 0.
    name     its own, in an archive too.
    product  that wrote it; None for any other list.
    """

    number: int
    name: str
    source: Source
    product: Product | None


def files_of(
    file: Path,
    folder: Path,
    programme: Programme,
    asked: Asked,
    *,
    mappings: Mapping[int, LeadMapping] = {},
    unpacked_max: int = BYTES_MAX,
) -> tuple[ListFile, ...]:
    """The files of *file*, in the order in which they are to be imported; a zip is unpacked into *folder*.

    mappings  by the file's number, what a person has decided; the others are guessed.
    unpacked_max  bytes that the files of a zip may have together.
    Raises ImportFileError where a file cannot be read, or where nothing says what it is.
    """
    parts = parts_of(file, folder, bytes_max=unpacked_max)
    files = [_file(number, part, programme, asked, mappings.get(number)) for number, part in enumerate(parts)]
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


def _file(
    number: int, part: Part, programme: Programme, asked: Asked, decided: LeadMapping | None
) -> ListFile:
    shape = sniff(part.path, encoding=asked.encoding)
    product = recognised(shape.columns) if asked.product is None else PRODUCTS.get(asked.product)
    mapping = decided or _guess(part, shape, product, programme)
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
    return ListFile(number, part.name, source, product)


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


def _guess(part: Part, shape: FileShape, product: Product | None, programme: Programme) -> LeadMapping:
    rows = sample_rows(part.path, shape)
    if product is None:
        return guess_mapping(shape, rows, specs(programme))
    return export_mapping(product, shape, rows, specs(programme))


def _rank(file: ListFile) -> int:
    export = file.source.export
    return rank_of(None if export is None else export.standing)
