"""The live socket: who may open it, and that nothing a screen asked for is lost with it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest
from fastapi import WebSocket

from vitalwatch.hub import Hub
from vitalwatch.web.live import live, same_site

OWN = socket.gethostname().lower()


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        *((None, "127.0.0.1:8080"), (None, None)),
        *(("http://127.0.0.1:8080", "127.0.0.1:8080"), ("http://localhost:8080", "localhost:8080")),
        *(("http://192.0.2.7:8080", "192.0.2.7:8080"), ("http://[::1]:8080", "[::1]:8080")),
        *(("http://127.0.0.1", "127.0.0.1"), ("https://192.0.2.7", "192.0.2.7")),
        *((f"http://{OWN}:8080", f"{OWN}:8080"), (f"http://{OWN}.local:8080", f"{OWN}.local:8080")),
    ],
)
def test_programs_and_our_own_pages_may(origin: str | None, host: str | None) -> None:
    assert same_site(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        *(("http://stray.example", "127.0.0.1:8080"), ("http://127.0.0.1:9000", "127.0.0.1:8080")),
        *(("http://127.0.0.1", "127.0.0.1:8080"), ("null", "127.0.0.1:8080"), ("", "127.0.0.1:8080")),
        *(("http://127.0.0.1:8080", None), ("http://[::1", "[::1"), ("http://[x]", "[x]")),
    ],
)
def test_other_pages_may_not(origin: str, host: str | None) -> None:
    assert not same_site(origin, host)


def test_a_foreign_name_that_was_bent_to_point_at_this_computer_may_not() -> None:
    """DNS rebinding: origin and host then agree, but the name is not ours."""
    assert not same_site("http://stray.example:8080", "stray.example:8080")


@pytest.mark.asyncio
async def test_what_a_screen_asked_for_with_its_last_breath_is_done(make_hub: Callable[[], Hub]) -> None:
    """The act and the end of the connection wait together: nobody may find the tap undone after the page is gone."""
    hub = make_hub()
    act = {"type": "act", "id": 1, "act": "note", "chair": "1", "actor": "Ada", "text": "the screen went dark"}
    coming: list[MutableMapping[str, Any]] = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": json.dumps(act)},
        {"type": "websocket.disconnect", "code": 1006},
    ]

    async def receive() -> MutableMapping[str, Any]:
        return coming.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        """The other end is gone: whatever is sent reaches nobody."""

    await live(WebSocket({"type": "websocket", "headers": []}, receive, send), hub)
    assert not hub.viewers
    assert ("note", "Ada") in [(mark.kind, mark.actor) for mark in hub.history.of("1").marks]
