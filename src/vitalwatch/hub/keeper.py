"""What the record needs beside what the engine is told and says: checkpoints, minutes, curves, and a beginning."""

from __future__ import annotations

from typing import Final, Literal

from vitalwatch import __version__
from vitalwatch.alarms import Engine
from vitalwatch.clock import Clock
from vitalwatch.hub.history import ChairHistory, History
from vitalwatch.hub.past import Past
from vitalwatch.journal.minutes import MINUTE_S, minute_of
from vitalwatch.journal.record import Started
from vitalwatch.journal.recorder import Recorder
from vitalwatch.model import Waveform

CURVE_S: Final = 1.0
"""Curves are kept by the second."""

CHAIRS_AT_ONCE: Final = 50
"""Minutes of so many chairs are made in one go: the event loop has better things to do."""

AGAIN: Final = 5000
"""So many events at most are told again at a restart, if checkpoints are cheap enough: a quarter of a second."""

COST: Final = 0.001
"""The engine's whole state is copied in one go, and nothing else happens meanwhile: at most so large a part of the
time goes into it, so a very large clinic does it less often than each minute."""


class Keeper:
    """Gives the record its checkpoints, minutes and curves.

    Args:
        record: the record.
        engine: its state is what a checkpoint holds.
        history: knows the seconds of each vital.
        clock: the service's clock.
    """

    def __init__(self, record: Recorder, engine: Engine, history: History, clock: Clock) -> None:
        self.record = record
        self._engine = engine
        self._history = history
        self._clock = clock
        self._minute = int(clock.now() // MINUTE_S)
        self._unmade: list[tuple[str, int]] = []
        self._due: Literal["passing", "lasting"] | None = None
        self._next_checkpoint = 0.0
        self._curves: dict[tuple[str, str, str], list[Waveform]] = {}
        record.wants_checkpoint = self.checkpoint
        history.departs = self._keep_so_far

    def begin(self, past: Past | None) -> None:
        """Say in the record that a run begins, and from what it goes on."""
        if past is None:
            self.record.began(Started(__version__, resumed=False), self._clock.now())
        else:
            self.record.said(past.again)
            away_s = past.away_s if past.known else None
            self.record.began(Started(__version__, True, away_s, past.after), self._clock.now())
            for chair, known in [*past.departed, *((chair, self._history.of(chair)) for chair in self._engine.chairs)]:
                for minute in past.minutes:
                    self._make(chair, known, minute, past.wall_of(minute * MINUTE_S))
        self.checkpoint()

    def end(self) -> None:
        """The service ends: keep what of the minutes there is. The record takes the engine's last state itself."""
        for chair in self._engine.chairs:
            self._keep_so_far(chair, self._history.of(chair))

    def tick(self) -> None:
        """Do what is due. Called about each second."""
        minute = int(self._clock.now() // MINUTE_S)
        if minute != self._minute:
            self._begin_minutes(self._minute, passing=False)
            self._minute = minute
        elif self._due is None and self.record.since_checkpoint >= AGAIN:
            self._begin_minutes(minute, passing=True)
        most = max(CHAIRS_AT_ONCE, len(self._unmade) // 4)  # the latter when time runs fast, and minutes with it
        now, self._unmade = self._unmade[:most], self._unmade[most:]
        for chair, passed in now:
            self._make(chair, self._history.of(chair), passed)
        if self._due is not None and not self._unmade and self._clock.now() >= self._next_checkpoint:
            self.checkpoint(passing=self._due == "passing")

    def _begin_minutes(self, minute: int, *, passing: bool) -> None:
        """Keep a minute of every chair, as far as it has come, and then a checkpoint: what is older is kept."""
        self._unmade += [(chair, minute) for chair in self._engine.chairs]
        self._due = "passing" if passing and self._due is None else "lasting"

    def checkpoint(self, *, passing: bool = False) -> None:
        """Keep the engine's whole state; ``passing``: until the next one."""
        self._due = None
        begun = self._clock.now()
        snapshot = self._engine.snapshot()
        now = self._clock.now()
        self._next_checkpoint = now + (now - begun) / COST
        self.record.checkpoint(snapshot, self._engine.now, passing=passing)

    def curve(self, chair: str, block: Waveform) -> None:
        """Gather a device's curve, and keep it by the second while the chair is watched."""
        if self._engine.chair(chair).state != "watched":
            return
        key = (chair, block.device, block.signal)
        blocks = self._curves.setdefault(key, [])
        if blocks and blocks[0].rate_hz != block.rate_hz:
            self._let_out(key)
            blocks = self._curves.setdefault(key, [])
        blocks.append(block)
        if sum(len(block.samples) for block in blocks) >= CURVE_S * block.rate_hz:
            self._let_out(key)

    def _let_out(self, key: tuple[str, str, str]) -> None:
        blocks = self._curves.pop(key)
        values = tuple(value for block in blocks for value in block.samples)
        last = blocks[-1]
        self.record.drew(key[0], Waveform(last.device, last.signal, last.rate_hz, values, last.at))

    def _keep_so_far(self, chair: str, known: ChairHistory) -> None:
        """Keep what there is of a chair's minutes: somebody has left, and it is about to be forgotten."""
        unmade = [minute for other, minute in self._unmade if other == chair]
        for minute in [*unmade, *range(self._minute, int(self._clock.now() // MINUTE_S) + 1)]:
            self._make(chair, known, minute)

    def _make(self, chair: str, known: ChairHistory, minute: int, wall: int = 0) -> None:
        for vital, seconds in known.vitals.items():
            row = minute_of(chair, vital, seconds.cells(minute * MINUTE_S, MINUTE_S), minute, wall)
            if row is not None:
                self.record.minute(row)
