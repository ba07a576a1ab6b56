"""The live socket: one viewer's connection, from its snapshot to its end.

A viewer that stops reading costs nobody else anything: its queue is bounded, and once it is cut its connection is
aborted, since closing politely would wait for a buffer that never drains.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec
import structlog
from fastapi import WebSocket, WebSocketDisconnect

from vitalwatch.errors import UsageError
from vitalwatch.hub import Hub, Viewer
from vitalwatch.web import messages
from vitalwatch.web.origin import same_site
from vitalwatch.web.server import ABORT, UNSENT

CUT: Final = 4008
"""Close code for a viewer that fell behind."""

REFUSED: Final = 4003
"""Close code for a socket opened by another site's page."""

_CLOSE_S: Final = 0.5

_log = structlog.get_logger("screen")


async def live(socket: WebSocket, hub: Hub) -> None:
    """Serve one screen until it goes, or until it is cut."""
    await socket.accept()
    if not same_site(socket.headers.get("origin"), socket.headers.get("host")):
        _log.warning("socket of another site refused", origin=socket.headers.get("origin"))
        await socket.close(REFUSED, "this page does not belong to this service")
        return
    viewer = hub.connect()
    tasks = [
        asyncio.create_task(_read(socket, hub, viewer), name="viewer reads"),
        asyncio.create_task(write(socket, viewer), name="viewer writes"),
        asyncio.create_task(viewer.cut.wait(), name="viewer cut"),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.disconnect(viewer)
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    if viewer.cut.is_set():
        _log.warning("viewer cut: it fell behind", screen=viewer.screen)
        await cut(socket)
    for end in ends:
        if isinstance(end, Exception) and not isinstance(end, WebSocketDisconnect):
            raise end


async def _read(socket: WebSocket, hub: Hub, viewer: Viewer) -> None:
    answers: set[asyncio.Task[None]] = set()  # an answer waits for the disk; what else the screen says does not
    try:
        await _listen(socket, hub, viewer, answers)
    finally:
        for answer in answers:
            answer.cancel()


async def _listen(socket: WebSocket, hub: Hub, viewer: Viewer, answers: set[asyncio.Task[None]]) -> None:
    while True:
        try:
            said = messages.read(await socket.receive_text())
        except KeyError:  # what starlette raises on a binary frame; a screen sends none
            _log.warning("binary frame from a screen", screen=viewer.screen)
            continue
        except UsageError as error:
            _log.warning("unreadable frame from a screen", screen=viewer.screen, error=str(error))
            continue
        match said:
            case messages.Hello() | messages.State() | messages.Drew():
                _learn(hub, viewer, said)
            case messages.Waves():
                viewer.waves = said.on
            case messages.ActFrame():
                answer = asyncio.create_task(_answer(hub, viewer, _do(hub, said)))
                answers.add(answer)
                answer.add_done_callback(answers.discard)


def _learn(hub: Hub, viewer: Viewer, said: messages.Hello | messages.State | messages.Drew) -> None:
    """Take in what a screen says of itself."""
    match said:
        case messages.Hello():
            hub.screens.introduce(viewer, said.screen[:64], said.kind)
        case messages.State():
            hub.screens.can(viewer, said.sound, visible=said.visible, awake=said.awake)
        case messages.Drew():
            try:
                hub.screens.drew(viewer, said.seq)
            except UsageError as error:
                _log.warning("receipt not believed", screen=viewer.screen, error=str(error))


async def _answer(hub: Hub, viewer: Viewer, reply: messages.Reply) -> None:
    """Answer for what was done when it is on the disk, or say that it could not be put there."""
    if reply.ok and (why := await hub.kept()):
        reply = msgspec.structs.replace(reply, note=f"Done, but not in the record yet. {why}")
    viewer.put(msgspec.json.encode(reply), alarm=True)


def _do(hub: Hub, frame: messages.ActFrame) -> messages.Reply:
    wish = frame.act
    try:
        if isinstance(wish, messages.CommandDevice):
            hub.command(wish.chair, wish.device, wish.command, wish.actor)
        else:
            hub.act(wish)
    except UsageError as error:
        return messages.Reply(frame.id, False, str(error))
    return messages.Reply(frame.id, True)


async def write(socket: WebSocket, viewer: Viewer) -> None:
    """Send a viewer's frames as they come."""
    unsent: Callable[[], int] = socket.scope.get("extensions", {}).get(UNSENT, lambda: 0)
    while True:
        frame = await viewer.next_frame()
        if isinstance(frame, str):
            await socket.send_text(frame)
            continue
        await asyncio.sleep(0)  # the loop hands to the system what was just written
        if not unsent():  # else the viewer lags: waves are dropped, and never stand before an alarm
            await socket.send_bytes(frame)


async def cut(socket: WebSocket) -> None:
    """End the connection of a viewer that fell behind, whether it still reads or not."""
    abort: Callable[[], None] | None = socket.scope.get("extensions", {}).get(ABORT)
    try:
        await asyncio.wait_for(socket.close(CUT, "fell behind; connect again for a snapshot"), _CLOSE_S)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        _log.info("stalled connection aborted")
    if abort is not None:
        abort()
