"""The one writer of the record, in a thread of its own: what the hub tells becomes rows, and rows go to the disk.

Nothing here can hold up an alarm. When the database takes nothing, rows wait (see ``spool.py``) and the trouble is
told; when it is back they are kept in their order, none twice.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog

from vitalwatch.clock import Clock
from vitalwatch.errors import JournalError
from vitalwatch.journal.database import DamagedError, set_aside
from vitalwatch.journal.keeping import keep_next, packer_at_the_end_of
from vitalwatch.journal.packing import Item, Packer, gathered
from vitalwatch.journal.record import US, Kind, Row, to_us
from vitalwatch.journal.spool import Spool
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.chores import Chores

FLUSH_S: Final = 0.15
"""Real seconds between two writes. With the write itself, less than 250 ms of samples are lost at a power cut."""

RETRY_S: Final = 1.0
"""Real seconds between two tries to reach a database that takes nothing."""

SLOW_S: Final = 2.0
"""A write that takes longer is trouble worth telling."""

GRACE_S: Final = 1.0
"""What the end may take beyond the patience that it was given, to put into the file what still waits."""

_log = structlog.get_logger("record")


class Writer:
    """Keeps what is put into its queue.

    Args:
        open_store: opens the record for writing.
        store: the record, if it could be opened at the start.
        packer: stands where that ends.
        spool: where rows wait.
        clock: the service's clock.
        kept: is told, in this thread, how many items are on the disk by now.
        trouble: is told, in this thread, what is wrong in plain words, and "" when all is well again.
        begun_anew: is called, in this thread, when the record goes on in another file, or has a gap: it needs a
            checkpoint then.

    Attributes:
        queue: what has happened, oldest first; the event loop appends.
        urgent: set to have it kept at once.
        chores: what is to be done by and by, when nothing waits; ``None`` for nothing.
        notice: what people have to be told as long as the service runs, in plain words.
        busy_since: real monotonic seconds since when the database is being waited for; ``None`` while it is not.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        store: Store | None,
        packer: Packer,
        spool: Spool,
        clock: Clock,
        *,
        kept: Callable[[int], None],
        trouble: Callable[[str], None],
        begun_anew: Callable[[], None],
    ) -> None:
        self.queue: deque[Item] = deque()
        self.urgent = threading.Event()
        self.chores: Chores | None = None
        self.notice = ""
        self.busy_since: float | None = None
        self._open_store = open_store
        self._store = store
        self._packer = None if store is None else packer
        self._spool = spool
        self._clock = clock
        self._kept = kept
        self._tell_trouble = trouble
        self._begun_anew = begun_anew
        self._told: str | None = None
        self._taken = 0
        self._next_try = 0.0
        self._end_by: float | None = None
        self._thread = threading.Thread(target=self._run, name="record", daemon=True)

    def start(self) -> None:
        """Begin to keep."""
        self._thread.start()

    def end(self, patience_s: float) -> bool:
        """Keep what is in the queue and end; whether that was done in time. What still waits goes to the spool."""
        self._end_by = time.monotonic() + patience_s
        self.urgent.set()
        self._thread.join(patience_s)
        if self._thread.is_alive():
            self.cut()  # a server that hangs: what waits goes to the file
            self._thread.join(GRACE_S)
        return not self._thread.is_alive()

    def cut(self) -> None:
        """Break a connection that has not answered for long, so that what waits can go to the file. From any thread."""
        store = self._store
        if store is not None:
            store.cut()

    def _run(self) -> None:
        while True:
            end_by = self._end_by
            try:
                self._turn()
            except Exception as bug:  # noqa: BLE001 - told on every screen; the thread must live
                _log.error("the record failed by a bug", exc_info=bug)
                self._tell(f"Internal fault of the record: {type(bug).__name__}: {bug}")
                time.sleep(RETRY_S)
            catching_up = self._store is not None and bool(self._spool)
            if end_by is not None and (not catching_up or time.monotonic() > end_by):
                self._spool.close()
                self._let_go(self._store)
                return
            if not catching_up:
                self.urgent.wait(FLUSH_S)
            self.urgent.clear()

    def _turn(self) -> None:
        """Take what has come, and keep what has waited longest."""
        count = len(self.queue)
        rows = self._gathered([self.queue.popleft() for _ in range(count)])
        self._spool.put(rows, reachable=self._store is not None)
        self._taken += count
        if self._store is None and time.monotonic() >= self._next_try:
            self._waiting(self._connect)
        if self._store is None:
            return
        self._note_loss()
        if self._spool:
            self._waiting(self._keep)
        if self._store is not None and not self._spool:
            self._kept(self._taken)
            if self.chores is not None and self._end_by is None:
                self._waiting(self._do_a_chore)

    def _gathered(self, items: list[Item]) -> list[Row]:
        """The rows of items. What cannot be written down by a bug costs only itself, and is told."""
        wall_of = self._wall()
        try:
            return gathered(items, wall_of)
        except Exception as bug:  # noqa: BLE001 - told on every screen
            _log.error("something cannot be written down", exc_info=bug)
            self.notice = f"Internal fault of the record: {type(bug).__name__}: {bug}. Something was not written down."
        rows: list[Row] = []
        for item in items:
            try:
                rows += gathered([item], wall_of)
            except Exception as bug:  # noqa: BLE001 - told above
                _log.error("not written down", kind=item.kind, name=item.name, chair=item.chair, error=str(bug))
        return rows

    def _keep(self) -> None:
        assert self._store is not None
        assert self._packer is not None
        begun = time.monotonic()
        try:
            self._packer = keep_next(self._store, self._spool, self._packer)
        except JournalError as error:
            self._fail(error, self._store)
            return
        took = time.monotonic() - begun
        self._tell(f"The disk is slow: {took:.1f} s for one write." if took > SLOW_S else "")

    def _waiting(self, step: Callable[[], None]) -> None:
        """Do what may take long, and let it be seen."""
        self.busy_since = time.monotonic()
        try:
            step()
        finally:
            self.busy_since = None

    def _wall(self) -> Callable[[int], int]:
        """The time of day (µs since 1970) at a time on the axis (µs), by both clocks as they are now."""
        wall, now = round(self._clock.wall().timestamp() * US), to_us(self._clock.now())
        return lambda at: wall - round((now - at) / self._clock.speed)

    # --- trouble ------------------------------------------------------------------------------------------------

    def _fail(self, error: JournalError, store: Store | None) -> None:
        """The database took nothing: let go of it, and try again in a while."""
        self._store = None
        self._let_go(store)
        if isinstance(error, DamagedError):
            error = self._replaced(error)
        self._next_try = time.monotonic() + RETRY_S
        waits = "What happens waits in a file."
        if self._spool.broken:
            waits = f"Nor can it wait in a file ({self._spool.broken}): for now it waits in memory."
        if self._spool.lost is not None:
            waits += " Observations are being lost; alarms and what people do are not."
        self._tell(f"The record is not being kept. {error} {waits}")

    def _let_go(self, store: Store | None) -> None:
        if self.chores is not None:
            self.chores.drop()
        if store is not None:
            store.close()

    def _replaced(self, damaged: DamagedError) -> JournalError:
        """Move a damaged file out of the way of a new one."""
        try:
            aside = set_aside(damaged.file, self._clock.wall().strftime("%Y%m%dT%H%M%SZ"))
        except JournalError as error:
            return error
        self.notice = f"The record was damaged. It is kept as {aside}; a new one has begun."
        _log.error("the record is damaged", aside=str(aside))
        return damaged

    def _connect(self) -> None:
        store = None
        try:
            store = self._open_store()
            self._go_on(store)
        except JournalError as error:
            self._fail(error, store)

    def _go_on(self, store: Store) -> None:
        """The record can be written again; see where it stands."""
        packer = packer_at_the_end_of(store)
        before, ends = self._packer, (packer.seq, packer.hash)
        kept = self._spool.settle(*ends)
        if not kept and before is not None and ends != (before.seq, before.hash):
            _log.warning("the record goes on in another place", url=store.url)
            self._begun_anew()
        self._store, self._packer = store, packer

    def _note_loss(self) -> None:
        """Write down that observations could not be kept; once, now that there is a record to write it into."""
        if self._spool.found not in self.notice:
            self.notice = " ".join(filter(None, [self.notice, self._spool.found]))
        lost, self._spool.lost = self._spool.lost, None
        if lost is None:
            return
        _log.error("observations were not kept", items=lost.items, reason=lost.reason)
        self._write_down(Item(Kind.LOST, self._clock.now(), lost))
        self._begun_anew()

    def _write_down(self, item: Item) -> None:
        """Let something of the record's own wait behind all that happened before."""
        self._spool.put(gathered([item], self._wall()), reachable=True)

    def _tell(self, trouble: str) -> None:
        chores = "" if self.chores is None else self.chores.trouble
        trouble = " ".join(filter(None, [trouble, self.notice, chores]))
        if trouble != self._told:
            if trouble or self._told:
                _log.warning("record", trouble=trouble or "over")
            self._told = trouble
        self._tell_trouble(trouble)  # each time: that it hangs may have been told meanwhile

    # --- chores -------------------------------------------------------------------------------------------------

    def _do_a_chore(self) -> None:
        """A slice of what is to be done by and by. What it gives is kept before the next: chores wait for all else."""
        assert self._store is not None
        assert self.chores is not None
        trouble = self.chores.trouble
        item = self.chores.step(self._store)
        if item is not None:
            self._write_down(item)
        if self.chores.trouble != trouble:
            self._tell("")
