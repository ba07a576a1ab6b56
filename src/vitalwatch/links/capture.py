"""When each piece of a recorded capture came: its own time stamps, a time a line, or the speed of the line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from vitalwatch.link_url import ReplayOptions

BITS_A_BYTE = 10
"""Start bit, eight data bits, stop bit: what a byte costs on a serial line."""

_CHUNK_S = 0.02
_LONGEST_STEP_S = 3600.0
_STEP_WITHOUT_EXAMPLE_S = 1.0
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")

_CLOCK = rb"(\d\d):(\d\d):(\d\d)(?!\d)"
# 29-Dec-17 07:18:43, as Nellcor monitors print it (protocol notes, Nellcor ASCII).
_DAY_FIRST = re.compile(rb"(\d{1,2})-([A-Za-z]{3})-(\d\d) +" + _CLOCK)
# 02/22/16 22:47:45, month first, as Masimo monitors print it (protocol notes, Masimo ASCII 1).
_MONTH_FIRST = re.compile(rb"(\d\d)/(\d\d)/(\d\d) +" + _CLOCK)
_ISO = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?")
_BEFORE_STAMP = b"\0\r "


class Piece(NamedTuple):
    """Bytes that came at one moment.

    Attributes:
        at_s: seconds since the start of the capture; never falls from piece to piece.
        data: the bytes, unchanged.
    """

    at_s: float
    data: bytes


def pieces(data: bytes, options: ReplayOptions) -> Iterator[Piece]:
    """Divide a capture into pieces with the moment at which each came, in order.

    A capture in which any line begins with a time stamp goes by its stamps, and a line without one came with the line
    before it. Stamps that go back, or forward by more than an hour, are a new start: the device's clock was set, or
    two recordings were joined; such a line comes a usual step after the line before. Without stamps, lines come
    ``line_s`` apart if that is given; else the bytes come as ``baud`` allows, a chunk when its last byte is there.
    """
    lines = _lines(data)
    stamps = [_stamp_s(line) for line in lines]
    if any(stamp is not None for stamp in stamps):
        return _by_stamps(lines, stamps)
    if options.line_s is not None:
        return _by_lines(lines, options.line_s)
    return _by_bytes(data, options.baud)


def _lines(data: bytes) -> list[bytes]:
    """Cut after each line end, which stays; some devices end lines with a carriage return alone."""
    end = b"\n" if b"\n" in data else b"\r"
    lines = [line + end for line in data.split(end)]
    lines[-1] = lines[-1][: -len(end)]
    return [line for line in lines if line]


def _by_stamps(lines: list[bytes], stamps: list[float | None]) -> Iterator[Piece]:
    known = [stamp for stamp in stamps if stamp is not None]
    steps = [after - before for before, after in pairwise(known)]
    usual = median([step for step in steps if 0 < step <= _LONGEST_STEP_S] or [_STEP_WITHOUT_EXAMPLE_S])
    at_s = 0.0
    before: float | None = None
    together: list[bytes] = []
    for line, stamp in zip(lines, stamps, strict=True):
        if stamp is not None:
            if before is not None:
                step = stamp - before
                step = step if 0 <= step <= _LONGEST_STEP_S else usual
                if step:
                    yield Piece(at_s, b"".join(together))
                    together = []
                    at_s += step
            before = stamp
        together.append(line)
    yield Piece(at_s, b"".join(together))


def _by_lines(lines: list[bytes], line_s: float) -> Iterator[Piece]:
    for number, line in enumerate(lines):
        yield Piece(number * line_s, line)


def _by_bytes(data: bytes, baud: int) -> Iterator[Piece]:
    size = max(1, int(baud / BITS_A_BYTE * _CHUNK_S))
    for start in range(0, len(data), size):
        chunk = data[start : start + size]
        yield Piece((start + len(chunk)) * BITS_A_BYTE / baud, chunk)


def _stamp_s(line: bytes) -> float | None:
    """The time stamp at the start of a line in seconds; only differences mean anything."""
    line = line[:64].lstrip(_BEFORE_STAMP)
    try:
        if found := _DAY_FIRST.match(line):
            day, month, year, *clock = found.groups()
            return _seconds(int(year), _MONTHS.index(month.lower()) + 1, int(day), clock)
        if found := _MONTH_FIRST.match(line):
            month, day, year, *clock = found.groups()
            return _seconds(int(year), int(month), int(day), clock)
        if found := _ISO.match(line):
            stamp = datetime.fromisoformat(found[0].decode("ascii").replace(",", "."))
            return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp()
    except ValueError:
        return None  # looks like a stamp, but there is no such month, day or hour
    return None


def _seconds(year: int, month: int, day: int, clock: list[bytes]) -> float:
    hour, minute, second = (int(part) for part in clock)
    return datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
