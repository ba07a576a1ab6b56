"""How long the chairs of a record were watched, and for how much of it they were monitored. Pure."""

from __future__ import annotations

from typing import Final

from vitalwatch.alarms import AlarmEvent, Engine, Output
from vitalwatch.alarms.events import Sampled
from vitalwatch.model import USABLE, Mode, Vital, standing_s

_GROUP: Final = {Vital.SPO2: 0, Vital.HEART_RATE: 1, Vital.PULSE_RATE: 1}
"""SpO2, and a heart or pulse rate: what a chair must have to be monitored, as far as its devices can give it."""


class _Watch:
    """One chair while it is watched."""

    def __init__(self, at: float, needed: frozenset[int]) -> None:
        self.since = at
        self.counted = at
        self.needed = needed
        self.until = [float("-inf"), float("-inf")]  # by group: how long its newest value stands


class Hours:
    """Counts both over all chairs, from what the engine is told and says.

    Attributes:
        watched_s: seconds of chairs that were watched, together.
        monitored_s: those of them in which SpO2 and a heart or pulse rate stood.
        chairs: ids of the chairs that were.
    """

    def __init__(self) -> None:
        self.watched_s = self.monitored_s = 0.0
        self.chairs: set[str] = set()
        self._engine = Engine((), 0.0)
        self._watched: dict[str, _Watch] = {}

    def begin(self, engine: Engine, at: float) -> None:
        """A stretch begins with this engine."""
        self._engine = engine
        for chair in engine.chairs:
            if engine.chair(chair).state == "watched":
                self._watch(chair, at)

    def sample(self, event: Sampled, at: float) -> None:
        """The engine was told a sample."""
        group = _GROUP.get(event.vital)
        watch = self._watched.get(event.chair)
        if group is None or watch is None:
            return
        self._count(watch, at)
        if event.value is not None and event.validity in USABLE and event.mode is Mode.REAL:
            period_s = self._engine.chair(event.chair).devices[event.device].spec.period_s
            watch.until[group] = max(watch.until[group], at + standing_s(period_s))

    def hear(self, output: Output) -> None:
        """The engine said something."""
        if isinstance(output, AlarmEvent) and output.event == "chair_state":
            if output.text == "watched":
                self._watch(output.chair, output.at)
            else:
                self._leave(output.chair, output.at)

    def keep_only(self, at: float) -> None:
        """Another config holds: chairs may have come or gone."""
        for chair in set(self._watched) - set(self._engine.chairs):
            self._leave(chair, at)
        for chair in self._engine.chairs:
            if chair not in self._watched and self._engine.chair(chair).state == "watched":
                self._watch(chair, at)

    def end(self, at: float) -> None:
        """A stretch is over."""
        for chair in list(self._watched):
            self._leave(chair, at)

    def _watch(self, chair: str, at: float) -> None:
        if chair in self._watched:
            return
        devices = self._engine.chair(chair).devices.values()
        gives = {vital for device in devices for vital in device.spec.vitals}
        self._watched[chair] = _Watch(at, frozenset(_GROUP[vital] for vital in gives if vital in _GROUP))
        self.chairs.add(chair)

    def _leave(self, chair: str, at: float) -> None:
        watch = self._watched.pop(chair, None)
        if watch is not None:
            self._count(watch, at)
            self.watched_s += max(0.0, at - watch.since)

    def _count(self, watch: _Watch, at: float) -> None:
        """Count the time since the last look as far as all that is needed stood."""
        if watch.needed:
            stood = min(watch.until[group] for group in watch.needed)
            self.monitored_s += max(0.0, min(stood, at) - watch.counted)
        watch.counted = at
