"""Alembic's entry: runs the migrations on the connection that ``vitalwatch.journal.upgrade`` hands over."""

from __future__ import annotations

from alembic import context

from vitalwatch.journal.schema import tables

context.configure(connection=context.config.attributes["connection"], target_metadata=tables)
with context.begin_transaction():
    context.run_migrations()
