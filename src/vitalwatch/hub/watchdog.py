"""A thread beside the event loop that calls the fallback when the loop stands still.

The loop decides alarms and feeds the screens; while it stands, it can tell nobody. Every page covers itself and sounds
after 2.5 s of silence, but nobody may have a page open. The thread sees only that there was no beat. It cannot see a
process that is stopped, killed or starved as a whole: for that there is the service manager (``docs/screens.md``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self

import structlog

from vitalwatch.hub.fallback import Means, Reason, call

STALLED_S: Final = 5.0
"""An event loop that has not beaten for this long is at fault; real seconds."""

LOOK_S: Final = 1.0

_log = structlog.get_logger("watchdog")


class Watchdog:
    """Watches for the length of a ``with`` block.

    Args:
        silence_s: how long the loop has not beaten, real seconds; asked from the thread.
        means: how to call somebody.
        look_s: how often to look.
    """

    def __init__(self, silence_s: Callable[[], float], means: Sequence[Means], look_s: float = LOOK_S) -> None:
        self._silence_s = silence_s
        self._means = means
        self._look_s = look_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()

    def _watch(self) -> None:
        due: dict[str, float] = {}
        stood = False
        while not self._over.wait(self._look_s):
            before, stood = stood, self._silence_s() >= STALLED_S
            if not stood:
                due.clear()
            elif before:  # a second time: after the whole process was stopped, the loop may be about to beat
                self._call(due)

    def _call(self, due: dict[str, float]) -> None:
        """Call by every means whose time it is."""
        reason = Reason("T-ENGINE", "", f"Alarm system fault: it stands still for {self._silence_s():.0f} s")
        for means in self._means:
            now = time.monotonic()
            if now >= due.get(means.name, 0.0):
                due[means.name] = now + means.every_s
                _log.error("the event loop stands still", means=means.name, failure=call(means, reason))
