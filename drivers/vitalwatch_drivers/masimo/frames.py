"""The line of Masimo's ASCII 1 output as a frozen value, and its parser. No meaning, no state.

A line is a date, a time and ``KEY=value`` words; which keys there are differs from model to model::

    02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% SPCO=--.-% … ALARM=0000 EXC=000800

Sources: Masimo Rad-8 Operator's Manual, sections 4 and 7; Rad-87 Operator's Manual, p. 7-4; lines recorded from a Rad-8
and a Radical-7. There is no checksum, so the words that are read must have their exact form, or the line is
refused whole. The widths matter: a line that lost bytes must not turn 098 into 9 or flags 000820 into 0008.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import IntFlag
from typing import Final

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "masimo"

_STAMP: Final = re.compile(r"\s*(\d{2})/(\d{2})/(\d{2})\s+(\d{2}:\d{2}:\d{2})(?:\s|$)")
# Rad-8 and blue-screen lines write the percent sign, colour-screen lines write none after PI, and one firmware writes
# one after BPM: it carries no meaning, so it may come or not.
_WHOLE: Final = re.compile(r"(\d{3}|-+)%?")
_PERFUSION: Final = re.compile(r"(\d{1,2}\.\d{1,2}|[-.]+)%?")
_ALARM: Final = re.compile(r"[0-9A-Fa-f]{4}(?:[0-9A-Fa-f]{2})?")
_EXCEPTIONS: Final = re.compile(r"[0-9A-Fa-f]{6,7}")


class Exceptions(IntFlag):
    """The low 12 bits of ``EXC`` (Rad-8 and Rad-57 manuals, "Exception messages"). They add up; test bit by bit."""

    NO_SENSOR = 0x001
    DEFECTIVE_SENSOR = 0x002
    LOW_PERFUSION = 0x004
    PULSE_SEARCH = 0x008
    INTERFERENCE = 0x010
    SENSOR_OFF = 0x020
    AMBIENT_LIGHT = 0x040
    UNRECOGNISED_SENSOR = 0x080
    RESERVED_8 = 0x100
    RESERVED_9 = 0x200
    LOW_SIGNAL_IQ = 0x400
    SET_RUNNING = 0x800
    """The normal state: signal extraction has locked on. Not a fault."""


class Alarms(IntFlag):
    """Bits of ``ALARM``. The maker does not publish them; found by experiment on a Rad-8, so they are hints only."""

    SPO2_HIGH = 0x01
    SPO2_LOW = 0x02
    PULSE_HIGH = 0x04
    PULSE_LOW = 0x08
    SOUNDING = 0x10
    SILENCED = 0x20


class DataLine(msgspec.Struct, frozen=True):
    """One reading, every second.

    Attributes:
        device_time: the monitor's own clock as ISO 8601, or as printed when it is no possible date. A label only.
        serial: the monitor's serial number; ``None`` when it prints dashes or none.
        spo2: oxygen saturation in %; ``None`` for dashes and for 0.
        pulse: pulse rate in bpm; ``None`` for dashes and for 0.
        perfusion_index: in %; ``None`` for dashes, for 0, and for models that do not print it.
        alarms: the monitor's own alarms, unknown bits kept; none when it does not print them.
        exceptions: what the monitor says about its signal, bits 0 to 11.
    """

    device_time: str
    serial: str | None
    spo2: int | None
    pulse: int | None
    perfusion_index: float | None
    alarms: Alarms
    exceptions: Exceptions


def parse_line(raw: bytes) -> DataLine:
    """Read one line of live output.

    Args:
        raw: the line without its end and without leading NUL bytes.

    Raises:
        DecodeError: if it is no such line, is damaged, or says nothing about the signal (no ``EXC``): without
            that, a number may be left over from before the sensor fell off. The stored-trend dump, which writes
            ``SpO2=096 PR=074`` and 000 for "none", is refused too.
    """
    for offset, byte in enumerate(raw):
        if not 0x20 <= byte <= 0x7E:
            raise _bad("not a printable ASCII character", raw, offset)
    text = raw.decode("ascii")
    stamp = _STAMP.match(text)
    if stamp is None:
        raise _bad("does not begin with a date and a time", raw, 0)
    words = _words(raw, text, stamp.end())
    perfusion = _read(_PERFUSION, words.get("PI", "--.--"), "PI", raw).rstrip("%")
    serial = words.get("SN", "")
    return DataLine(
        device_time=_label(stamp),
        serial=serial if serial.isdigit() else None,
        spo2=_value(words, "SPO2", raw),
        pulse=_value(words, "BPM", raw),
        # A zero is never a measurement; 0.02 % is the least that can be shown.
        perfusion_index=float(perfusion) or None if perfusion[0].isdigit() else None,
        alarms=Alarms(int(_read(_ALARM, words.get("ALARM", "0000"), "ALARM", raw), 16)),
        exceptions=Exceptions(int(_read(_EXCEPTIONS, words.get("EXC", ""), "EXC", raw), 16) & 0xFFF),
    )


def _words(raw: bytes, text: str, start: int) -> dict[str, str]:
    words: dict[str, str] = {}
    for word in text[start:].split():
        key, equals, value = word.partition("=")
        if not equals:
            raise _bad(f"{word} is not KEY=value", raw, text.index(word, start))
        if key in words:
            # Two lines run into one: the line end between them was lost.
            raise _bad(f"{key} comes twice", raw, text.rindex(word))
        words[key] = value
    return words


def _value(words: dict[str, str], key: str, raw: bytes) -> int | None:
    digits = _read(_WHOLE, words.get(key, ""), key, raw).rstrip("%")
    return int(digits) or None if digits.isdigit() else None


def _read(pattern: re.Pattern[str], value: str, key: str, raw: bytes) -> str:
    if not pattern.fullmatch(value):
        raise _bad(f"{key} is missing or damaged", raw, max(raw.find(f" {key}=".encode("ascii")), 0))
    return value


def _label(stamp: re.Match[str]) -> str:
    month, day, year, clock = stamp.groups()
    label = f"20{year}-{month}-{day}T{clock}"
    try:
        datetime.fromisoformat(label)
    except ValueError:  # a clock that was never set may print month 0 or hour 25; the values are good all the same
        return f"{month}/{day}/{year} {clock}"
    return label


def _bad(reason: str, raw: bytes, offset: int) -> DecodeError:
    return DecodeError(reason, protocol=PROTOCOL, offset=offset, excerpt=raw[:32])
