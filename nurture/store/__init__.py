"""Rows: what is kept, where, and how values become rows and back. No behaviour, no clock.

records   the tables
database  connections, transactions and migrations on SQLite and PostgreSQL
mapping   values to rows and back
queries   what is read, named for what it finds
"""
