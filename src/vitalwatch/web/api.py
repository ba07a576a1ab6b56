"""``/api/v1``: what other programs may ask of the running service."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import msgspec
from fastapi import FastAPI, Request, Response

from vitalwatch.hub import Hub
from vitalwatch.web.archive import Archive
from vitalwatch.web.origin import same_site
from vitalwatch.web.questions import add_questions

Reload: TypeAlias = Callable[[bool, Path | None], Awaitable[msgspec.Struct]]
"""Reloads the config, or with ``True`` only says what that would do; gives its report. The file is what the asker takes
for the clinic file, if he names one."""


def add_api(site: FastAPI, hub: Hub, reload: Reload, archive: Archive) -> None:
    """Add the routes to the site."""

    async def post_reload(request: Request, dry_run: bool = False, file: Path | None = None) -> Response:
        """Apply the config files anew; with ``dry_run`` only say what that would do. From this computer only."""
        if not _from_here(request):
            return Response("Only programs on the same computer may reload the config.\n", status_code=403)
        report = await reload(dry_run, file)
        return Response(msgspec.json.encode(report), media_type="application/json")

    add_questions(site, hub, archive)
    site.add_api_route("/api/v1/reload", post_reload, methods=["POST"])


def _from_here(request: Request) -> bool:
    """Whether a program on this computer asks, and not a page that some other site shows in its browser."""
    if request.client is None or not same_site(request.headers.get("origin"), request.headers.get("host")):
        return False
    host, _ = request.client
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # an unusual server in front of the application may name no address
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None  # [::] hears IPv4 too
    own = request.scope.get("server")  # served on one address of this computer, we are called from that very address
    return (mapped or address).is_loopback or (own is not None and host == own[0])
