"""A running clinic for programs: a small HTTP API that shows what is there and lets things happen. See the README."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response

from vitalwatch.errors import ConfigError
from vitalwatch.web.origin import same_site
from vitalwatch_simulators.live import LiveClinic, LiveDevice, NotThereError, Refused

USUAL_HOST = "127.0.0.1"


def parse_address(text: str) -> tuple[str, int]:
    """Read where to be asked: ``8099`` on this computer only, or ``host:port``.

    Raises:
        ConfigError: if it is neither.
    """
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdecimal() and int(port) < 1 << 16):
        raise ConfigError(
            f'"{text}" is no address to be asked at.', key="control", hint="Write for example 127.0.0.1:8099."
        )
    return host.strip("[]") or USUAL_HOST, int(port)


def make_control(clinic: LiveClinic) -> FastAPI:
    """The application for one clinic."""
    site = FastAPI(title="vitalwatch-sim", docs_url=None, redoc_url=None)

    async def devices() -> Response:
        """Every device, where it speaks, what is wrong with it, and what can be."""
        now = clinic.timeline.now()
        return _json([_of_device(device, now) for device in clinic.devices()])

    async def patients() -> Response:
        """Every person, and how they are now."""
        return _json(
            [
                {
                    "chair": name,
                    "scenario": chair.plan.named,
                    "seed": chair.plan.seed,
                    "vitals": msgspec.to_builtins(clinic.vitals(name)),
                }
                for name, chair in clinic.chairs.items()
            ]
        )

    async def post_fault(request: Request, address: str) -> Response:
        """Let a fault happen to a device, or to all of a chair that can have it."""
        wanted = await _body(request)
        return _told(lambda: clinic.break_(address, wanted()))

    async def delete_faults(address: str) -> Response:
        """End all faults of a device, or of a chair."""
        return _told(lambda: clinic.mend(address))

    async def post_event(request: Request, chair: str) -> Response:
        """Let something happen to the person in a chair."""
        wanted = await _body(request)
        return _told(lambda: clinic.befall(chair, wanted()))

    async def only_our_own(request: Request, call_next: Callable[[Request], Any]) -> Any:
        # A browser's page of some other site must not reach in, also not by a name that was bent to point here.
        host = request.headers.get("host")
        if not same_site(request.headers.get("origin") or f"http://{host}", host):
            return Response("This service goes by another name.\n", status_code=403)
        return await call_next(request)

    site.middleware("http")(only_our_own)
    site.add_api_route("/devices", devices)
    site.add_api_route("/patients", patients)
    site.add_api_route("/devices/{address:path}/faults", post_fault, methods=["POST"])
    site.add_api_route("/devices/{address:path}/faults", delete_faults, methods=["DELETE"])
    site.add_api_route("/patients/{chair}/events", post_event, methods=["POST"])
    return site


def _of_device(device: LiveDevice, now: float) -> dict[str, object]:
    faults = device.rig.line.present(now)
    return {
        "id": device.address,
        "kind": device.plan.device,
        "link": str(device.plug.link),
        "plugged_in": not device.rig.line.wire_is_cut(now),
        "faults": [
            {"fault": name, "left_s": None if math.isinf(until) else round(until - now, 1)}
            for name, until in faults.items()
        ],
        "possible_faults": device.possible_faults(),
    }


async def _body(request: Request) -> Callable[[], dict[str, object]]:
    raw = await request.body()

    def read() -> dict[str, object]:
        try:
            found = json.loads(raw)
        except ValueError:
            raise Refused("The body of the request is not JSON.") from None
        if not isinstance(found, dict):
            raise Refused('The body of the request has to be an object: {"fault": "silence", "lasts": "30s"}.')
        return found

    return read


def _told(act: Callable[[], str]) -> Response:
    """What came of an act: a sentence, also when it was refused."""
    try:
        return _json({"done": act()})
    except Refused as error:
        return _json({"error": str(error)}, 404 if isinstance(error, NotThereError) else 422)


def _json(found: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(found), status_code=status, media_type="application/json")
