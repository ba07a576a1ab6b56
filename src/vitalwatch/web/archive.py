"""How the web asks the record: in threads, few at a time, each with a store of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Final, NamedTuple, TypeVar

from fastapi import Query

from vitalwatch.errors import JournalError, UsageError
from vitalwatch.hub import Hub
from vitalwatch.journal.history.questions import has_chair
from vitalwatch.journal.history.when import when
from vitalwatch.journal.minutes import MINUTE_S, minute_of
from vitalwatch.journal.record import US, Minute
from vitalwatch.journal.store import Store
from vitalwatch.web.refused import RefusedError

DAY_S: Final = 24 * 3600

LONGEST_D: Final = 400
"""Days that one question may span; fewer where every second or every alarm is read."""

ALARMS_D: Final = 100
"""Days of which all alarms, acts or statuses may be asked for at once."""

From = Annotated[str | None, Query(alias="from", description="ISO 8601, seconds since 1970, or `8h` for so long ago.")]
Until = Annotated[str | None, Query(description="The same; now by default.")]

_QUICK: Final = 2
_LONG: Final = 1
"""Questions of each sort at a time."""

WAITING: Final = 16
"""Questions that may wait for their turn in one lane; more are refused."""

Answer = TypeVar("Answer")


class Span(NamedTuple):
    """Two times of day, µs since 1970."""

    since: int
    until: int


class Lane:
    """Lets so many questions go on at a time; a few more wait."""

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._waiting = 0

    def see_room(self) -> None:
        """See that one more may wait.

        Raises:
            RefusedError: if too many wait already.
        """
        if self._waiting >= WAITING:
            raise RefusedError(503, "Too many questions are waiting for the record. Try again in a moment.")

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it for the length of a block.

        Raises:
            RefusedError: if too many wait already.
        """
        self.see_room()
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()


class Archive:
    """The record as the web asks it.

    Args:
        hub: knows the time, its chairs, and the minute that is not written yet.
        opened: opens the record for reading; ``None`` where none is kept.

    Attributes:
        quick: the lane of questions about one chair.
        long: the lane of those about all chairs, which may take seconds.
        tables: the lane of tables, which may take minutes.
    """

    def __init__(self, hub: Hub, opened: Callable[[], Store] | None) -> None:
        self.hub = hub
        self.quick = Lane(_QUICK)
        self.long = Lane(_LONG)
        self.tables = Lane(_LONG)
        self._opened = opened

    def open(self) -> Store:
        """Open the record for reading. Blocks.

        Raises:
            UsageError: if none is kept.
            JournalError: if it cannot be opened.
        """
        if self._opened is None:
            raise UsageError("This service keeps no record.")
        return self._opened()

    async def ask(self, lane: Lane, question: Callable[[Store], Answer]) -> Answer:
        """Have a question answered in a thread, when it is its turn.

        Raises:
            RefusedError: if it gets no answer.
        """

        def answer() -> Answer:
            with self.open() as store:
                return question(store)

        async with lane.turn():
            try:
                return await asyncio.to_thread(answer)
            except UsageError as error:
                raise RefusedError(404, str(error)) from error
            except JournalError as error:
                raise RefusedError(503, f"The record cannot be read now. {error}") from error

    def span(
        self, since: str | None, until: str | None, *, usual_s: int = 8 * 3600, longest_d: int = LONGEST_D
    ) -> Span:
        """Read the two times of a question.

        Raises:
            RefusedError: if they are none, or too far apart.
        """
        now = self.hub.clock.wall()
        try:
            end = round(now.timestamp() * US) if until is None else when(until, now)
            begin = end - usual_s * US if since is None else when(since, now)
        except UsageError as error:
            raise RefusedError(422, str(error)) from error
        if begin >= end:
            raise RefusedError(422, "The time that is asked for ends before it begins: from must be before until.")
        if end - begin > longest_d * DAY_S * US:
            raise RefusedError(422, f"That is more than {longest_d} days at once. Ask for a shorter time.")
        return Span(begin, end)

    def moment(self, text: str) -> int:
        """Read the one time of a question, µs since 1970.

        Raises:
            RefusedError: if it is none.
        """
        try:
            return when(text, self.hub.clock.wall())
        except UsageError as error:
            raise RefusedError(422, str(error)) from error

    def see_chair(self, store: Store, chair: str) -> None:
        """See that there is or was such a chair.

        Raises:
            RefusedError: if not.
        """
        if chair not in self.hub.chairs and not has_chair(store, chair):
            raise RefusedError(404, f'The record knows no chair "{chair}".')

    def newest(self, chair: str) -> list[Minute]:
        """The last minutes of a chair, of which the newest is not in the record yet."""
        if chair not in self.hub.chairs:
            return []
        now, wall, speed = self.hub.clock.now(), self.hub.clock.wall().timestamp(), self.hub.clock.speed
        found = []
        for number in range(int(now // MINUTE_S) - 2, int(now // MINUTE_S) + 1):
            at = round((wall - (now - number * MINUTE_S) / speed) * US)
            for vital, seconds in self.hub.history.of(chair).vitals.items():
                row = minute_of(chair, vital, seconds.cells(number * MINUTE_S, MINUTE_S), number, at)
                if row is not None:
                    found.append(row)
        return found
