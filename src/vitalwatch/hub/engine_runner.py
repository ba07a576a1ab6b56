"""Runs the alarm engine in the event loop: events in, transitions out, woken exactly when something can change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from vitalwatch.alarms import ChairSpec, Engine, Output
from vitalwatch.alarms.events import Event
from vitalwatch.clock import Clock
from vitalwatch.errors import UsageError
from vitalwatch.journal.recorder import Recorder


class EngineRunner:
    """The only place where time and events reach the engine.

    Args:
        engine: the alarm engine.
        clock: the service's clock.
        publish: is given the outputs of each step at once, before anything else happens.
        record: is told everything that the engine is told and says.

    Attributes:
        faults: how often the engine, or what is told of its outputs, failed by a bug.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        publish: Callable[[list[Output]], None],
        record: Recorder | None = None,
    ) -> None:
        self.engine = engine
        self.faults = 0
        self._clock = clock
        self._publish = publish
        self._record = record
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at: float | None = None

    def tell(self, events: Iterable[Event], now: float) -> None:
        """Let the engine take events that happened at ``now``, and publish what follows.

        Raises:
            UsageError: if an event is impossible; the engine then stands as if it had not come.
        """
        try:
            for event in events:
                outputs = self.engine.step(event, now)
                if self._record is not None:
                    self._record.told(event, self.engine.now)
                self._say(outputs)
        except UsageError:
            self._say(self.engine.advance(now))  # what came due before the refused event
            raise
        except Exception:
            self.faults += 1
            raise
        finally:
            self.wake()

    def reconfigure(self, specs: Sequence[ChairSpec], now: float) -> None:
        """Let the engine watch these chairs from ``now`` on."""
        outputs = self.engine.reconfigure(specs, now)
        if self._record is not None:
            self._record.configured(specs, self.engine.now)
        self._say(outputs)
        self.wake()

    def advance(self, now: float) -> None:
        """Let the engine's time pass to ``now``."""
        try:
            self._say(self.engine.advance(now))
        except Exception:
            self.faults += 1
            raise
        finally:
            self.wake()  # also after a bug: what is due next must not wait for something to arrive

    @property
    def overdue_s(self) -> float:
        """By how much the engine's next deadline has passed, service seconds; 0 when it has not."""
        at = self.engine.next_deadline()
        return 0.0 if at is None else max(0.0, self._clock.now() - at)

    def wake(self) -> None:
        """Set the timer to the engine's next deadline."""
        at = self.engine.next_deadline()
        if at == self._timer_at:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._timer_at = at
        if at is not None:
            delay = max(0.0, at - self._clock.now()) / self._clock.speed
            self._timer = asyncio.get_running_loop().call_later(delay, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._timer_at = None
        self.advance(self._clock.now())

    def _say(self, outputs: list[Output]) -> None:
        if not outputs:
            return
        try:
            self._publish(outputs)  # the screens first
        finally:
            if self._record is not None:
                self._record.said(outputs)

    def stop(self) -> None:
        """Set no more timers."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
