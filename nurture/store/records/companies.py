"""Companies, as far as their leads tell of them."""

from sqlalchemy import Column, Index, Integer, Table, Text

from nurture.store.records.metadata import metadata
from nurture.store.types import Sortable

company = Table(
    "company",
    metadata,
    Column("key", Sortable, primary_key=True),  # the folded name, or the domain of the addresses
    Column("name", Text, nullable=False),
    Column("leads", Integer, nullable=False),
    Column("hot", Integer, nullable=False),
    Column("warm", Integer, nullable=False),
    Index("ix_company_hottest", "hot", "warm", "leads", "key"),
    Index("ix_company_leads_key", "leads", "key"),
)
