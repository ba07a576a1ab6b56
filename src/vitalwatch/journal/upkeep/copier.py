"""The daily backup of a running service. In a thread of its own: a network's disk that hangs must hold up nothing."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import structlog

from vitalwatch.clock import Clock
from vitalwatch.errors import JournalError
from vitalwatch.journal.store import Store
from vitalwatch.journal.trouble import translated
from vitalwatch.journal.upkeep.backup import backup

LOOK_S: Final = 60.0
"""Real seconds between two looks whether a backup is due, and after the start before the first."""

AGAIN_S: Final = 3600.0
"""Real seconds before a backup that failed is tried again."""

SLICE_S: Final = 0.02
"""Real seconds of work at a time,"""

PAUSE_S: Final = 0.1
"""and between two slices: nobody waits for a backup, but alarms share the computer with it."""

END_S: Final = 2.0
"""Real seconds that the end of the service waits for a backup to be given up."""

_STAMP: Final = "%Y%m%dT%H%M%SZ"

_log = structlog.get_logger("record")


class Backups(msgspec.Struct, frozen=True):
    """Where backups go, and when.

    Attributes:
        folder: which must be there.
        name: with which the names of the files begin.
        at: time of day, by the computer's own time zone.
        keep: how many are kept.
    """

    folder: Path
    name: str
    at: dt.time = dt.time(2, 30)
    keep: int = 14

    def named(self, now: dt.datetime) -> Path:
        """The file of a backup that is made now (UTC)."""
        return self.folder / f"{self.name}-{now.strftime(_STAMP)}.db"

    def files(self, end: str = "") -> list[Path]:
        """The backups that there are, oldest first; those that were not finished with the ``end`` ``.partial``."""
        return sorted(self.folder.glob(f"{self.name}-{'[0-9]' * 8}T{'[0-9]' * 6}Z.db{end}"))

    def newest(self) -> dt.datetime | None:
        """When the newest was made (UTC); ``None`` when there is none."""
        files = self.files()
        if not files:
            return None
        return dt.datetime.strptime(files[-1].stem.rpartition("-")[2], _STAMP).replace(tzinfo=dt.UTC)

    def due(self, now: dt.datetime) -> bool:
        """Whether the last moment at which one was planned has passed without one."""
        local = now.astimezone()
        planned = dt.datetime.combine(local.date(), self.at).astimezone()
        if planned > local:
            planned = dt.datetime.combine(local.date() - dt.timedelta(days=1), self.at).astimezone()
        newest = self.newest()
        return newest is None or newest < planned


class Copier:
    """Makes the backups of a running service.

    Args:
        backups: where they go, and when.
        open_store: opens the record for reading.
        clock: for the time of day.
        changed: is called, in the copier's thread, when ``trouble`` has changed.

    Attributes:
        trouble: why there is no backup, or what is wrong with it, in plain words; empty when all is well.
        newest: when the newest was made (UTC); ``None`` while that is not known, or there is none.
    """

    def __init__(
        self, backups: Backups, open_store: Callable[[], Store], clock: Clock, changed: Callable[[], None]
    ) -> None:
        self.trouble = ""
        self.newest: dt.datetime | None = None
        self._backups = backups
        self._open_store = open_store
        self._clock = clock
        self._changed = changed
        self._found = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backups", daemon=True)

    def start(self) -> None:
        """Begin to look whether a backup is due."""
        self._thread.start()

    def end(self) -> None:
        """Give up what is being made."""
        self._stop.set()
        self._thread.join(END_S)

    def _run(self) -> None:
        pause = LOOK_S
        while not self._stop.wait(pause):
            pause = LOOK_S
            try:
                with translated(str(self._backups.folder)):
                    self.look()
            except Exception as error:  # noqa: BLE001 - told on every screen; a bug here must not end the backups
                _log.error("the backup failed", error=str(error), exc_info=not isinstance(error, JournalError))
                self._tell(f"The record is kept, but its backup failed. {error}")
                pause = AGAIN_S

    def look(self) -> None:
        """Make a backup if one is due, and take away those that are too many.

        Raises:
            JournalError, OSError: if that fails.
        """
        now = self._clock.wall()
        if self._backups.due(now):
            for partial in self._backups.files(".partial"):
                partial.unlink()
            if not self._make(self._backups.named(now)):
                return
            for old in self._backups.files()[: -self._backups.keep]:
                old.unlink()
        self.newest = self._backups.newest()
        self._tell(self._found)

    def _make(self, path: Path) -> bool:
        """Make a backup, slowly; false if it was given up."""
        with self._open_store() as store:
            steps = backup(store, path)
            until = time.monotonic() + SLICE_S
            try:
                while True:
                    next(steps)
                    if time.monotonic() >= until:
                        if self._stop.wait(PAUSE_S):
                            return False
                        until = time.monotonic() + SLICE_S
            except StopIteration as end:
                found = end.value
            finally:
                steps.close()
        _log.info("backup made", file=str(path), last=found.last_entry, hash=found.hash)
        self._found = (
            f"The backup shows that the record was changed. {found.problems[0].what}" if found.problems else ""
        )
        return True

    def _tell(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self._changed()
