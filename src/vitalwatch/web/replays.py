"""``/ws/replay``: the past for one screen. It speaks as the live socket does, and changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
import structlog
from fastapi import FastAPI, Query, WebSocket, WebSocketDisconnect

from vitalwatch.alarms.transition import Priority, State
from vitalwatch.errors import JournalError, UsageError
from vitalwatch.hub import Hub, Viewer
from vitalwatch.hub.replay_picture import LiveAlarms, Room
from vitalwatch.hub.replayed import Replayed, Wish
from vitalwatch.journal.history.when import when
from vitalwatch.web import messages
from vitalwatch.web.archive import Archive
from vitalwatch.web.live import REFUSED, cut, write
from vitalwatch.web.origin import same_site

AT_ONCE: Final = 2
"""Replays that are watched at a time, on all screens together."""

NOT_NOW: Final = 4009
"""Close code when as many are being watched already."""

NOT_THERE: Final = 4022
"""Close code when there is nothing to be played; the reason says why."""

REASON: Final = 120
"""Bytes that a close reason may have."""

PAST: Final = "This is a replay of the past: nothing can be done in it. Go back to the live page."

From = Annotated[str, Query(alias="from")]

_LIT: Final = (State.ACTIVE, State.ACKNOWLEDGED, State.LATCHED)

_log = structlog.get_logger("replay")


def add_replays(site: FastAPI, hub: Hub, archive: Archive) -> None:
    """Add the socket to the site."""
    watched: set[WebSocket] = set()

    async def replay_socket(
        socket: WebSocket, since: From = "", until: str = "", chairs: str = "", speed: float = 1.0
    ) -> None:
        await socket.accept()
        if not same_site(socket.headers.get("origin"), socket.headers.get("host")):
            await socket.close(REFUSED, "this page does not belong to this service")
        elif len(watched) >= AT_ONCE:
            await socket.close(NOT_NOW, f"{AT_ONCE} replays are being watched already: close one of them")
        else:
            watched.add(socket)
            try:
                await _serve(socket, hub, archive, _wish(hub, since, until, chairs, speed))
            except (UsageError, JournalError) as error:
                await socket.close(NOT_THERE, str(error).encode()[:REASON].decode(errors="ignore"))
            finally:
                watched.discard(socket)

    site.add_api_websocket_route("/ws/replay", replay_socket)


def _wish(hub: Hub, since: str, until: str, chairs: str, speed: float) -> Wish:
    """What the address asks for.

    Raises:
        UsageError: if one of its times is none.
    """
    now = hub.clock.wall()
    end = when(until, now) if until else None
    return Wish(when(since or "10m", now), end, tuple(filter(None, chairs.split(","))), speed)


async def _serve(socket: WebSocket, hub: Hub, archive: Archive, wish: Wish) -> None:
    room = Room(hub.clinic, hub.look, hub.faces)
    store = await asyncio.to_thread(archive.open)
    try:
        replay = await Replayed.begin(store, wish, room, lambda: live_alarms(hub))
        viewer = replay.picture.viewer
        tasks = [
            asyncio.create_task(_read(socket, replay), name="replay reads"),
            asyncio.create_task(write(socket, viewer), name="replay writes"),
            asyncio.create_task(replay.run(), name="replay"),
            asyncio.create_task(viewer.cut.wait(), name="replay cut"),
        ]
        await _until_one_ends(socket, viewer, tasks)
    finally:
        await asyncio.to_thread(store.close)


async def _until_one_ends(socket: WebSocket, viewer: Viewer, tasks: Sequence[asyncio.Task[Any]]) -> None:
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    if viewer.cut.is_set():
        await cut(socket)
    for end in ends:
        if isinstance(end, Exception) and not isinstance(end, WebSocketDisconnect):
            _log.error("a replay failed", exc_info=end)
            with contextlib.suppress(RuntimeError):  # the page has gone as well
                await socket.close(NOT_THERE, "the replay failed; the log of the service says why")


async def _read(socket: WebSocket, replay: Replayed) -> None:
    """Listen to the page; who it is and what it drew is of no account here."""
    while True:
        try:
            said = messages.read(await socket.receive_text())
        except KeyError:  # what starlette raises on a binary frame; a page sends none
            _log.warning("binary frame from a replay")
            continue
        except UsageError as error:
            _log.warning("unreadable frame from a replay", error=str(error))
            continue
        match said:
            case messages.Play():
                replay.play(speed=said.speed, paused=said.paused)
            case messages.ActFrame():
                replay.picture.viewer.put(msgspec.json.encode(messages.Reply(said.id, False, PAST)), alarm=True)


def live_alarms(hub: Hub) -> LiveAlarms:
    """What is the matter at the live chairs."""
    lit = [alarm for alarm in hub.present_alarms() if alarm.state in _LIT and not alarm.masked]
    count = {priority: sum(alarm.priority is priority for alarm in lit) for priority in Priority}
    unanswered = [alarm for alarm in lit if alarm.state is State.ACTIVE]
    worst = max(unanswered, key=lambda alarm: alarm.priority.rank, default=None)
    counts = (count[Priority.HIGH], count[Priority.MEDIUM], count[Priority.LOW])
    if worst is None:
        return LiveAlarms(*counts)
    where = hub.faces[worst.chair].label if worst.chair in hub.faces else ""
    return LiveAlarms(*counts, where, worst.text, worst.priority)
