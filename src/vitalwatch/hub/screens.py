"""Which screens are alive, which of them can alarm, and which high alarm has reached none of those.

A screen *can alarm* when it is alive (see ``glass.py``), visible, and its sound is on. Nothing is believed because it
was sent, or because a connection stands: only what a screen has proved to have drawn counts. What it is called makes
no difference (``docs/decisions/0022-what-a-screen-can-do-counts.md``).

What is found goes to the alarm engine as facts, and the engine decides: ``Screens`` for T-NOVIEW, ``Undelivered`` for
T-UNDELIVERED. Screens and the people before them live in real time, so all times here are real seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, Literal

import msgspec

from vitalwatch.alarms.conditions.care import NOBODY_DELAY_S, UNDELIVERED_DELAY_S
from vitalwatch.alarms.events import CLINIC, Event, Undelivered
from vitalwatch.alarms.events import Screens as ScreensFact
from vitalwatch.alarms.transition import Priority, State
from vitalwatch.alarms.view import AlarmView
from vitalwatch.hub.glass import ALIVE_S, Key
from vitalwatch.hub.viewers import Sound, Viewer, Viewers

GRACE_S: Final = 60.0
"""So long after the start nobody is missed, unless a screen that can alarm has been there: a wall screen that is
switched on together with the service is still starting, and a page just opened waits for the touch that lets it
sound. Real seconds."""

RECEIPT_S: Final = 1.0
"""So long a screen may take to draw a high alarm before that is called undelivered."""

KIOSKS_KEPT: Final = 16
"""So many kiosks that have gone are remembered; of more, those that went last."""

_OVER: Final = (State.IDLE, State.ACKNOWLEDGED, State.SHELVED)


class ScreenView(msgspec.Struct, frozen=True):
    """One screen, as the other screens are told of it."""

    screen: str
    kind: str
    alive: bool
    sound: str
    visible: bool
    heard_age_s: float | None
    awake: bool = True


class Screens:
    """Judges the connected screens whenever one says something, comes or goes, and when silence alone changes it.

    Args:
        viewers: the connected screens.
        tell: gives facts to the alarm engine.
        show: is called when :meth:`views` changed in more than an age.
        speed: service seconds in one real second. The engine's delays run at that speed; what they are short of is
            waited here.
    """

    def __init__(
        self,
        viewers: Viewers,
        tell: Callable[[list[Event]], None],
        show: Callable[[], None],
        speed: float = 1.0,
    ) -> None:
        self._viewers = viewers
        self._tell = tell
        self._show = show
        self._short = 1 - 1 / speed
        self._missed_from: float | None = None  # infinite while a screen can alarm; none while nothing is judged
        self._told: ScreensFact | None = None
        self._waiting: dict[Key, float] = {}  # high alarms that no screen that can alarm has drawn, and since when
        self._undelivered: dict[str, Undelivered] = {}  # what the engine was last told, by chair
        self._gone: dict[str, float | None] = {}  # kiosks, and when each was last heard
        self._shown: list[tuple[str, str, bool, str, bool, bool]] = []
        self._timer: asyncio.Handle | None = None
        self._timer_at = 0.0  # kept beside it: uvloop gives a handle without a time for what is due at once

    def start(self, present: Iterable[AlarmView] = (), undelivered: Iterable[str] = ()) -> None:
        """The service begins to watch: screens are expected from now on.

        Args:
            present: alarms that were there before a restart: they too must reach a screen.
            undelivered: chairs of which the engine was told before it that a high alarm had reached none.
        """
        for alarm in present:
            self.calls(alarm)
        self._undelivered = {chair: Undelivered(chair, True) for chair in undelivered}
        self._missed_from = _real_now() + GRACE_S
        self.look()

    def stop(self) -> None:
        """Judge nothing any more."""
        self._missed_from = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # --- what happens -------------------------------------------------------------------------------------------

    def calls(self, alarm: AlarmView) -> tuple[Key, ...]:
        """Take note of an alarm whose frame is about to go out; give what the frame is about, for its receipt.

        The clinic's own alarms are about screens, so no screen has to prove them; nor the alarm about undelivered ones.
        """
        key = (alarm.chair, alarm.condition)
        if alarm.chair == CLINIC or alarm.condition == "T-UNDELIVERED":
            return ()
        if alarm.state is State.ACTIVE and alarm.priority is Priority.HIGH:
            self._waiting.setdefault(key, _real_now())
        elif alarm.state in _OVER:  # over, or a person has answered it, who must have heard of it
            self._waiting.pop(key, None)
        self._look_at(_real_now())  # never at once: the engine is telling us of this alarm just now
        return (key,) if key in self._waiting else ()

    @property
    def awaited(self) -> tuple[Key, ...]:
        """The high alarms that wait for their first receipt; every snapshot shows them all."""
        return tuple(self._waiting)

    def keep_only(self, chairs: Collection[str]) -> None:
        """Forget the alarms of chairs that were taken out."""
        self._waiting = {key: since for key, since in self._waiting.items() if key[0] in chairs}
        self._undelivered = {chair: told for chair, told in self._undelivered.items() if chair in chairs}

    def introduce(self, viewer: Viewer, screen: str, kind: Literal["kiosk", "viewer"]) -> None:
        """A screen says who it is."""
        viewer.screen, viewer.kind = screen, kind
        self.look()

    def can(self, viewer: Viewer, sound: Sound, *, visible: bool, awake: bool = True) -> None:
        """A screen says whether it sounds, whether the page is in front of somebody, and whether it stays lit."""
        viewer.sound, viewer.visible, viewer.awake = sound, visible, awake
        self.look()

    def drew(self, viewer: Viewer, seq: int) -> None:
        """A screen proves that everything up to a frame is drawn.

        Raises:
            UsageError: if no such frame was sent.
        """
        viewer.glass.drew(seq, _real_now())
        self.look()

    def left(self, viewer: Viewer) -> None:
        """A connection has ended."""
        if viewer.screen and viewer.kind == "kiosk":
            self._gone.pop(viewer.screen, None)
            self._gone[viewer.screen] = viewer.glass.heard_at
            if len(self._gone) > KIOSKS_KEPT:
                del self._gone[next(iter(self._gone))]
        self.look()

    def look(self) -> None:
        """Judge anew: a screen has said something, or has gone, or the time for it has come."""
        if self._missed_from is None:
            return  # not started yet, or no more
        now = _real_now()
        facts = [*self._who_watches(now), *self._what_was_delivered(now)]
        if facts:
            self._tell(facts)
        faces = [(view.screen, view.kind, view.alive, view.sound, view.visible, view.awake) for view in self.views()]
        if faces != self._shown:
            self._shown = faces
            self._show()
        self._look_at(min(self._changes_at(now), default=None))

    # --- what is known ------------------------------------------------------------------------------------------

    def views(self) -> list[ScreenView]:
        """Every screen that said who it is, by name, and the kiosks that have gone."""
        now = _real_now()
        here = [
            ScreenView(v.screen, v.kind, v.glass.alive(now), v.sound, v.visible, _age(v.glass.heard_at, now), v.awake)
            for v in self._viewers
            if v.screen
        ]
        names = {view.screen for view in here}
        gone = [
            ScreenView(name, "kiosk", False, "off", False, _age(at, now))
            for name, at in self._gone.items()
            if name not in names
        ]
        return sorted([*here, *gone], key=lambda view: (view.screen, view.kind, view.sound, view.visible, view.alive))

    @property
    def alive(self) -> int:
        """How many screens are alive."""
        now = _real_now()
        return sum(viewer.glass.alive(now) for viewer in self._viewers)

    @property
    def alarm_grade(self) -> int:
        """How many screens can alarm."""
        return len(self._lookable(_real_now(), sounding=True))

    # --- judging ------------------------------------------------------------------------------------------------

    def _lookable(self, now: float, *, sounding: bool) -> list[Viewer]:
        """The screens that draw and are visible, with sound or without."""
        return [
            viewer
            for viewer in self._viewers
            if viewer.visible and viewer.glass.alive(now) and (viewer.sound == "on") is sounding
        ]

    def _who_watches(self, now: float) -> Iterator[Event]:
        """Tell how many screens can alarm, as soon as that matters."""
        assert self._missed_from is not None  # only asked while the service watches
        grade = len(self._lookable(now, sounding=True))
        if grade:
            self._missed_from = float("inf")
        elif self._missed_from == float("inf"):
            self._missed_from = now + NOBODY_DELAY_S * self._short
        if grade or now >= self._missed_from:
            fact = ScreensFact(grade, silent=len(self._lookable(now, sounding=False)))
            if fact != self._told:
                self._told = fact
                yield fact

    def _what_was_delivered(self, now: float) -> Iterator[Event]:
        """Tell of each chair whether a high alarm of it has reached no screen that can alarm."""
        graded, silent = (self._lookable(now, sounding=sounding) for sounding in (True, False))
        for key in [key for key in self._waiting if any(viewer.glass.shows(key) for viewer in graded)]:
            del self._waiting[key]
        overdue: dict[str, Undelivered] = {}
        for key, since in self._waiting.items():
            if now >= since + self._patience_s:
                drawn = any(viewer.glass.shows(key) for viewer in silent)
                drawn &= overdue.get(key[0], Undelivered(key[0], True, True)).drawn
                overdue[key[0]] = Undelivered(key[0], True, drawn)
        yield from (Undelivered(chair, False) for chair in self._undelivered if chair not in overdue)
        yield from (fact for chair, fact in overdue.items() if self._undelivered.get(chair) != fact)
        self._undelivered = overdue

    @property
    def _patience_s(self) -> float:
        return RECEIPT_S + UNDELIVERED_DELAY_S * self._short

    def _changes_at(self, now: float) -> Iterator[float]:
        """The moments at which something may change though nobody says anything."""
        yield from (viewer.glass.fresh_at + ALIVE_S for viewer in self._viewers if viewer.glass.alive(now))
        yield from (due for since in self._waiting.values() if (due := since + self._patience_s) > now)
        assert self._missed_from is not None
        if now < self._missed_from < float("inf"):
            yield self._missed_from

    def _look_at(self, at: float | None) -> None:
        """Set the timer for the next look, unless an earlier one is set."""
        if at is None or (self._timer is not None and self._timer_at <= at):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_at = asyncio.get_running_loop().call_at(at, self._on_timer), at

    def _on_timer(self) -> None:
        self._timer = None
        self.look()


def _real_now() -> float:
    return asyncio.get_running_loop().time()


def _age(at: float | None, now: float) -> float | None:
    return None if at is None else round(now - at, 1)
