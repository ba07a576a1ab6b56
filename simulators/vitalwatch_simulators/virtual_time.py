"""An event loop in which waiting takes no time, and a clock that goes with it: an hour of a visit in seconds.

Nothing else changes: what runs on it awaits, sleeps and sets timers as always, and everything happens at its exact
moment. Only what waits for the world outside (sockets, threads) has no place here, because the world does not speed up.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from vitalwatch.errors import UsageError

Result = TypeVar("Result")

THREAD_S: Final = 30.0
"""Real seconds to wait for a thread when nothing else is to be done."""


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting for the next timer it lets that much time have passed."""

    def __init__(self) -> None:
        super().__init__()
        self.jumped_s = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout is None:  # only a thread can go on from here
            ready = super().select(THREAD_S)
            if not ready:
                raise UsageError("everything waits for something that will never happen")
        elif not ready and timeout is not None:
            self.jumped_s += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps from one event to the next."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._jumping.jumped_s


class VirtualClock:
    """The service's clock on a virtual loop.

    Args:
        started: what the wall shows at the loop's beginning.
    """

    speed = 1.0

    def __init__(self, started: datetime) -> None:
        self._started = started

    def now(self) -> float:
        """Virtual seconds since the loop was made."""
        return asyncio.get_running_loop().time()

    def wall(self) -> datetime:
        """The label that people would see."""
        return self._started + timedelta(seconds=self.now())


def run_virtually(story: Callable[[], Awaitable[Result]]) -> Result:
    """Run a coroutine on a virtual loop and give its result."""

    async def whole() -> Result:
        return await story()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(whole())
