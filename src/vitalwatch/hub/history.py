"""The last two hours of every chair, in memory: values, cuff readings, alarms, and what people did.

For the page's curves and its list of alarms; nothing here decides anything, and nothing survives the
patient: a chair that becomes empty or begins a visit starts with nothing. A chair keeps at most 200 kB.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

import msgspec

from vitalwatch.alarms import Engine, Output
from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.events import CLINIC, CuffRead, Event, Sampled
from vitalwatch.alarms.facts import CuffReading
from vitalwatch.alarms.records import MARKED, AlarmRecord, AlarmRecords
from vitalwatch.alarms.transition import Transition
from vitalwatch.hub.seconds import Seconds
from vitalwatch.model import USABLE, Mode, Vital, standing_s

CUFF_KEPT: Final = 120
MARKS_KEPT: Final = 48

TEXT_KEPT: Final = 200
"""Letters of a mark's text, and of its reason, that are kept."""


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

    def after(self, said: Output) -> ChairHistory:
        """What is remembered once the engine has said something of this chair: of the patient before, nothing."""
        known = self
        if isinstance(said, Transition):
            self.alarms.take(said)
        elif said.condition:
            self.alarms.hear(said)
        elif said.event in MARKED:
            if said.event == "visit" or (said.event == "chair_state" and said.text == "empty"):
                known = ChairHistory()
            text, reason = said.text[:TEXT_KEPT], said.reason[:TEXT_KEPT]
            known.mark(Mark(said.at, said.event, text, said.actor, reason))
        return known

    def recall(self, before: ChairHistory, said: Iterable[Output]) -> None:
        """Put in front of what is here what was before, of the same patient.

        Args:
            before: what was remembered up to a moment; is used up.
            said: what the engine has said since then.
        """
        if any(before.after(output) is not before for output in said):
            return  # somebody else has come since: all that belongs to that person is here
        for vital, series in before.vitals.items():
            self.vitals.setdefault(vital, Seconds()).recall(series)
        self.cuff = deque([*before.cuff, *self.cuff], maxlen=CUFF_KEPT)
        self.marks = deque([*before.marks, *self.marks], maxlen=MARKS_KEPT)
        self.phase_since = before.phase_since if self.phase_since is None else self.phase_since
        before.alarms.peaks_of(self.alarms)
        self.alarms = before.alarms


class History:
    """The history of every chair of the clinic, and the alarms of the clinic as a whole.

    Args:
        engine: knows the chairs; only read.

    Attributes:
        heard: everything that was heard so far, while what was before is still being looked for; else ``None``.
        departs: is given what a chair remembered of somebody who has left, before it is forgotten.
    """

    def __init__(self, engine: Engine) -> None:
        self.departs: Callable[[str, ChairHistory], None] = lambda _chair, _known: None
        self.heard: list[Output] | None = None
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
        for chair in [chair for chair in self._chairs if chair not in chairs and chair != CLINIC]:
            self.departs(chair, self._chairs.pop(chair))

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
            known = self.of(output.chair)
            after = self._chairs[output.chair] = known.after(output)
            if after is not known:
                self.departs(output.chair, known)
            if self.heard is not None:
                self.heard.append(output)

    def recall(self, chair: str, before: ChairHistory) -> None:
        """Take in what a chair remembered before this began, as long as :attr:`heard` tells what was said since."""
        assert self.heard is not None
        self.of(chair).recall(before, [output for output in self.heard if output.chair == chair])

    def alarms(self, chair: str | None, since: float) -> Iterator[AlarmRecord]:
        """The alarms of a chair, or of all with ``None``, that were there after a service second; oldest first."""
        chosen = [self.of(chair)] if chair is not None else list(self._chairs.values())
        records = [record for known in chosen for record in known.alarms]
        return iter(sorted((r for r in records if r.over_at is None or r.over_at >= since), key=lambda r: r.at))
