"""When no screen can be relied on: the service itself calls somebody, by a sound of its own or by a command.

It is called for three alarms, which all say that the usual way to people is broken, and goes on calling as long as one
of them waits for an answer. That a call itself fails is told on every screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol

import msgspec
import structlog

from vitalwatch.alarms.events import CLINIC
from vitalwatch.alarms.transition import State
from vitalwatch.alarms.view import AlarmView

CONDITIONS: Final = frozenset({"T-UNDELIVERED", "T-NOVIEW", "T-ENGINE"})
"""The alarms that call the fallback."""

_ALL: Final = ("", "")
"""Stands for all alarms together."""

_log = structlog.get_logger("fallback")


class Reason(msgspec.Struct, frozen=True):
    """Why somebody is called: the alarm, its chair (empty for the whole clinic), and its words."""

    condition: str
    chair: str
    text: str


class Means(Protocol):
    """One way to call somebody."""

    name: str
    """For people: ``sound``, or the program that is run."""

    every_s: float
    """Real seconds from the start of one call to that of the next while the alarm waits."""

    per_alarm: bool
    """Whether each alarm gets calls of its own; else one serves for all."""

    def call(self, reason: Reason) -> str:
        """Call, and wait until that is done; seconds at most. Runs in a thread of its own.

        Returns:
            Why it failed, a plain sentence; empty when it did not.
        """
        ...

    def stop(self) -> None:
        """End a call that is running."""
        ...


def call(means: Means, reason: Reason) -> str:
    """Call by one means; gives why it failed, a plain sentence, or nothing. A bug in it is a failure like any other."""
    try:
        return means.call(reason)
    except Exception as bug:  # noqa: BLE001 - told on every screen: a full disk must not end the service that calls
        _log.error("means failed", means=means.name, exc_info=bug)
        return f"{type(bug).__name__}: {bug}"


def _own_threads(count: int) -> Callable[..., Coroutine[Any, Any, str]]:
    """Threads for nothing but calls: in those that all share, a disk that hangs could hold a call up."""
    threads = ThreadPoolExecutor(count, "fallback")

    async def run(step: Callable[..., str], *given: object) -> str:
        return await asyncio.get_running_loop().run_in_executor(threads, step, *given)

    return run


class Fallback:
    """Calls by every means there is, each at its own pace and none waiting for another.

    Args:
        means: how somebody can be called; none when the config names none.
        in_thread: runs a blocking call; tests have it at once.
    """

    def __init__(
        self,
        means: Sequence[Means] = (),
        in_thread: Callable[..., Coroutine[Any, Any, str]] | None = None,
    ) -> None:
        self.means = tuple(means)
        self.failures: dict[str, str] = {}
        self.calls = 0
        self.failed_calls = 0
        self.changed: Callable[[], None] = lambda: None
        self._in_thread = in_thread or _own_threads(max(1, len(self.means)))
        self._waiting: dict[tuple[str, str], Reason] = {}
        self._news = [asyncio.Event() for _ in self.means]

    @property
    def works(self) -> bool:
        """Whether there is a means that did not fail when it was last needed."""
        return any(means.name not in self.failures for means in self.means)

    @property
    def notices(self) -> list[str]:
        """What every screen has to say about it."""
        return [f"The fallback has failed ({name}): {why}" for name, why in self.failures.items()]

    def take(self, alarm: AlarmView) -> None:
        """Take note of an alarm that changed: one of those three calls while it is active, and no longer."""
        if alarm.condition not in CONDITIONS:
            return
        key = (alarm.condition, alarm.chair)
        if alarm.state is State.ACTIVE:
            self._waiting[key] = Reason(alarm.condition, alarm.chair, alarm.text)
        else:
            self._waiting.pop(key, None)
        for news in self._news:
            news.set()

    def keep_only(self, chairs: Collection[str]) -> None:
        """Forget the alarms of chairs that were taken out; those of the whole clinic stay."""
        self._waiting = {key: reason for key, reason in self._waiting.items() if key[1] in chairs or key[1] == CLINIC}

    async def run(self) -> None:
        """Call whenever it is time, until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for means, news in zip(self.means, self._news, strict=True):
                    tasks.create_task(self._keep_calling(means, news), name=f"fallback {means.name}")
        finally:
            for means in self.means:
                means.stop()

    async def _keep_calling(self, means: Means, news: asyncio.Event) -> None:
        """Serve one means: the alarm that has waited longest for a call comes first."""
        now = asyncio.get_running_loop().time
        called: dict[tuple[str, str], float] = {}
        while True:
            news.clear()
            waiting = self._waiting_for(means)
            called = {key: at for key, at in called.items() if key in waiting}
            due = {key: called.get(key, float("-inf")) + means.every_s for key in waiting}
            first = min(due, key=due.__getitem__, default=None)
            if first is not None and due[first] <= now():
                called[first] = now()
                await self._call(means, waiting[first])
            else:
                await _wait(news, None if first is None else due[first] - now())

    def _waiting_for(self, means: Means) -> dict[tuple[str, str], Reason]:
        """What a means has to call for, oldest first."""
        if means.per_alarm or not self._waiting:
            return self._waiting
        return {_ALL: next(iter(self._waiting.values()))}

    async def _call(self, means: Means, reason: Reason) -> None:
        failure = await self._in_thread(call, means, reason)
        self.calls += 1
        self.failed_calls += bool(failure)
        _log.warning("called", means=means.name, condition=reason.condition, chair=reason.chair, failure=failure)
        before = self.failures.get(means.name, "")
        if failure:
            self.failures[means.name] = failure
        else:
            self.failures.pop(means.name, None)
        if failure != before:
            self.changed()


async def _wait(news: asyncio.Event, seconds: float | None) -> None:
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return
