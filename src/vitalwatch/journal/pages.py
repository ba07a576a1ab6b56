"""Reading whole tables of a record page by page, so that long work comes in small steps."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import Connection, Row, Table, func, select, tuple_

from vitalwatch.journal.packing import Item

PAGE: Final = 200
"""Rows in a page: what is done with one takes a few milliseconds."""

Result = TypeVar("Result")

Steps: TypeAlias = Generator[Item | None, None, Result]
"""Long work in small steps, for the writer's idle moments or for a command with a progress bar.

What is given at the end of a step is either something that the record must hold before the next step, or ``None``.
Of such work only one is done at a time. Close it, if it is not taken to its end.
"""


def pages(connection: Connection, table: Table, *where: Any) -> Iterator[Sequence[Row[Any]]]:
    """The rows of a table in the order of its key, so many at a time.

    Args:
        connection: for consistent pages, one of :meth:`vitalwatch.journal.store.Store.frozen`.
        table: of the record.
        where: which rows.
    """
    key = tuple_(*table.primary_key.columns)
    query = select(table).where(*where).order_by(*table.primary_key.columns).limit(PAGE)
    page = connection.execute(query).all()
    while page:
        yield page
        last = [getattr(page[-1], column.name) for column in table.primary_key.columns]
        page = connection.execute(query.where(key > tuple_(*last))).all() if len(page) == PAGE else []


def rows(connection: Connection, table: Table, *where: Any) -> Iterator[Row[Any]]:
    """As :func:`pages`, row by row."""
    for page in pages(connection, table, *where):
        yield from page


def count(connection: Connection, *tables: Table) -> int:
    """How many rows there are in tables, for a progress bar."""
    return sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def take(steps: Steps[Result]) -> Result:
    """Take work to its end in one go, when there is nothing else to do and nothing to be held by the record."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        result: Result = end.value
        return result
