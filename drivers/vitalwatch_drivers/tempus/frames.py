"""One line of a Tempus Pro as a frozen value, with nothing left of its JSON but what is a vital.

The layout is that of one published message (README, Sources); no description of it is public. The check at the end of
a line (``crc``) follows an unknown rule and is not tested.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, Final

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "tempus"

KIND: Final = "Vitals"
"""``$type`` of the messages that are read."""
PRESENT: Final = "Real Time"
"""``type`` of the entries that are read; trends of the past, if there are any, are left out."""

MOST_ENTRIES: Final = 64
MOST_SIGNS: Final = 256
MOST_TEXT: Final = 40
"""Characters of a name or code that goes on to a screen."""

NONE_TEXTS: Final = frozenset({"", "-", "--", "---", "---.-", "nan", "none", "null", "n/a"})
"""Texts in the place of a number that mean "no value". Not from a recording: the one that is public has none."""


class Sign(msgspec.Struct, frozen=True):
    """One number.

    Attributes:
        name: in capitals, for example ``SPO2``.
        source: what measured it, in capitals: ``ECG``, ``PULSE``, ``NIBP``, ``CAPNO``, ``T1``, ``P1:``.
        value: as sent; ``None`` for no value, NaN for what is not a number.
        unit: as sent.
        alert: the monitor's own mark; empty when it is 0, which is none.
    """

    name: str
    source: str
    value: float | None
    unit: str
    alert: str = ""


class Entry(msgspec.Struct, frozen=True):
    """Numbers that were taken at one time.

    Attributes:
        stamp: that time, as sent.
        taken: that time on the monitor's clock, without a zone; ``None`` if it cannot be read.
        signs: the numbers.
    """

    stamp: str
    taken: datetime | None
    signs: tuple[Sign, ...]


class Vitals(msgspec.Struct, frozen=True):
    """One message: its present entries."""

    entries: tuple[Entry, ...]


class _Sign(msgspec.Struct):
    name: str
    val: Any = None
    alert: Any = "0"
    units: Any = ""
    src: Any = ""


class _Signs(msgspec.Struct):
    values: list[_Sign] = msgspec.field(name="$values")


class _Entry(msgspec.Struct, rename="camel"):
    type: str
    capture_time: str
    signs: _Signs


class _Entries(msgspec.Struct):
    values: list[_Entry] = msgspec.field(name="$values")


class _Message(msgspec.Struct):
    kind: str = msgspec.field(name="$type")
    vitals: _Entries


_DECODER: Final = msgspec.json.Decoder(_Message)


def parse_line(line: bytes) -> Vitals:
    """Read one line.

    Raises:
        DecodeError: if it is not the JSON of a message with vitals.
    """
    try:
        message = _DECODER.decode(line)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise _bad(f"no message with vitals ({error})", line) from error
    if message.kind != KIND:
        raise _bad("a message of another kind", line)
    if len(message.vitals.values) > MOST_ENTRIES:
        raise _bad("more entries than a monitor can have", line)
    return Vitals(tuple(_entry(entry, line) for entry in message.vitals.values if entry.type == PRESENT))


def without_names(line: bytes) -> bytes:
    """A line as it may be recorded: only what is read of it, so that no person, place or incident is kept.

    Nothing of a line that is no message with vitals.
    """
    try:
        vitals = parse_line(line)
    except DecodeError:
        return b""
    entries = [
        {
            "type": PRESENT,
            "captureTime": entry.stamp,
            "signs": {"$values": [_written(sign) for sign in entry.signs]},
        }
        for entry in vitals.entries
    ]
    return msgspec.json.encode({"$type": KIND, "vitals": {"$values": entries}})


def _entry(entry: _Entry, line: bytes) -> Entry:
    if len(entry.signs.values) > MOST_SIGNS:
        raise _bad("more numbers than a monitor can have", line)
    signs = (
        Sign(
            _text(sign.name).upper(), _text(sign.src).upper(), _number(sign.val), _text(sign.units), _alert(sign.alert)
        )
        for sign in entry.signs.values
    )
    return Entry(_text(entry.capture_time), _time(entry.capture_time), tuple(signs))


def _number(sent: object) -> float | None:
    """A number, also as text; ``None`` for no value; NaN for anything else."""
    if sent is None or (isinstance(sent, str) and sent.strip().lower() in NONE_TEXTS):
        return None
    if isinstance(sent, bool) or not isinstance(sent, str | int | float):
        return math.nan
    try:
        return float(sent)
    except (ValueError, OverflowError):
        return math.nan


def _alert(sent: object) -> str:
    return "" if _number(sent) in (None, 0.0) else _text(sent)


def _time(sent: str) -> datetime | None:
    try:
        taken = datetime.fromisoformat(sent.strip())
    except ValueError:
        return None
    return taken.replace(tzinfo=None)


def _text(sent: object) -> str:
    """Text that is safe to show: short and printable. What is no text or number is none."""
    if isinstance(sent, bool) or not isinstance(sent, str | int | float):
        return ""
    return "".join(sign for sign in str(sent)[:MOST_TEXT] if sign.isprintable()).strip()


def _written(sign: Sign) -> dict[str, str]:
    value = "" if sign.value is None else str(sign.value)
    # A number that could not be read is written as a text that cannot be read either.
    value = "?" if value == "nan" else value
    return {"name": sign.name, "val": value, "alert": sign.alert or "0", "units": sign.unit, "src": sign.source}


def _bad(reason: str, line: bytes) -> DecodeError:
    return DecodeError(reason, protocol=PROTOCOL, excerpt=line[:16])
