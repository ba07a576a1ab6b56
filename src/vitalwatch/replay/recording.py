"""Reading a recorded series: a CSV file with a time column and columns of vitals.

A file is read twice, row by row: once by :func:`survey`, which checks all of it and finds its period, and once to play
it. Nothing but the row at hand is kept, so its length does not matter.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, TextIO

import msgspec

from vitalwatch.errors import RecordingError
from vitalwatch.model import CATALOGUE, CUFF_VITALS, Vital, plausible
from vitalwatch.replay.columns import Columns, read_header

LONGEST_LINE: Final = 64 * 1024
"""Characters. A longer line is no row of numbers."""

LONGEST_GAP_S: Final = 31 * 86400.0
LATEST_S: Final = 1e11
"""Bounds of sane stamps, seconds: beyond them a stamp is a slip, and playing it would only burn time."""

NONE_WORDS: Final = frozenset({"", "nan", "na", "n/a", "null", "none", "-", "--", "---"})
"""What stands in a cell without a value."""

ZERO_IS_NONE: Final = frozenset({Vital.HEART_RATE, Vital.PULSE_RATE, Vital.SPO2, Vital.RESPIRATION_RATE, *CUFF_VITALS})
"""Vitals of which a recorded 0 says "not measured": exports write it for a lead or a probe that is off."""


class Row(msgspec.Struct, frozen=True):
    """One row of a recording.

    Attributes:
        at: seconds, by the recording's own stamps; since its first row where they are dates.
        values: by vital, in the order of the file, as recorded; ``None`` where nothing was measured.
    """

    at: float
    values: dict[Vital, float | None]


class Recording(msgspec.Struct, frozen=True):
    """What is known of a recording after reading it once.

    Attributes:
        path: the file.
        vitals: the vitals it has columns for, in the order of the file.
        rows: how many there are, at least one.
        first_at: stamp of the first row, seconds.
        last_at: stamp of the last.
        period_s: median step from row to row, seconds; 1 when there is only one row.
        notices: what a person should know before believing the result, in plain words.
    """

    path: Path
    vitals: tuple[Vital, ...]
    rows: int
    first_at: float
    last_at: float
    period_s: float
    notices: tuple[str, ...]

    def read(self) -> Iterator[Row]:
        """Give the rows one after the other.

        Raises:
            RecordingError: if the file is not what it was when surveyed.
        """
        return _rows(self.path)[1]


def survey(path: Path) -> Recording:
    """Read a recording once from end to end, and check it.

    Raises:
        RecordingError: naming the first thing that is wrong, with its line.
    """
    columns, rows = _rows(path)
    steps: Counter[float] = Counter()
    measured: Counter[Vital] = Counter()
    outside: Counter[Vital] = Counter()
    first_at = last_at = 0.0
    count = 0
    for row in rows:
        if count == 0:
            first_at = row.at
        else:
            steps[round(row.at - last_at, 3)] += 1
        last_at = row.at
        count += 1
        for vital, value in row.values.items():
            if value is not None:
                (measured if plausible(vital, value) else outside)[vital] += 1
    if not count:
        raise RecordingError("There is a header, but no row below it.", file=path)
    notices = [*columns.notices, *_doubts(columns, measured, outside)]
    vitals = tuple(vital for _, vital in columns.vitals)
    return Recording(path, vitals, count, first_at, last_at, _median(steps), tuple(notices))


def _doubts(columns: Columns, measured: Counter[Vital], outside: Counter[Vital]) -> Iterator[str]:
    for vital, name in columns.names.items():
        if outside[vital]:
            info = CATALOGUE[vital]
            many = f"{outside[vital]} value{'s' if outside[vital] > 1 else ''}"
            yield f"{name}: {many} outside {info.low:g} to {info.high:g} {info.unit}, taken as not measured."
        if not measured[vital]:
            yield f"{name}: no usable value in the whole recording."


def _median(steps: Counter[float]) -> float:
    """The lower median of counted steps; 1 s when there are none."""
    left = (sum(steps.values()) + 1) // 2
    for step in sorted(steps):
        left -= steps[step]
        if left <= 0:
            return step
    return 1.0


def _rows(path: Path) -> tuple[Columns, Iterator[Row]]:
    """Open a recording: the meaning of its columns, and its rows, each checked as it is reached."""
    if path.is_dir():
        raise RecordingError("This is a folder, not a recording.", file=path, hint="Name the .csv files in it.")
    if path.exists() and not path.is_file():
        raise RecordingError("This is not an ordinary file.", file=path, hint="Save the recording as a .csv file.")
    cells = _cells(path)
    _, header = next(cells, (0, []))
    if not header:
        raise RecordingError("The file is empty.", file=path)
    columns = read_header(header)
    if columns.time < 0:
        hint = "Name one time (seconds), minute, or timestamp; the names stand in the first line, with commas between."
        raise RecordingError("There is no time column.", file=path, line=1, hint=hint)
    if not columns.vitals:
        names = ", ".join(vital.value for vital in Vital)
        raise RecordingError("There is no column of a vital.", file=path, line=1, hint=f"Known are {names}.")
    return columns, _parsed(path, columns, cells)


def _parsed(path: Path, columns: Columns, cells: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    epoch: datetime | None = None
    dates: bool | None = None
    before: float | None = None
    for line, row in cells:
        try:
            if len(row) != columns.width:
                raise ValueError(f"The row has {len(row)} cells, the header has {columns.width}.")
            stamp = row[columns.time].strip()
            if dates is None:
                dates = not _is_number(stamp)
            if dates:
                date = _date(stamp)
                epoch = epoch or date
                at = _since(epoch, date, stamp)
            else:
                at = _number(stamp, "a time in seconds or minutes") * columns.second
            at = round(at, 6) + 0.0  # + 0.0 makes "-0" a plain 0
            _check_order(before, at, stamp)
            before = at
            values = {vital: _value(vital, row[index], columns.names[vital]) for index, vital in columns.vitals}
        except ValueError as error:
            raise RecordingError(str(error), file=path, line=line) from None
        yield Row(at, values)


def _check_order(before: float | None, at: float, stamp: str) -> None:
    if abs(at) > LATEST_S:
        raise ValueError(f'The time "{stamp}" is out of range.')
    if before is None:
        return
    if at < before:
        raise ValueError(f'The time runs backwards here, to "{stamp}": rows must stand in the order of time.')
    if at - before > LONGEST_GAP_S:
        raise ValueError(
            f"Nothing was recorded for {(at - before) / 86400:.0f} days before this row: split the file here."
        )


def _value(vital: Vital, cell: str, column: str) -> float | None:
    text = cell.strip()
    if text.lower() in NONE_WORDS:
        return None
    value = _number(text, f"a number of {column}")
    return None if value == 0 and vital in ZERO_IS_NONE else value


def _is_number(text: str) -> bool:
    try:
        return "_" not in text and math.isfinite(float(text))
    except ValueError:
        return False


def _number(text: str, what: str) -> float:
    if not _is_number(text):
        raise ValueError(f'"{text[:40]}" is not {what}.')
    return float(text)


def _date(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        hint = "a number of seconds, or a date and time such as 2026-03-02T10:15:00"
        raise ValueError(f'"{text[:40]}" is no time: write {hint}.') from None


def _since(epoch: datetime, date: datetime, stamp: str) -> float:
    try:
        return (date - epoch).total_seconds()
    except TypeError:
        raise ValueError(f'"{stamp}" and the first row differ: one has a time zone, the other has none.') from None


def _cells(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row that is not blank, the header first."""
    reader = None
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # Windows programs put a mark before the first line
            start = file.readline(LONGEST_LINE)
            file.seek(0)
            delimiter = max(",;\t", key=start.count)
            reader = csv.reader(_lines(file, path), delimiter=delimiter)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, cells
    except FileNotFoundError:
        raise RecordingError("There is no such file.", file=path, hint="Check the name and the folder.") from None
    except UnicodeDecodeError:
        raise RecordingError("This is not a text file.", file=path, hint="Save the recording as CSV (UTF-8).") from None
    except csv.Error as error:
        line = reader.line_num if reader else 1
        raise RecordingError(f"This line is not CSV: {error}.", file=path, line=line) from None
    except OSError as error:
        raise RecordingError(f"The file cannot be read: {error.strerror}.", file=path) from error


def _lines(file: TextIO, path: Path) -> Iterator[str]:
    """The lines of the file, none of them longer than a row can be."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if "\0" in line or len(line) == LONGEST_LINE:
            raise RecordingError(
                "This is not a text file of rows.", file=path, line=number, hint="Save the recording as CSV (UTF-8)."
            )
        yield line
