"""Replies of a CASMED 740 as frozen values, and their parser. No meaning, no state.

The host sends ``X``, two or three digits and CR; a reply begins with ``X`` and the first two digits of the command and
ends with CR. There is no checksum, so every part of a reply has to have its exact form.

Source: the VA's VistA Vitals program for Windows, unit ``uVHA_ATE740X``, which reads these monitors: commands, columns
and lengths. For each of five commands with replies of fixed width (X04, X05, X08, X09, X13) it waits for the text and
one byte more, which is the CR.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "casmed"

READ_NUMERICS: Final = b"X09\r"
"""Asks for the present numbers. Changes nothing."""

START_CUFF: Final = b"X131\r"
"""Inflates the cuff. Sent for a person's command only."""

_WIDTH: Final = 3
_FIRST: Final = 3
_FIELDS: Final = 5
_TEMPERATURE_AT: Final = _FIRST + _FIELDS * _WIDTH

_NUMBER: Final = re.compile(r" *[0-9]+")
_NONE: Final = re.compile(r"-+| +")
# Three digits that begin with 0 are four of which one was lost, with all the columns before it shifted.
_TEMPERATURE: Final = re.compile(r" ?([1-9][0-9]{2}|[0-9]{4})([CF]) ?")
_NO_TEMPERATURE: Final = re.compile(r"(?:-{3,4}| {3,4}|000)[CF]? ?")


class Numerics(msgspec.Struct, frozen=True):
    """X09: the numbers on the monitor's screen, whenever they were measured. ``None`` for none.

    Attributes:
        systolic: mmHg, like the other two of the last cuff measurement.
        diastolic: mmHg.
        mean: mmHg.
        pulse: bpm; of the oximeter or of the cuff, the monitor does not say which.
        spo2: %.
        temperature: °C, converted if the monitor shows °F.
    """

    systolic: int | None
    diastolic: int | None
    mean: int | None
    pulse: int | None
    spo2: int | None
    temperature: float | None


class CuffPressure(msgspec.Struct, frozen=True):
    """X13: what is in the cuff, told again and again while a measurement runs.

    Attributes:
        mmhg: the pressure.
    """

    mmhg: int


class Refusal(msgspec.Struct, frozen=True):
    """``X**`` or ``X??``: the monitor does not do what it was asked.

    Attributes:
        disabled: it takes no commands at all; else it does not know this one.
    """

    disabled: bool


Reply: TypeAlias = Numerics | CuffPressure | Refusal


def parse_reply(raw: bytes) -> Reply:
    """Read one reply without its CR.

    Raises:
        DecodeError: if it is none of the replies to what the driver sends, or any part of it has another form.
    """
    text = raw.decode("latin-1")
    if text in ("X**", "X??"):
        return Refusal(disabled=text == "X**")
    if text.startswith("X13"):
        return CuffPressure(_pressure(text[3:], raw))
    if not text.startswith("X09") or len(text) < _TEMPERATURE_AT:
        raise _bad("is none that was asked for", raw, 0)
    systolic, diastolic, mean, pulse, spo2 = (_number(text, _FIRST + n * _WIDTH, raw) for n in range(_FIELDS))
    return Numerics(systolic, diastolic, mean, pulse, spo2, _temperature(text[_TEMPERATURE_AT:], raw))


def _number(text: str, at: int, raw: bytes) -> int | None:
    field = text[at : at + _WIDTH]
    if _NONE.fullmatch(field):
        return None
    if not _NUMBER.fullmatch(field):
        raise _bad(f"has {field!r} for a number", raw, at)
    return int(field) or None  # nothing here is ever measured as 0


def _pressure(field: str, raw: bytes) -> int:
    if len(field) != _WIDTH or not _NUMBER.fullmatch(field):
        raise _bad(f"has {field!r} for a cuff pressure", raw, _FIRST)
    return int(field)


def _temperature(field: str, raw: bytes) -> float | None:
    if _NO_TEMPERATURE.fullmatch(field):
        return None
    match = _TEMPERATURE.fullmatch(field)
    if match is None:
        raise _bad(f"has {field!r} for a temperature", raw, _TEMPERATURE_AT)
    tenths, unit = int(match[1]), match[2]
    if tenths == 0:
        return None
    return tenths / 10 if unit == "C" else round((tenths - 320) / 18, 1)


def _bad(reason: str, raw: bytes, offset: int) -> DecodeError:
    return DecodeError(f"reply {reason}", protocol=PROTOCOL, offset=offset, excerpt=raw[:32])
