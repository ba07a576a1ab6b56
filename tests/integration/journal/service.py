"""The part of a service that tells the record, without the rest of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import URL

from tests.integration.journal.stories import act, sample
from tests.patience import PATIENCE_S
from vitalwatch.alarms.events import Event
from vitalwatch.clock import SystemClock
from vitalwatch.journal.opening import open_record
from vitalwatch.journal.record import Started
from vitalwatch.journal.recorder import Recorder
from vitalwatch.journal.store import Store


class Service:
    """Opens a record as the service does, and tells it samples and acts.

    Args:
        place: of the record.
        spool: the file in which rows wait.
        told: what services before have told; this one adds to it.
        open_store: makes something else of the opener of the record.

    Attributes:
        told: everything that was told so far, in order.
        troubles: what stood at the foot of every screen, one after the other.
    """

    def __init__(
        self,
        place: URL,
        spool: Path,
        told: list[tuple[float, Event]] | None = None,
        open_store: Callable[[Callable[[], Store]], Callable[[], Store]] = lambda usual: usual,
    ) -> None:
        self.told: list[tuple[float, Event]] = [] if told is None else told
        self.opened = open_record(place, spool, "then")
        self.clock = SystemClock(start=max(SystemClock().wall().timestamp(), self.opened.ends_at))
        store = self.opened.store
        self.record = Recorder(self.clock, open_store(self.opened.open), store, self.opened.packer, self.opened.spool)
        self.record.trouble = self.opened.notice
        self.record.writer.notice = self.opened.notice if store is not None else ""
        self.troubles = [self.record.trouble]
        self._changed = asyncio.Event()
        self.record.changed = self._note
        self.record.wants_checkpoint = lambda: self.record.checkpoint(b"state", self.clock.now())
        self.record.began(Started("1", resumed=False), self.clock.now())
        self.record.start()

    def tell(self, event: Event) -> None:
        """Let something happen."""
        at = round(self.clock.now(), 6)
        self.told.append((at, event))
        self.record.told(event, at)

    def tell_much(self, count: int = 100) -> None:
        """Let samples come, and now and then an act."""
        for number in range(count):
            self.tell(act(number) if number % 20 == 10 else sample(90 + number % 10))

    async def act(self) -> bool:
        """Let a person do something; whether it was confirmed as kept."""
        self.tell(act(len(self.told)))
        return await self.record.kept()

    async def act_kept(self) -> None:
        """Let a person do something, and wait until it is in the record, however long a busy disk takes."""
        self.tell(act(len(self.told)))
        await self.all_kept()

    async def trouble(self, *words: str) -> str:
        """Wait until every screen shows these words, or with none, no trouble; gives the whole text."""

        def there() -> bool:
            text = self.record.trouble
            return all(word in text for word in words) if words else not text

        async with asyncio.timeout(PATIENCE_S):
            while not there():
                self._changed.clear()
                await self._changed.wait()
        return self.record.trouble

    async def all_kept(self) -> None:
        """Wait until everything told is in the record."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self.record.kept():
                pass

    async def end(self) -> bool:
        """End as a service does that is told to; whether all was done in time."""
        return await self.record.end(b"last state")

    async def die(self) -> None:
        """End as by SIGKILL: nothing that is in memory gets anywhere any more."""
        writer = self.record.writer
        writer.queue.clear()
        writer._spool.close = lambda: None  # type: ignore[method-assign]
        await asyncio.to_thread(writer.end, PATIENCE_S)

    def _note(self) -> None:
        self.troubles.append(self.record.trouble)
        self._changed.set()
