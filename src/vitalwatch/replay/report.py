"""Alarm load: how often, how long and how loud a chair alarmed. Pure.

An *alarm* is one unbroken annunciation of one condition; waiting out a delay is none. Members of a severity pair that
overlap are one alarm, of the highest priority reached. The *raw* count takes each alarm; the *merged* count takes one
that comes back within a minute of ending as the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from vitalwatch.alarms import AlarmEvent, Output, Priority, State, Transition
from vitalwatch.alarms.conditions import CATALOGUE
from vitalwatch.alarms.track import PRESENT
from vitalwatch.model import Vital, plausible, standing_s
from vitalwatch.replay.recording import Recording, Row

MERGE_S: Final = 60.0
"""An alarm that comes back sooner than this after it ended is the same one in the merged count."""

SHORT_S: Final = 10.0
"""Alarms that end sooner than this are gone before anybody can come."""

BURST_S: Final = {Priority.HIGH: 3.0, Priority.MEDIUM: 0.75, Priority.LOW: 0.45}
EVERY_S: Final = {Priority.HIGH: 10.0, Priority.MEDIUM: 25.0, Priority.LOW: 30.0}
"""The model of sound: one burst when an alarm begins and one after each interval while nobody answers. Lengths of the
bursts: 10, 3 and 2 pulses as IEC 60601-1-8 spaces them; intervals as bedside monitors commonly have them."""

_HEART: Final = (Vital.HEART_RATE, Vital.PULSE_RATE)


class Stretch(msgspec.Struct):
    """A time in which one condition alarmed at one priority.

    Attributes:
        chair: id of the chair at which the recording was played, also for alarms of the whole clinic; of a record the
            chair's own, and empty for the whole clinic.
        condition: id in the catalogue.
        priority: priority throughout.
        start: seconds by the recording's stamps.
        end: seconds; the end of the recording while it stands.
        standing: whether it was still there at the end of the recording.
        text: the message when it began.
    """

    chair: str
    condition: str
    priority: Priority
    start: float
    end: float
    standing: bool
    text: str


class Alarm(msgspec.Struct, frozen=True):
    """One alarm as reports count it. ``condition``, ``priority`` and ``text`` are those of its worst moment."""

    chair: str
    condition: str
    priority: Priority
    start: float
    end: float
    standing: bool
    text: str

    @property
    def family(self) -> str:
        """The severity pair it belongs to, or its condition."""
        return family(self.condition)


def family(condition: str) -> str:
    """The worse member of a condition's severity pair, or the condition itself."""
    return CATALOGUE[condition].worse or condition


class Line(msgspec.Struct, frozen=True):
    """How many alarms of one condition and priority there were; ``per_hour``: merged, per monitored chair-hour."""

    condition: str
    priority: Priority
    raw: int
    merged: int
    per_hour: float | None


class Load(msgspec.Struct, frozen=True):
    """The alarm load of some recordings under one profile.

    Attributes:
        profile: the profile's name.
        recordings: how many; of a record, the chairs that were watched.
        wall_hours: from each first row to its end; of a record, the hours in which chairs were watched.
        monitored_hours: those of them in which SpO2 and a heart or pulse rate stood, as far as the recording has them.
        lines: by condition, in the order of the catalogue, and priority.
        priorities: the same over all conditions; ``condition`` is empty.
        sound_s: seconds of sound if nobody answers anything.
        ended: raw alarms that ended before their recording did.
        short: those of them that ended within 10 s.
        held_back: how often a condition of the patient began, but did not last for its delay.
    """

    profile: str
    recordings: int
    wall_hours: float
    monitored_hours: float
    lines: tuple[Line, ...]
    priorities: tuple[Line, ...]
    sound_s: float
    ended: int
    short: int
    held_back: int


class Report:
    """Gathers what the engine says over one or more recordings under one profile.

    Args:
        profile: the profile's name.
    """

    def __init__(self, profile: str) -> None:
        self.profile = profile
        self.stretches: list[Stretch] = []
        self._chair: str | None = None
        self._recordings = 0
        self._wall_s = 0.0
        self._monitored_s = 0.0
        self._reminders: Counter[Priority] = Counter()
        self._held_back = 0
        self._open: dict[tuple[str, str], Stretch] = {}
        self._needed: tuple[tuple[Vital, ...], ...] = ()
        self._stands_s = 0.0
        self._row: Row | None = None

    # --- one recording after the other --------------------------------------------------------------------------

    def begin(self, recording: Recording, chair: str) -> None:
        """A recording begins, played at a chair of its own."""
        self._chair = chair
        self._recordings += 1
        self._stands_s = standing_s(recording.period_s)
        has = [tuple(vital for vital in group if vital in recording.vitals) for group in ((Vital.SPO2,), _HEART)]
        self._needed = tuple(group for group in has if group)
        self._row = None

    def take_row(self, row: Row) -> None:
        """A row is about to be played."""
        if self._row is not None:
            self._count_time(self._row, row.at - self._row.at)
        self._row = row

    def take(self, output: Output) -> None:
        """The engine said something."""
        key = (output.chair if self._chair is None else self._chair, output.condition)
        stretch = self._open.get(key)
        if isinstance(output, Transition):
            if self._is_held_back(output):
                self._held_back += 1
            if output.target not in PRESENT:
                self._close(key, output.at, standing=False)
            elif stretch is None:
                self._begin(key, output, output.priority)
        elif stretch is not None and output.priority != stretch.priority:
            self._close(key, output.at, standing=False)
            self._begin(key, output, Priority(output.priority))
        if isinstance(output, AlarmEvent) and output.event == "reminder" and output.priority:
            self._reminders[Priority(output.priority)] += 1

    def finish(self, end: float) -> None:
        """The recording, or a stretch of a record, is over at ``end``: what still alarms stands."""
        for key in list(self._open):
            self._close(key, end, standing=True)
        if self._row is not None:
            self._count_time(self._row, end - self._row.at)

    def count(self, chairs: int, watched_s: float, monitored_s: float) -> None:
        """Of a record: how many chairs were watched, and for how many seconds together."""
        self._recordings += chairs
        self._wall_s += watched_s
        self._monitored_s += monitored_s

    @staticmethod
    def _is_held_back(change: Transition) -> bool:
        is_patients = CATALOGUE[change.condition].kind == "P"
        return is_patients and change.source is State.PENDING and change.target not in PRESENT

    def _begin(self, key: tuple[str, str], output: Output, priority: Priority) -> None:
        self._open[key] = Stretch(*key, priority, output.at, output.at, True, output.text)

    def _close(self, key: tuple[str, str], at: float, *, standing: bool) -> None:
        stretch = self._open.pop(key, None)
        if stretch is not None:
            stretch.end, stretch.standing = at, standing
            self.stretches.append(stretch)

    def _count_time(self, row: Row, seconds: float) -> None:
        self._wall_s += seconds
        if self._needed and all(any(_measured(row, vital) for vital in group) for group in self._needed):
            self._monitored_s += min(seconds, self._stands_s)

    # --- figures ------------------------------------------------------------------------------------------------

    def alarms(self, within_s: float = 0.0) -> list[Alarm]:
        """The alarms, by chair and start; those that come back within ``within_s`` of ending count as one."""
        found = [_joined(group) for group in _groups(self.stretches, within_s)]
        return sorted(found, key=lambda alarm: (alarm.chair, alarm.start, alarm.condition))

    def load(self) -> Load:
        """The figures over all recordings so far."""
        raw, merged = self.alarms(), self.alarms(MERGE_S)
        ended = [alarm for alarm in raw if not alarm.standing]
        hours = self._monitored_s / 3600
        kinds = [(condition, priority) for condition in CATALOGUE for priority in reversed(Priority)]
        lines = [_line(*kind, raw, merged, hours) for kind in kinds]
        return Load(
            profile=self.profile,
            recordings=self._recordings,
            wall_hours=round(self._wall_s / 3600, 4),
            monitored_hours=round(hours, 4),
            lines=tuple(line for line in lines if line.raw),
            priorities=tuple(_line("", priority, raw, merged, hours) for priority in reversed(Priority)),
            sound_s=round(_sound_s(self.stretches) + sum(BURST_S[p] * n for p, n in self._reminders.items()), 2),
            ended=len(ended),
            short=sum(alarm.end - alarm.start < SHORT_S for alarm in ended),
            held_back=self._held_back,
        )


def _measured(row: Row, vital: Vital) -> bool:
    value = row.values.get(vital)
    return value is not None and plausible(vital, value)


def _groups(stretches: Iterable[Stretch], within_s: float) -> Iterator[list[Stretch]]:
    """Stretches of one chair and severity pair that overlap, touch, or follow each other within a time."""
    group: list[Stretch] = []
    end = 0.0
    for stretch in sorted(stretches, key=lambda s: (s.chair, family(s.condition), s.start, s.end)):
        same = group and (group[0].chair, family(group[0].condition)) == (stretch.chair, family(stretch.condition))
        if same and (stretch.start <= end or stretch.start - end < within_s):
            group.append(stretch)
            end = max(end, stretch.end)
            continue
        if group:
            yield group
        group, end = [stretch], stretch.end
    if group:
        yield group


def _joined(group: list[Stretch]) -> Alarm:
    worst = max(group, key=lambda stretch: stretch.priority.rank)
    return Alarm(
        worst.chair,
        worst.condition,
        worst.priority,
        min(stretch.start for stretch in group),
        max(stretch.end for stretch in group),
        any(stretch.standing for stretch in group),
        worst.text,
    )


def _line(condition: str, priority: Priority, raw: list[Alarm], merged: list[Alarm], hours: float) -> Line:
    """Count one condition, or all when it is empty."""

    def count(alarms: list[Alarm]) -> int:
        return sum(condition in ("", alarm.condition) and alarm.priority is priority for alarm in alarms)

    number = count(merged)
    return Line(condition, priority, count(raw), number, round(number / hours, 3) if hours else None)


def _sound_s(stretches: list[Stretch]) -> float:
    """Seconds of sound: at each chair only the highest priority sounds at a time."""
    total = 0.0
    for chair in {stretch.chair for stretch in stretches}:
        total += sum(_bursts(priority, seconds) * BURST_S[priority] for priority, seconds in _loudest(stretches, chair))
    return total


def _bursts(priority: Priority, seconds: float) -> int:
    return int(seconds // EVERY_S[priority]) + 1


def _loudest(stretches: list[Stretch], chair: str) -> Iterator[tuple[Priority, float]]:
    """The highest priority at a chair over time: how long it was which, one after the other."""
    edges = sorted(
        (at, step, stretch.priority)
        for stretch in stretches
        if stretch.chair == chair
        for at, step in ((stretch.start, 1), (stretch.end, -1))
    )
    present: Counter[Priority] = Counter()
    top: Priority | None = None
    since = 0.0
    for number, (at, step, priority) in enumerate(edges, start=1):
        present[priority] += step
        if number < len(edges) and edges[number][0] == at:
            continue  # judge once all that happens at this moment is in
        now = max((p for p, n in present.items() if n), key=lambda p: p.rank, default=None)
        if now is top:
            continue
        if top is not None:
            yield top, at - since
        top, since = now, at
