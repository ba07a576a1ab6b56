"""The record as tables for other programs: CSV, and Parquet where ``pyarrow`` is installed.

Columns are described in ``docs/history.md``; a test compares the two. Every time stands in UTC and in the service's own
zone. Tables come in parts: between two parts nothing is held open, however slowly somebody takes them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from vitalwatch.journal.history.curves import cuff_readings
from vitalwatch.journal.history.deeds import Deed
from vitalwatch.journal.history.past_alarms import PastAlarm
from vitalwatch.journal.record import US, Minute
from vitalwatch.journal.store import Store
from vitalwatch.model import CATALOGUE, Vital
from vitalwatch.model.cells import values_of

Row: TypeAlias = Sequence[Any]

VALUES: Final[Mapping[str, type]] = {
    "time_utc": str,
    "time_local": str,
    "chair": str,
    "vital": str,
    "unit": str,
    "span_s": int,
    "seconds": int,
    "low": float,
    "high": float,
    "mean": float,
}
ALARMS: Final[Mapping[str, type]] = {
    "began_utc": str,
    "began_local": str,
    "ended_utc": str,
    "ended_local": str,
    "lasted_s": float,
    "chair": str,
    "priority": str,
    "condition": str,
    "text": str,
    "value": float,
    "peak": float,
    "limit": float,
    "limit_source": str,
    "delay_s": float,
    "acknowledged_by": str,
    "acknowledged_after_s": float,
    "over_why": str,
}
ACTS: Final[Mapping[str, type]] = {
    "time_utc": str,
    "time_local": str,
    "chair": str,
    "act": str,
    "text": str,
    "actor": str,
    "reason": str,
}
"""Columns of each table, with what is in them."""

_PART: Final = 6 * 3600 * US
"""µs of one chair in one part."""


def values(
    opened: Callable[[], Store], chairs: Iterable[str], since: int, until: int, *, by_second: bool
) -> Iterator[list[Row]]:
    """The values of chairs between two times of day (µs since 1970), chair by chair.

    Args:
        opened: opens the record, for each part anew.
        chairs: their ids.
        since: from here,
        until: to here.
        by_second: a row for every second with a value, as far as seconds are still kept; else one for each minute.

    Raises:
        JournalError: if the record cannot be read.
    """
    for chair in chairs:
        for begin in range(since, until, _PART):
            end = min(until, begin + _PART)
            with opened() as store:
                rows = [row for minute in store.minutes(chair, begin, end) for row in _of_minute(minute, by_second)]
                readings = cuff_readings(store, chair, begin, end)
            for vital, found in readings.items():
                rows += [_row(at, chair, vital, 0, 1, value, value, value) for at, value in found]
            yield sorted(rows, key=lambda row: str(row[0]))


def _of_minute(minute: Minute, by_second: bool) -> Iterator[Row]:
    if minute.n == 0 or minute.low is None or minute.high is None or minute.mean is None:
        return
    if not by_second or minute.seconds is None:
        yield _row(minute.wall, minute.chair, minute.vital, 60, minute.n, minute.low, minute.high, minute.mean)
        return
    found = values_of(np.frombuffer(minute.seconds, dtype="<u2"))
    for second in np.flatnonzero(~np.isnan(found)).tolist():
        value = round(float(found[second]), 2)
        yield _row(minute.wall + second * US, minute.chair, minute.vital, 1, 1, value, value, value)


def _row(wall: float, chair: str, vital: str, *numbers: float) -> Row:
    return (*_times(wall / US, "seconds"), chair, vital, CATALOGUE[Vital(vital)].unit, *numbers)


def alarm_rows(alarms: Iterable[PastAlarm]) -> Iterator[Row]:
    """Alarms as rows."""
    for each in alarms:
        ended = ("", "") if each.ended is None else _times(each.ended, "milliseconds")
        yield (
            *_times(each.began, "milliseconds"),
            *ended,
            *(each.lasted_s, each.chair, each.priority, each.condition, each.text, each.value, each.peak, each.limit),
            *(each.limit_source, each.delay_s, each.seen_by, each.seen_after_s, each.over_why),
        )


def act_rows(deeds: Iterable[Deed]) -> Iterator[Row]:
    """What was done as rows."""
    for each in deeds:
        yield (*_times(each.t, "milliseconds"), each.chair, each.kind, each.text, each.actor, each.reason)


def _times(at: float, spec: str) -> tuple[str, str]:
    """A time of day in UTC, and in the computer's own zone with its offset."""
    utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
    return utc.isoformat(timespec=spec).replace("+00:00", "Z"), utc.astimezone().isoformat(timespec=spec)


# --- forms ------------------------------------------------------------------------------------------------------


def as_csv(columns: Mapping[str, type], parts: Iterable[Iterable[Row]]) -> Iterator[str]:
    """A table as CSV, in parts; the first line names the columns."""
    for part in chain([[tuple(columns)]], parts):
        text = io.StringIO()
        csv.writer(text).writerows([harmless(cell) for cell in row] for row in part)
        yield text.getvalue()


def harmless(cell: Any) -> Any:
    """Text that a spreadsheet would take for a formula begins with an apostrophe: names are typed by people."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


def write_parquet(columns: Mapping[str, type], parts: Iterable[Iterable[Row]], file: Path) -> None:
    """Write a table as Parquet.

    Raises:
        ImportError: if ``pyarrow`` is not installed: the extra ``parquet``.
    """
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    types = {str: arrow.string(), int: arrow.int64(), float: arrow.float64()}
    schema = arrow.schema([(name, types[kind]) for name, kind in columns.items()])
    with parquet.ParquetWriter(file, schema) as writer:
        for part in parts:
            rows = list(part)
            cells = [[None if row[i] == "" else row[i] for row in rows] for i in range(len(columns))]
            writer.write_table(arrow.table(dict(zip(columns, cells, strict=True)), schema=schema))
