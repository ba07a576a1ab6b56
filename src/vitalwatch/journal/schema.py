"""The tables of the record, for SQLite and PostgreSQL alike. ``docs/journal.md`` tells what is in them.

A change here needs a migration in ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, Table, Text, false

tables: Final = MetaData()

entry: Final = Table(
    "entry",
    tables,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("wall", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("chair", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("entry_by_kind", "kind", "wall"),
    Index("entry_by_chair", "chair", "wall"),
)

block: Final = Table(
    "block",
    tables,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("wall", BigInteger, nullable=False),
    Column("items", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("block_by_wall", "wall"),
)

checkpoint: Final = Table(
    "checkpoint",
    tables,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("wall", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("passing", Boolean, nullable=False, server_default=false()),
    Index("checkpoint_by_wall", "wall"),
)

minute: Final = Table(
    "minute",
    tables,
    Column("chair", Text, primary_key=True),
    Column("vital", Text, primary_key=True),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("wall", BigInteger, nullable=False),
    Column("n", Integer, nullable=False),
    Column("low", Float(53), nullable=True),
    Column("high", Float(53), nullable=True),
    Column("mean", Float(53), nullable=True),
    Column("seconds", LargeBinary, nullable=True),
    Index("minute_by_wall", "chair", "wall"),
)

wave: Final = Table(
    "wave",
    tables,
    Column("chair", Text, primary_key=True),
    Column("device", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("wall", BigInteger, nullable=False),
    Column("hz", Float(53), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("wave_by_wall", "wall"),
)
