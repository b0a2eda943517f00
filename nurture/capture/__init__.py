"""From a file of leads to clean rows: what the file is, what its columns become, what each row says.

    shape   = sniff(path)                                             encoding, delimiter, header
    mapping = guess_mapping(shape, sample_rows(path, shape), fields)  a person sees and edits it as YAML
    for row in read_rows(path, shape, mapping, duplicates=Duplicates(policy)):
        LeadRow -> the engine writes it            Reject -> RejectsFile, with the line and the reason

Only reads (the rejects file apart); knows no database, no clock and no network.
"""

from nurture.capture.addresses import normalise
from nurture.capture.columns import Column, DateOrder, FieldSpec, LeadMapping, Target
from nurture.capture.duplicates import DuplicatePolicy, Duplicates
from nurture.capture.mapping import guess_mapping, read_mapping, write_mapping
from nurture.capture.records import sample_rows
from nurture.capture.rejects import RejectsFile
from nurture.capture.rows import LeadRow, Reject, read_rows
from nurture.capture.sniff import FileShape, sniff
from nurture.capture.values import BadValue

__all__ = [
    "BadValue",
    "Column",
    "DateOrder",
    "DuplicatePolicy",
    "Duplicates",
    "FieldSpec",
    "FileShape",
    "LeadMapping",
    "LeadRow",
    "Reject",
    "RejectsFile",
    "Target",
    "guess_mapping",
    "normalise",
    "read_mapping",
    "read_rows",
    "sample_rows",
    "sniff",
    "write_mapping",
]
