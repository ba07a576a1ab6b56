"""The web application: the live socket, health and metrics for other programs, and the page itself."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Response, WebSocket
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vitalwatch import __version__
from vitalwatch.hub import Hub
from vitalwatch.journal.store import Store
from vitalwatch.web.api import Reload, add_api
from vitalwatch.web.archive import Archive
from vitalwatch.web.history import add_history
from vitalwatch.web.live import live
from vitalwatch.web.metrics import metrics_text
from vitalwatch.web.refused import refuse_plainly
from vitalwatch.web.replays import add_replays
from vitalwatch.web.trials import add_trials

STALLED_S: Final = 5.0
"""A hub that has not fed its screens for this long is not healthy; real seconds."""

_CSP: Final = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

_HEADERS: Final = (
    (b"content-security-policy", _CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
)


class _Headers:
    """Adds the headers that keep the page to itself: no foreign scripts, no frames, no stale copies."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def static_folder() -> Path:
    """Where the built page lies."""
    return Path(str(files("vitalwatch_dashboard") / "static"))


def make_site(hub: Hub, reload: Reload, opened: Callable[[], Store] | None = None) -> FastAPI:
    """The application for one hub, for what reloads its config, and for its record.

    Args:
        hub: the running hub.
        reload: reloads the config.
        opened: opens the record for reading, in a thread; ``None`` where none is kept.
    """
    site = FastAPI(title="VitalWatch", version=__version__, docs_url=None, redoc_url=None)
    site.add_middleware(_Headers)

    async def live_socket(socket: WebSocket) -> None:
        await live(socket, hub)

    async def healthz() -> JSONResponse:
        """Whether the service watches: its chairs, devices and screens in numbers."""
        stalled_s = (hub.clock.now() - hub.last_beat) / hub.clock.speed
        up = sum(supervisor.state == "up" for supervisor in hub.supervisors.values())
        body = {
            "status": "ok" if stalled_s < STALLED_S else "stalled",
            "version": __version__,
            "chairs": len(hub.chairs),
            "devices": len(hub.supervisors),
            "devices_up": up,
            "screens": len(hub.viewers),
            "record": " ".join(hub.record_notices) or "ok",
        }
        return JSONResponse(body, status_code=200 if body["status"] == "ok" else 503)

    async def metrics() -> Response:
        """Counts for Prometheus."""
        return Response(metrics_text(hub), media_type="text/plain; version=0.0.4")

    site.add_api_websocket_route("/ws/live", live_socket)
    site.add_api_route("/healthz", healthz)
    site.add_api_route("/metrics", metrics)
    refuse_plainly(site)
    archive = Archive(hub, opened)
    add_api(site, hub, reload, archive)
    add_history(site, archive)
    add_trials(site, archive)
    add_replays(site, hub, archive)
    folder = static_folder()
    if (folder / "index.html").is_file():
        site.mount("/", StaticFiles(directory=folder, html=True))
    else:
        site.add_api_route("/", _no_page)
    return site


async def _no_page() -> PlainTextResponse:
    return PlainTextResponse(
        "The page has not been built. Run:  python hatch_build.py  (or: make demo)\n", status_code=503
    )
