"""A simulated visit as a picture: what the body did, what happened to it, and which alarms the service gave.

The curves are the body's own; heart rate and SpO2 stop where the sensor sees nothing. Cuff readings are drawn at the
scenario's interval. The alarms are those of a rehearsal with the same seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final
from xml.sax.saxutils import escape

import msgspec

from vitalwatch_simulators.patient import PatientVitals
from vitalwatch_simulators.physiology.episodes import KINDS
from vitalwatch_simulators.rehearse import Alarm, rehearse
from vitalwatch_simulators.scenario import Scenario, Step

WIDTH: Final = 1000
LEFT: Final = 220
RIGHT: Final = 30
TOP: Final = 64
GAP: Final = 26
ROW: Final = 20
"""Height of one row of happenings or alarms."""

POINTS: Final = 480
"""Of each curve."""

FIRST_CUFF_S: Final = 8.0
LEAST_BAR: Final = 3.0
PRIORITIES: Final = {"high": "#b3261e", "medium": "#c77700", "low": "#2a7f9e"}
HAPPENING: Final = "#6b7280"

Value = Callable[[PatientVitals], float]


class Panel(msgspec.Struct, frozen=True):
    """One frame with its curves.

    Attributes:
        title: with the unit.
        height: of the frame.
        least: what the scale shows at least, low and high.
        step: from one line of the scale to the next.
        curves: what is drawn, and in which colour.
        seen: whether the curve stops while the sensor sees nothing.
    """

    title: str
    height: int
    least: tuple[float, float]
    step: float
    curves: tuple[tuple[Value, str], ...]
    seen: bool = False


PANELS: Final = (
    Panel("Heart rate, bpm", 110, (40, 120), 20, ((lambda v: v.heart_rate, "#2e7d32"),), seen=True),
    Panel("SpO2, %", 90, (90, 100), 5, ((lambda v: v.spo2, "#1565c0"),), seen=True),
    Panel(
        "Blood pressure, mmHg",
        170,
        (40, 160),
        20,
        ((lambda v: v.systolic, "#c2a5a0"), (lambda v: v.diastolic, "#c2a5a0")),
    ),
    Panel("Breaths a minute", 70, (0, 20), 10, ((lambda v: v.respiration_rate, "#6a4c93"),)),
)
CUFF: Final = "#8a1c10"
PRESSURE: Final = 2
"""The panel that has the cuff readings."""


class Bar(msgspec.Struct, frozen=True):
    """Something that lasted, seconds, and words that stand beside it."""

    begin: float
    end: float
    colour: str
    words: str


def plot_visit(scenario: Scenario, seed: int) -> str:
    """Rehearse a scenario and draw it.

    Args:
        scenario: what happens.
        seed: who the patient is.

    Returns:
        the text of an SVG file.

    Raises:
        ConfigError: if the scenario names devices or faults that do not go together.
    """
    length = scenario.length
    patient = scenario.patient(seed)
    cuffs = _cuff_times(scenario)
    moments = sorted({length * n / POINTS for n in range(POINTS + 1)} | set(cuffs))
    seen = {t: patient.vitals(t) for t in moments}
    paper = _Paper(length)
    paper.text(20, 28, scenario.summary, "title")
    paper.text(20, 48, f"SIMULATED, seed {seed}, profile {scenario.profile}", "small")
    for number, panel in enumerate(PANELS):
        paper.panel(panel, seen, cuffs if number == PRESSURE else [])
    paper.time_axis()
    paper.rows("What happens", _happenings(scenario))
    paper.rows("Alarms", _alarms(rehearse(scenario, seed=seed).alarms, length))
    return paper.svg()


def _cuff_times(scenario: Scenario) -> list[float]:
    count = math.ceil((scenario.length - FIRST_CUFF_S) / scenario.nibp_interval)
    return [FIRST_CUFF_S + n * scenario.nibp_interval for n in range(count)]


def _happenings(scenario: Scenario) -> dict[str, list[Bar]]:
    """Bars by the words for them."""
    rows: dict[str, list[Bar]] = {}
    for begins in scenario.rounds():
        for step in sorted(scenario.step, key=lambda step: step.at):
            begin = step.at + begins
            for words, lasts in _words(step):
                if begin < scenario.length:
                    end = min(scenario.length, begin + lasts)
                    rows.setdefault(words, []).append(Bar(begin, end, HAPPENING, step.note))
    return rows


def _words(step: Step) -> Iterator[tuple[str, float]]:
    """What a step does, and how long it holds, seconds."""
    lasts = math.inf if step.lasts is None else step.lasts
    if step.give is not None:
        size = f" {step.give.mg:g} mg" if step.give.mg else ""
        size = f" {step.give.mg_per_kg:g} mg/kg" if step.give.mg_per_kg else size
        route = {"iv": "IV", "im": "IM", "nasal": "nasal"}[step.give.route]
        yield f"{step.give.drug} {route}{size}", step.give.minutes * 60 if step.give.route == "iv" else 0.0
    if step.stop is not None:
        yield f"{step.stop} stopped", 0.0
    if step.event in KINDS:
        kind = KINDS[step.event]
        yield _plain(step.event), (step.over or kind.onset) + (kind.lasts if step.lasts is None else lasts) + kind.fades
    elif step.event is not None:
        yield _plain(step.event), lasts
    if step.fault is not None:
        yield f"fault: {_plain(step.fault)}{f' ({step.device})' if step.device else ''}", lasts
    for vital, target in step.set.items():
        yield f"{_plain(vital)} to {target:g}", step.over + lasts
    if step.baseline:
        yield "nurse: baseline", 0.0
    if step.phase is not None:
        yield f"nurse: {step.phase}", 0.0


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _alarms(alarms: tuple[Alarm, ...], length: float) -> dict[str, list[Bar]]:
    rows: dict[str, list[Bar]] = {}
    for alarm in alarms:
        bar = Bar(alarm.at, min(length, alarm.ended_at), PRIORITIES[alarm.priority], alarm.text)
        rows.setdefault(f"{alarm.condition} ({alarm.priority})", []).append(bar)
    return rows


class _Paper:
    """Draws from top to bottom."""

    def __init__(self, length: float) -> None:
        self._length = length
        self._y = float(TOP)
        self._parts: list[str] = []

    def text(self, x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> None:
        """Write words."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'
        )

    def panel(self, panel: Panel, seen: dict[float, PatientVitals], cuffs: list[float]) -> None:
        """Draw one frame, its scale, its curves and its cuff readings."""
        values = [value(vitals) for vitals in seen.values() for value, _ in panel.curves]
        low = math.floor(min(panel.least[0], *values) / panel.step) * panel.step
        high = math.ceil(max(panel.least[1], *values) / panel.step) * panel.step
        top, bottom = self._y, self._y + panel.height

        def y(value: float) -> float:
            return bottom - panel.height * (value - low) / (high - low)

        self.text(LEFT - 40, top + 14, panel.title, "label", "end")
        for step in range(round((high - low) / panel.step) + 1):
            level = low + step * panel.step
            self._line(LEFT, y(level), WIDTH - RIGHT, y(level), "#e5e7eb")
            self.text(LEFT - 8, y(level) + 4, f"{level:g}", "small", "end")
        for value, colour in panel.curves:
            self._curve(
                [(t, None if panel.seen and v.sensor != "on" else y(value(v))) for t, v in seen.items()], colour
            )
        for t in cuffs:
            self._cuff(t, seen[t], y)
        self._y = bottom + GAP

    def time_axis(self) -> None:
        """Write the minutes under the last frame."""
        minutes = self._length / 60.0
        step = next(each for each in (1, 2, 5, 10, 15, 30, 60, 120, 240, 480) if minutes / each <= 14)
        for minute in range(0, math.floor(minutes) + 1, step):
            self.text(self._x(minute * 60.0), self._y - 6, f"{minute} min" if minute else "0", "small", "middle")
        self._y += 1.5 * GAP

    def rows(self, title: str, rows: dict[str, list[Bar]]) -> None:
        """Draw bars, one row for each of their names."""
        self.text(20, self._y, title if rows else f"{title}: none", "heading")
        self._y += 10
        for name, bars in rows.items():
            self.text(LEFT - 8, self._y + 13, name, "label", "end")
            self._line(LEFT, self._y + ROW, WIDTH - RIGHT, self._y + ROW, "#eef0f2")
            for bar in bars:
                x = self._x(bar.begin)
                wide = max(LEAST_BAR, self._x(bar.end) - x)
                box = f'x="{x:.1f}" y="{self._y + 4:.1f}" width="{wide:.1f}" height="{ROW - 8}"'
                self._parts.append(f'<rect {box} fill="{bar.colour}"/>')
            self._beside(bars)
            self._y += ROW
        self._y += GAP

    def _beside(self, bars: list[Bar]) -> None:
        """Write the words of the last bar behind it, or before the first if there is more room."""
        before, behind = self._x(bars[0].begin) - LEFT, WIDTH - RIGHT - self._x(bars[-1].end)
        if behind >= before:
            self.text(self._x(bars[-1].end) + 8, self._y + 14, bars[-1].words, "small")
        else:
            self.text(self._x(bars[0].begin) - 8, self._y + 14, bars[-1].words, "small", "end")

    def svg(self) -> str:
        """The whole file."""
        style = (
            "text{font:13px sans-serif;fill:#1f2937}.title{font-size:17px;font-weight:600}"
            ".small{font-size:12px;fill:#4b5563}.heading{font-weight:600}"
        )
        size = f'viewBox="0 0 {WIDTH} {self._y:.0f}" width="{WIDTH}" height="{self._y:.0f}"'
        first = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        paper = f'<rect width="{WIDTH}" height="{self._y:.0f}" fill="white"/>'
        return "\n".join([first, f"<style>{style}</style>", paper, *self._parts, "</svg>", ""])

    def _x(self, t: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * t / self._length

    def _line(self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1.0) -> None:
        place = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        self._parts.append(f'<line {place} stroke="{colour}" stroke-width="{width:g}"/>')

    def _curve(self, points: list[tuple[float, float | None]], colour: str) -> None:
        """A line that is broken where there is no value."""
        path, pen = "", "M"
        for t, y in points:
            if y is None:
                pen = "M"
                continue
            path += f"{pen}{self._x(t):.1f} {y:.1f}"
            pen = "L"
        self._parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>')

    def _cuff(self, t: float, vitals: PatientVitals, y: Callable[[float], float]) -> None:
        """A reading as a bar from diastolic to systolic with its numbers; a cross for one that failed."""
        x = self._x(t)
        if vitals.spoils_cuff:
            self.text(x, y(vitals.mean_pressure) + 5, "×", "heading", "middle")
            return
        high, low = y(vitals.systolic), y(vitals.diastolic)
        beside = max(x, LEFT + 14.0)  # not over the scale
        self.text(beside, high - 5, f"{vitals.systolic:.0f}", "small", "middle")
        self.text(beside, low + 14, f"{vitals.diastolic:.0f}", "small", "middle")
        for level in (high, low):
            self._line(x - 4, level, x + 4, level, CUFF, 2)
        self._line(x, high, x, low, CUFF, 2)
