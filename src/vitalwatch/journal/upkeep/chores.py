"""What the writer of a record does by and by: taking out what is old, and merging what is left. A slice at a time."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from vitalwatch.clock import Clock
from vitalwatch.errors import JournalError
from vitalwatch.journal.packing import Item
from vitalwatch.journal.pages import Steps
from vitalwatch.journal.record import US
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.compact import Policy, Saved, compact

SLICE_S: Final = 0.02
"""Real seconds that are taken from the writer at a time; a person's act waits no longer for it than that."""

FIRST_S: Final = 300.0
"""Real seconds after the start before anything is done: a start has other worries."""

EVERY_S: Final = 3600.0
"""Real seconds from one compaction to the next."""

_log = structlog.get_logger("record")


class Chores:
    """Decides what is to be done, and does it slice by slice. Used by the writer's thread alone.

    Args:
        policy: what is kept for how long.
        clock: the service's clock.
        monotonic: real seconds.

    Attributes:
        trouble: what went wrong, in plain words, until it goes right again; empty when all is well.
    """

    def __init__(self, policy: Policy, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.trouble = ""
        self._policy = policy
        self._clock = clock
        self._monotonic = monotonic
        self._begun, self._begun_wall = monotonic(), clock.wall()
        self._next = self._begun + FIRST_S
        self._running: Steps[Saved] | None = None

    def step(self, store: Store) -> Item | None:
        """Do a slice of what is to be done now, if anything is.

        Returns:
            something that the record must hold before the next call.
        """
        begun = self._monotonic()
        if self._running is None:
            if begun < self._next:
                return None
            self._next = begun + EVERY_S
            self._running = compact(store, self._policy, self._believed(), self._clock.now)
        running, self._running = self._running, None  # put back below unless it has ended, or failed in any way
        try:
            item = None
            while item is None and self._monotonic() < begun + SLICE_S:
                item = next(running)
        except StopIteration as end:
            self.trouble = ""
            _log.info("compacted", **msgspec.structs.asdict(end.value))
            return None
        except JournalError as error:
            _log.error("compaction failed", error=str(error))
            self.trouble = f"The record is kept, but old parts of it could not be taken out. {error}"
            return None
        except Exception as bug:  # noqa: BLE001 - told on every screen
            _log.error("compaction failed by a bug", exc_info=bug)
            self.trouble = f"Internal fault of the record: {type(bug).__name__}: {bug}. Old parts of it stay."
            return None
        self._running = running
        return item

    def drop(self) -> None:
        """The store is closed: what is being done begins anew with another."""
        if self._running is not None:
            self._running.close()
            self._running = None
            self._next = self._monotonic()

    def _believed(self) -> int:
        """The time of day by which days are counted, µs: a clock that jumped ahead since the start is not believed.

        What is taken out is gone, so it must not hang on somebody setting the clock to another year.
        """
        elapsed = dt.timedelta(seconds=self._monotonic() - self._begun)
        return round(min(self._clock.wall(), self._begun_wall + elapsed).timestamp() * US)
