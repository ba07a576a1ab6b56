"""The lines of the Nellcor ASCII table as frozen values, and the parser of one line. No meaning, no state.

A page of the table is a three-line header and 22 data lines::

    N-560    VERSION 1.56.00    CRC:XXXX  SpO2 Limit: 90-100%    PR Limit: 60-170BPM
                                 ADULT            0SAT-S
    TIME                 %SpO2   BPM     PA     Status
    29-Dec-17 07:18:57    89*     66     201    MO SL

Sources: N-595 data port description and the Mallinckrodt NPB-290, NPB-295 and N-395 operator's manuals, appendix "Data
Port Protocol"; a recorded page of an N-560 with firmware 1.56.00. There is no checksum, so every part of a line
has to have its exact form, or the line is refused whole.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "nellcor"

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
"""English on every unit, whatever the language of the host; the manuals print them in capitals."""

_STAMP: Final = re.compile(r"\s*(\d{1,2})-([A-Za-z]{3})-(\d{2})\s+(\d{2}:\d{2}:\d{2})(?:\s|$)")
_NUMBER: Final = re.compile(r"(\d{1,3}|-+)(\*?)")
_CODE: Final = re.compile(r"[A-Z]{2}")
_TITLE: Final = re.compile(r"\s*(\S+)\s+VERSION\s+(\S+)")
# Older firmware pads the numbers: "Limit: 70-100%", "Limit: 90- 100%".
_SPO2_LIMITS: Final = re.compile(r"SpO2 Limit:\s*(\d+)-\s*(\d+)%", re.IGNORECASE)
_PULSE_LIMITS: Final = re.compile(r"PR Limit:\s*(\d+)-\s*(\d+)BPM", re.IGNORECASE)
_PATIENT: Final = re.compile(r"\b(ADULT|NEO)\w*")
_SAT_SECONDS: Final = re.compile(r"\b(\d+)SAT-S\b")
_COLUMNS: Final = re.compile(r"\s*TIME\s+%SPO2\s+BPM\b", re.IGNORECASE)


class DataLine(msgspec.Struct, frozen=True):
    """One reading, every two seconds.

    Attributes:
        device_time: the monitor's own clock as ISO 8601, or as printed when it is no possible date. A label only.
        spo2: oxygen saturation in %; ``None`` for dashes and for the 0 that the monitor prints while it searches.
        spo2_marked: the value carries the ``*`` of a value outside the monitor's own limits.
        pulse: pulse rate in bpm; ``None`` as for ``spo2``.
        pulse_marked: as ``spo2_marked``.
        amplitude: pulse amplitude without a unit (4 to 201 were seen); ``None`` when no pulse is being measured.
        codes: every two-letter status code of the line, in the order of printing.
    """

    device_time: str
    spo2: int | None
    spo2_marked: bool
    pulse: int | None
    pulse_marked: bool
    amplitude: int | None
    codes: tuple[str, ...]


class TitleLine(msgspec.Struct, frozen=True):
    """First line of a header, or the instrument information line (which names no limits).

    Attributes:
        model: for example ``N-560``.
        version: firmware version as printed.
        spo2_limits: the monitor's own low and high limit in %.
        pulse_limits: the monitor's own low and high limit in bpm.
    """

    model: str
    version: str
    spo2_limits: tuple[int, int] | None
    pulse_limits: tuple[int, int] | None


class SettingsLine(msgspec.Struct, frozen=True):
    """Second line of a header.

    Attributes:
        patient: kind of limits, ``ADULT`` or ``NEO``.
        sat_seconds: the SatSeconds setting in %·s, 0 for off; ``None`` when not printed.
    """

    patient: str
    sat_seconds: int | None


class ColumnsLine(msgspec.Struct, frozen=True):
    """Third line of a header: the names of the columns."""


Line: TypeAlias = DataLine | TitleLine | SettingsLine | ColumnsLine


def parse_line(raw: bytes) -> Line:
    """Read one line of the table.

    Args:
        raw: the line without its end and without leading NUL bytes.

    Raises:
        DecodeError: if it is no line of the table, or a damaged one.
    """
    for offset, byte in enumerate(raw):
        if not 0x20 <= byte <= 0x7E:
            raise _bad("not a printable ASCII character", raw, offset)
    text = raw.decode("ascii")
    if stamp := _STAMP.match(text):
        return _parse_data(raw, text, stamp)
    if title := _TITLE.match(text):
        return TitleLine(title[1], title[2], _limits(_SPO2_LIMITS, text), _limits(_PULSE_LIMITS, text))
    if _COLUMNS.match(text):
        return ColumnsLine()
    if patient := _PATIENT.search(text):
        sat_seconds = _SAT_SECONDS.search(text)
        return SettingsLine(patient[1], int(sat_seconds[1]) if sat_seconds else None)
    raise _bad("neither a data line nor a header line", raw, 0)


def _parse_data(raw: bytes, text: str, stamp: re.Match[str]) -> DataLine:
    # Columns are padded differently by different firmware, so the fields are told apart by blanks.
    fields = text[stamp.end() :].split()
    numbers = [_NUMBER.fullmatch(field) for field in fields[:3]]
    codes = fields[3:]
    if len(numbers) < 3 or None in numbers:
        raise _bad("SpO2, pulse and amplitude are not three numbers or dashes", raw, stamp.end())
    for code in codes:
        if not _CODE.fullmatch(code):
            raise _bad(f"{code} is not a two-letter status code", raw, text.rindex(code))
    spo2, pulse, amplitude = (number for number in numbers if number is not None)
    return DataLine(
        device_time=_label(stamp),
        spo2=_value(spo2[1]),
        spo2_marked=bool(spo2[2]),
        pulse=_value(pulse[1]),
        pulse_marked=bool(pulse[2]),
        amplitude=_value(amplitude[1]),
        codes=tuple(codes),
    )


def _value(digits: str) -> int | None:
    # Zero is what the monitor prints while it searches, never a measurement.
    return int(digits) or None if digits.isdigit() else None


def _label(stamp: re.Match[str]) -> str:
    day, month, year, clock = stamp.groups()
    printed = f"{day}-{month}-{year} {clock}"
    if month.upper() not in _MONTHS:
        return printed
    label = f"20{year}-{_MONTHS.index(month.upper()) + 1:02d}-{int(day):02d}T{clock}"
    try:
        datetime.fromisoformat(label)
    except ValueError:  # a clock that was never set may print day 0 or hour 25; the values are good all the same
        return printed
    return label


def _limits(pattern: re.Pattern[str], text: str) -> tuple[int, int] | None:
    found = pattern.search(text)
    return (int(found[1]), int(found[2])) if found else None


def _bad(reason: str, raw: bytes, offset: int) -> DecodeError:
    return DecodeError(reason, protocol=PROTOCOL, offset=offset, excerpt=raw[:32])
