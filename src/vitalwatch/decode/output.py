"""What a driver said, as a program or a person reads it: JSON lines, or a table of one line a moment."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from rich.text import Text

from vitalwatch.driver import Counts
from vitalwatch.model import CATALOGUE, DeviceStatus, Mode, Observation, Report, Validity, Vital, Waveform

_TIME_WIDTH: Final = 11
_LEAST_WIDTH: Final = 7
_DIGITS: Final = 6
"""Of a second: a microsecond is finer than any link delivers."""


def json_line(at_s: float, report: Report) -> bytes:
    """One report as a line of JSON, in the form of ``docs/decode.md``."""
    fields: dict[str, Any] = {"kind": "", "t": round(at_s, _DIGITS), "device": report.device}
    if isinstance(report, Observation):
        fields |= {
            "kind": "observation",
            "vital": report.vital,
            "value": _number(report.value),
            "unit": CATALOGUE[report.vital].unit,
            "validity": report.validity,
            "mode": report.mode,
            "episodic": report.episodic,
            "device_time": _text(report.device_time),
        }
        if report.reading_age_s:
            fields["reading_age_s"] = round(report.reading_age_s, _DIGITS)
    elif isinstance(report, DeviceStatus):
        fields |= {"kind": "status", "status": _text(report.status), "active": report.active}
        if report.detail:
            fields["detail"] = _text(report.detail)
    else:
        samples = [_number(sample) for sample in report.samples]
        fields |= {"kind": "waveform", "signal": report.signal, "rate_hz": _number(report.rate_hz), "samples": samples}
    return msgspec.json.encode(fields) + b"\n"


def json_summary(counts: Counts) -> bytes:
    """The last line: what was read and what had to be dropped."""
    fields = {"frames": counts.frames, "bad_frames": counts.bad_frames, "dropped_bytes": counts.dropped_bytes}
    return msgspec.json.encode({"kind": "summary", **fields}) + b"\n"


class Table:
    """One line a moment: the time, a column for each vital that the device gives, and what else was said.

    Args:
        vitals: of the driver, in the order of the columns.
    """

    def __init__(self, vitals: tuple[Vital, ...]) -> None:
        self._widths = {vital: max(_LEAST_WIDTH, len(_heading(vital)) + 2) for vital in vitals}

    def header(self) -> Text:
        """The names of the columns, with units."""
        names = "".join(f"{_heading(vital):>{width}}" for vital, width in self._widths.items())
        return Text(f"{'seconds':>{_TIME_WIDTH}}{names}", style="bold")

    def line(self, at_s: float, reports: list[Report]) -> Text:
        """Everything that was said at one moment; of a vital that was told several times the newest."""
        cells: dict[Vital, tuple[str, str]] = {}
        notes: dict[str, str] = {}
        for report in reports:
            if isinstance(report, Observation):
                cells[report.vital] = _cell(report)
                if report.mode is not Mode.REAL:
                    notes[report.mode.upper()] = "bold magenta"
                if report.reading_age_s:
                    notes[f"read {report.reading_age_s:.0f} s before"] = "yellow"
            elif isinstance(report, DeviceStatus):
                detail = f" ({report.detail})" if report.detail and report.active else ""
                notes[f"{'+' if report.active else '-'}{_text(report.status)}{_text(detail)}"] = (
                    "yellow" if report.active else "dim"
                )
            else:
                notes[_wave(report)] = "dim"
        text = Text(f"{at_s:>{_TIME_WIDTH}.3f}", style="")
        for vital, width in self._widths.items():
            cell, style = cells.get(vital, ("", ""))
            text.append(f"{cell:>{width}}", style=style)
        for note, style in notes.items():
            text.append(f"  {note}", style=style)
        return text


def summary_words(counts: Counts, seconds: float) -> str:
    """The last line for people."""
    words = [f"{seconds:.1f} s", _many(counts.frames, "frame"), _many(counts.bad_frames, "bad frame")]
    words.append(f"{_many(counts.dropped_bytes, 'byte')} dropped")
    return ", ".join(words) + "."


def _heading(vital: Vital) -> str:
    info = CATALOGUE[vital]
    return f"{info.label} {info.unit}"


def _cell(observation: Observation) -> tuple[str, str]:
    if observation.value is not None:
        doubt = "?" if observation.validity is Validity.QUESTIONABLE else ""
        return f"{observation.value:g}{doubt}", "yellow" if doubt else ""
    return ("--" if observation.validity is Validity.UNAVAILABLE else str(observation.validity)), "dim"


def _wave(block: Waveform) -> str:
    return f"{block.signal}: {_many(len(block.samples), 'sample')}"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _number(value: float | None) -> float | None:
    """A whole number without ``.0``, whatever the driver calculates with."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _text(text: str | None) -> str | None:
    """Text that JSON and terminals can carry, whatever a driver made of a device's bytes."""
    return text if text is None else text.encode("utf-8", "replace").decode("utf-8")
