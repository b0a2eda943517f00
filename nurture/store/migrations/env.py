"""Alembic's entry: it gets the connection from ``Database.migrate`` and the tables from ``records``."""

from alembic import context

from nurture.store.records import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
connection.commit()
