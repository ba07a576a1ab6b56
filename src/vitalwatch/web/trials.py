"""Trying a limit on what the record holds: in a process of its own with the lowest priority, one at a time."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from typing import Any, Final, Literal

import msgspec
import structlog
from fastapi import APIRouter, Depends, FastAPI, Request, Response

from vitalwatch.alarms.profile import HARD_RANGES
from vitalwatch.errors import VitalWatchError
from vitalwatch.journal.record import US
from vitalwatch.replay.in_child import Wish
from vitalwatch.web.archive import DAY_S, Archive
from vitalwatch.web.refused import RefusedError, own_site

LONGEST_D: Final = 30
"""Days that a trial may go back."""

KEPT: Final = 4
"""Trials whose outcome is remembered."""

LINE: Final = 4 * 1024 * 1024
"""Bytes that one line of the child may have."""

_log = structlog.get_logger("trial")


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a screen asks for: a limit or delay by its dotted name, another value, and how many days back."""

    key: str
    value: float
    days: int = 7


class TrialView(msgspec.Struct):
    """How far a trial is.

    Attributes:
        id: its number.
        key: the limit or delay.
        value: the value that is tried.
        days: how far back.
        state: ``running``, ``done``, ``failed`` or ``cancelled``.
        done: the part that is played, 0 to 1.
        error: why it failed, in plain words.
        result: which alarms vanish, appear, come later or earlier, and the figures of both.
    """

    id: int
    key: str
    value: float
    days: int
    state: Literal["running", "done", "failed", "cancelled"] = "running"
    done: float = 0.0
    error: str = ""
    result: dict[str, Any] | None = None


class Trials:
    """The trials of this service.

    Args:
        archive: knows the record.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._numbers = itertools.count(1)
        self._known: dict[int, TrialView] = {}
        self._running: asyncio.Task[None] | None = None

    async def start(self, wanted: Wanted) -> TrialView:
        """Begin a trial.

        Raises:
            RefusedError: if it makes no sense, or another one is running.
        """
        low, high = HARD_RANGES.get(wanted.key, (None, None))
        if low is None or high is None or not low <= wanted.value <= high:
            raise RefusedError(422, f'"{wanted.key}" cannot be tried with {wanted.value:g}.')
        if not 1 <= wanted.days <= LONGEST_D:
            raise RefusedError(422, f"A trial goes back 1 to {LONGEST_D} days.")
        if self._running is not None and not self._running.done():
            raise RefusedError(409, "Another trial is running. Wait for it, or cancel it.")
        view = TrialView(next(self._numbers), wanted.key, wanted.value, wanted.days)
        self._known = {number: self._known[number] for number in list(self._known)[1 - KEPT :]} | {view.id: view}
        self._running = asyncio.create_task(self._run(view), name="trial")
        return view

    def find(self, number: int) -> TrialView:
        """A trial by its number.

        Raises:
            RefusedError: if there is none, or it is forgotten.
        """
        if number not in self._known:
            raise RefusedError(404, "There is no such trial.")
        return self._known[number]

    def cancel(self, number: int) -> TrialView:
        """End a trial.

        Raises:
            RefusedError: as :meth:`find`.
        """
        view = self.find(number)
        if view.state == "running" and self._running is not None:
            view.state = "cancelled"
            self._running.cancel()
        return view

    async def _run(self, view: TrialView) -> None:
        try:
            url = await asyncio.to_thread(self._url)
            await self._follow(view, url)
        except (VitalWatchError, OSError, ValueError) as error:
            view.error = str(error)
        if view.state == "running":
            view.state = "failed" if view.result is None else "done"
            view.error = view.error or ("" if view.result else "The trial ended without a result.")
        _log.info("trial", key=view.key, days=view.days, state=view.state, error=view.error)

    def _url(self) -> str:
        with self._archive.open() as store:
            return store.place.render_as_string(hide_password=False)

    async def _follow(self, view: TrialView, url: str) -> None:
        since = round(self._archive.hub.clock.wall().timestamp() - view.days * DAY_S) * US
        wish = Wish(url, os.getpid(), since, view.key, view.value)
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "vitalwatch.replay.in_child", stdin=pipe, stdout=pipe, limit=LINE
        )
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(msgspec.json.encode(wish) + b"\n")
            async for line in child.stdout:
                said = msgspec.json.decode(line)
                view.done = said.get("done", view.done)
                view.error = said.get("error", view.error)
                view.result = said.get("result", view.result)
        finally:
            if child.returncode is None:
                child.kill()
            await child.wait()


def add_trials(site: FastAPI, archive: Archive) -> None:
    """Add the routes to the site."""
    trials = Trials(archive)
    router = APIRouter(prefix="/api/v1/record/backtest", dependencies=[Depends(own_site)])

    async def start(request: Request) -> Response:
        """Try a limit or delay on the last days: ``{"key": "limits.spo2_low", "value": 88, "days": 7}``."""
        try:
            wanted = msgspec.json.decode(await request.body(), type=Wanted)
        except msgspec.MsgspecError as error:
            raise RefusedError(422, f"This is no trial: {error}.") from error
        return _json(await trials.start(wanted), 202)

    async def look(number: int) -> Response:
        """How far a trial is, and what came of it."""
        return _json(trials.find(number))

    async def cancel(number: int) -> Response:
        """End a trial."""
        return _json(trials.cancel(number))

    router.add_api_route("", start, methods=["POST"])
    router.add_api_route("/{number}", look, methods=["GET"])
    router.add_api_route("/{number}", cancel, methods=["DELETE"])
    site.include_router(router)


def _json(view: TrialView, status: int = 200) -> Response:
    return Response(msgspec.json.encode(view), status_code=status, media_type="application/json")
