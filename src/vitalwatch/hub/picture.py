"""What screens are shown of an engine's chairs, live or of the past: gathers what changes, and makes frames of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from vitalwatch.alarms import Engine, Output
from vitalwatch.alarms.events import CLINIC, CuffRead, Event, Heard, Sampled, SetChairState
from vitalwatch.alarms.transition import State, Transition
from vitalwatch.alarms.view import AlarmView, present, view
from vitalwatch.hub.frames import ChairView, value_view
from vitalwatch.model import CUFF_VITALS, Vital


class Frame(NamedTuple):
    """A frame that is not encoded yet, and whether it goes in the lane of the alarms."""

    body: dict[str, Any]
    alarm: bool = False


class Picture:
    """The chairs as screens know them.

    Values, chairs and texts that change are gathered for the next batch; an alarm has a frame of its own, at once.

    Args:
        engine: only read.
        chairs: ids of those that are shown.
        view_of: a chair as it is at a service second, whole but for its alarms.
    """

    def __init__(self, engine: Engine, chairs: Iterable[str], view_of: Callable[[str, float], ChairView]) -> None:
        self._engine = engine
        self._view_of = view_of
        self._values: dict[tuple[str, Vital], None] = {}
        self._changed: dict[str, None] = {}
        self._alarmed: set[str] = set()
        self._faces: dict[tuple[str, str], tuple[str, str, bool]] = {}
        self.show(chairs)
        for chair in self._known.intersection([*engine.chairs, CLINIC]):
            for alarm in present(engine.chair(chair), engine.now):
                self._see(alarm)

    def show(self, chairs: Iterable[str]) -> None:
        """Show these chairs from now on; every screen is given a snapshot. What is not shown any more is forgotten."""
        self._shown = list(chairs)
        self._known = {*self._shown, CLINIC}
        self._values = {key: None for key in self._values if key[0] in self._known}
        self._changed = {chair: None for chair in self._changed if chair in self._known}
        self._alarmed &= self._known
        self._faces = {key: face for key, face in self._faces.items() if key[0] in self._known}

    # --- what changes -------------------------------------------------------------------------------------------

    def mark(self, event: Event) -> None:
        """The engine is told this: note what screens have to be told anew."""
        match event:
            case Sampled():
                self._values[event.chair, event.vital] = None
            case CuffRead():
                self._values.update(dict.fromkeys((event.chair, vital) for vital in CUFF_VITALS))
            case Heard():
                pass
            case SetChairState():
                self._values.update(dict.fromkeys((event.chair, vital) for vital in Vital))
                self.mark_chair(event.chair)
            case _:
                self.mark_chair(event.chair)

    def mark_chair(self, chair: str) -> None:
        """Something about a chair is to be told anew."""
        if chair != CLINIC and chair in self._known:
            self._changed[chair] = None

    def take(self, output: Output, now: float) -> AlarmView | None:
        """The engine has said this: the alarm that it is about as it is now; ``None`` when there is none to show."""
        if not isinstance(output, Transition) or State.SHELVED in (output.source, output.target):
            self.mark_chair(output.chair)
        if not output.condition or output.chair not in self._known:
            return None
        alarm = view(self._engine.chair(output.chair), output.condition, now)
        self._see(alarm)
        return alarm

    def _see(self, alarm: AlarmView) -> None:
        key = (alarm.chair, alarm.condition)
        if alarm.state is State.IDLE:
            self._faces.pop(key, None)
        else:
            self._faces[key] = _face(alarm)
            self._alarmed.add(alarm.chair)

    # --- what is told -------------------------------------------------------------------------------------------

    def chairs(self, now: float) -> list[dict[str, Any]]:
        """Every chair with its alarms, for a snapshot."""
        return [
            {**msgspec.structs.asdict(self._view_of(chair, now)), "alarms": present(self._engine.chair(chair), now)}
            for chair in self._shown
        ]

    def alarms(self, now: float) -> Iterator[AlarmView]:
        """Every alarm that is not idle, of chairs in the order of their ids."""
        for chair in sorted(self._alarmed):
            yield from present(self._engine.chair(chair), now)

    def batch(self, now: float) -> list[Frame]:
        """What has changed since the last batch: chairs, values, texts of present alarms."""
        values, chairs = list(self._values), list(self._changed)
        self.skip()
        stamp = round(now, 3)
        frames = [Frame({"type": "chair", "now": stamp, "chair": self._view_of(chair, now)}) for chair in chairs]
        found = [value_view(self._engine.chair(chair), vital, now) for chair, vital in values if chair in self._known]
        if found := [value for value in found if value is not None]:
            frames.append(Frame({"type": "vitals", "now": stamp, "values": found}))
        if texts := self._new_texts(now):  # in the lane of the alarms: overtaken by one, it would bring it back
            frames.append(Frame({"type": "alarms", "now": stamp, "alarms": texts}, alarm=True))
        return frames

    def skip(self) -> None:
        """Forget what has changed since the last batch: nobody looks."""
        self._values, self._changed = {}, {}

    def _new_texts(self, now: float) -> list[AlarmView]:
        """Present alarms that look different without a change of state (a value, an age, a worse one beside them)."""
        changed: list[AlarmView] = []
        for chair in sorted(self._alarmed):
            alarms = present(self._engine.chair(chair), now)
            if not alarms:
                self._alarmed.discard(chair)
            for alarm in alarms:
                if self._faces.get((chair, alarm.condition)) != _face(alarm):
                    self._see(alarm)
                    changed.append(alarm)
        return changed


def alarm_frame(output: Output, alarm: AlarmView, now: float) -> dict[str, Any]:
    """The frame of one alarm: what was decided, and how it is now."""
    return {"type": "alarm", "now": round(now, 3), "transition": output, "alarm": alarm}


def _face(alarm: AlarmView) -> tuple[str, str, bool]:
    """What can change on the screen without a transition of the alarm itself."""
    return alarm.text, alarm.note, alarm.masked
