"""The last two hours of every chair, in memory: values, cuff readings, alarms, and what people did.

For the page's curves and its list of alarms; nothing here decides anything, and nothing survives the service or the
patient: a chair that becomes empty or begins a visit starts with nothing. A chair keeps at most 200 kB.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

import msgspec

from vitalwatch.alarms import Engine, Output
from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.events import CLINIC, CuffRead, Event, Sampled
from vitalwatch.alarms.facts import CuffReading
from vitalwatch.alarms.transition import AlarmEvent, Transition
from vitalwatch.hub.alarm_records import AlarmRecord, AlarmRecords
from vitalwatch.hub.seconds import Seconds
from vitalwatch.model import USABLE, Mode, Vital, standing_s

CUFF_KEPT: Final = 120
MARKS_KEPT: Final = 48

TEXT_KEPT: Final = 200
"""Letters of a mark's text, and of its reason, that are kept."""

_MARKED: Final = frozenset(
    {"phase", "visit", "chair_state", "baseline", "audio_paused", "audio_resumed", "limit_changed", "charted", "note"}
)
"""The events of a whole chair that are worth a mark on its curves."""


class Mark(msgspec.Struct, frozen=True):
    """Something that was done at a chair.

    Attributes:
        at: service seconds.
        kind: the engine's event (``phase``, ``baseline``, ``note`` …), or ``command``.
        text: what it was: the phase, the values, the words.
        actor: who did it; empty when nobody did.
        reason: why, where one was given.
    """

    at: float
    kind: str
    text: str
    actor: str
    reason: str = ""


class ChairHistory:
    """What is remembered of one chair."""

    def __init__(self) -> None:
        self.vitals: dict[Vital, Seconds] = {}
        self.cuff: deque[CuffReading] = deque(maxlen=CUFF_KEPT)
        self.alarms = AlarmRecords()
        self.marks: deque[Mark] = deque(maxlen=MARKS_KEPT)
        self.phase_since: float | None = None

    def sampled(self, chair: Chair, event: Sampled, now: float) -> None:
        """Keep a sample, if its device is the one that speaks for the vital."""
        found = chair.source(event.vital, now)
        if found is None or found[0].spec.id != event.device:
            return
        believed = event.validity in USABLE and event.mode is Mode.REAL and not chair.silenced(found[0], event.vital)
        series = self.vitals.get(event.vital)
        if series is None:
            series = self.vitals[event.vital] = Seconds()
        series.put(now, event.value if believed else None, standing_s(found[0].spec.period_s))

    def cuff_read(self, event: CuffRead, now: float) -> None:
        """Keep a cuff reading at the time at which it was measured."""
        pressures = (event.systolic, event.diastolic, event.mean)
        if event.mode is Mode.REAL and pressures != (None, None, None):
            measured = CuffReading(event.device, round(now - event.age_s, 6), now, *pressures, event.pulse)
            self.cuff.append(measured)

    def mark(self, mark: Mark) -> None:
        """Keep a mark."""
        self.marks.append(mark)
        if mark.kind == "phase":
            self.phase_since = mark.at


class History:
    """The history of every chair of the clinic, and the alarms of the clinic as a whole.

    Args:
        engine: knows the chairs; only read.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._chairs: dict[str, ChairHistory] = {}

    def of(self, chair: str) -> ChairHistory:
        """What is remembered of a chair, or under the empty id of the clinic."""
        known = self._chairs.get(chair)
        if known is None:
            known = self._chairs[chair] = ChairHistory()
        return known

    def keep_only(self, chairs: Collection[str]) -> None:
        """Forget the chairs that are not watched any more."""
        self._chairs = {chair: known for chair, known in self._chairs.items() if chair in chairs or chair == CLINIC}

    def take(self, events: Sequence[Event], now: float) -> None:
        """Take in what devices said, after the engine has."""
        for event in events:
            chair = self._engine.chair(event.chair)
            if isinstance(event, Sampled) and chair.state != "empty":
                self.of(event.chair).sampled(chair, event, now)
            elif isinstance(event, CuffRead) and chair.state != "empty":
                self.of(event.chair).cuff_read(event, now)
        for name in {event.chair for event in events}:
            self.of(name).alarms.look(self._engine.chair(name))

    def hear(self, outputs: Iterable[Output]) -> None:
        """Take in what the engine said."""
        for output in outputs:
            if isinstance(output, Transition):
                self.of(output.chair).alarms.take(output)
            elif output.condition:
                self.of(output.chair).alarms.hear(output)
            elif output.event in _MARKED:
                self._mark(output)

    def _mark(self, event: AlarmEvent) -> None:
        if event.event == "visit" or (event.event == "chair_state" and event.text == "empty"):
            self._chairs[event.chair] = ChairHistory()  # nothing of the patient before
        text, reason = event.text[:TEXT_KEPT], event.reason[:TEXT_KEPT]
        self.of(event.chair).mark(Mark(event.at, event.event, text, event.actor, reason))

    def alarms(self, chair: str | None, since: float) -> Iterator[AlarmRecord]:
        """The alarms of a chair, or of all with ``None``, that were there after a service second; oldest first."""
        chosen = [self.of(chair)] if chair is not None else list(self._chairs.values())
        records = [record for known in chosen for record in known.alarms]
        return iter(sorted((r for r in records if r.over_at is None or r.over_at >= since), key=lambda r: r.at))
