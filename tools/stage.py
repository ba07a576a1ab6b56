"""The page's own files and a live socket that plays what a test wants to see: any clinic, without a service.

For pictures and tests of the page alone, where a patient would have to be simulated into each state first.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.staticfiles import StaticFiles

from vitalwatch.web import bind, make_server
from vitalwatch.web.site import static_folder

HEARTBEAT_S: Final = 0.5

LABELS: Final = {"heart_rate": "HR", "spo2": "SpO2"}

WALL: Final = "2026-01-05T14:04:05+00:00"
"""The time of day of every snapshot: a label, and the same in every picture."""


def value(chair: str, vital: str, number: float | None, **more: Any) -> dict[str, Any]:
    """A value as ``docs/live-socket.md`` has it: fresh, valid and from a patient, unless told otherwise."""
    return {
        "chair": chair,
        "vital": vital,
        "label": LABELS.get(vital, vital),
        "unit": "",
        "value": number,
        "validity": "valid",
        "mode": "real",
        "device": "d",
        "age_s": 0,
        "stale_s": 1e6,
        "gone_s": 2e6,
        "episodic": False,
        "last_value": None,
        "last_age_s": None,
        **more,
    }


def alarm(chair: str, condition: str, priority: str, text: str, vitals: list[str], **more: Any) -> dict[str, Any]:
    """An alarm as ``docs/live-socket.md`` has it: physiological and active, unless told otherwise."""
    return {
        "chair": chair,
        "condition": condition,
        "kind": "P",
        "state": "active",
        "priority": priority,
        "text": text,
        "note": "",
        "action": "Look at the patient",
        "since_age_s": 14,
        "value": None,
        "limit": None,
        "vitals": vitals,
        "count": 1,
        "actor": "",
        "masked": False,
        "escalated": 0,
        "was_age_s": None,
        **more,
    }


def chair(number: int, **more: Any) -> dict[str, Any]:
    """A watched chair in its infusion with the widest values that there are, unless told otherwise."""
    name = str(number)
    device = {"id": "d", "driver": "nellcor", "link": "up", "reason": "", "heard_age_s": 0, "frames": 1}
    return {
        "id": name,
        "label": f"Chair {name}",
        "room": "A",
        "mark": "",
        "state": "watched",
        "phase": "infusion",
        "visit_age_s": 1200,
        "profile": "adult-default",
        "limits": {"spo2": "90–", "heart_rate": "50–120", "systolic": "90–160"},
        "changed_limits": [],
        "statuses": [],
        "audio_paused_until": None,
        "kept_quiet": [],
        "alarms": [],
        "devices": [{**device, "bad_frames": 0, "dropped_bytes": 0, "commands": []}],
        "values": [
            value(name, "heart_rate", 112),
            value(name, "spo2", 100),
            *(
                value(name, vital, number, episodic=True, age_s=250)
                for vital, number in (("systolic", 188), ("diastolic", 112), ("mean_pressure", 137))
            ),
        ],
        **more,
    }


def alarm_frame(after: dict[str, Any]) -> dict[str, Any]:
    """The frame that tells of an alarm's change of state."""
    return {"type": "alarm", "transition": {"chair": after["chair"], "condition": after["condition"]}, "alarm": after}


class Stage:
    """A clinic that is only played.

    Attributes:
        address: of the page.
        chairs: what the next snapshot shows.
        clinic: fields of the snapshot that differ from an ordinary clinic's.
        acts: what the page has asked for; every act is agreed to.
    """

    def __init__(self, chairs: list[dict[str, Any]], **clinic: Any) -> None:
        self.address = ""
        self.chairs = chairs
        self.clinic = clinic
        self.acts: list[dict[str, Any]] = []
        self._screens: set[_Screen] = set()

    async def play(self, **frame: Any) -> None:
        """Send a frame to every page that is open."""
        for screen in list(self._screens):
            await screen.send(frame)

    async def show(self, chairs: list[dict[str, Any]]) -> None:
        """Replace all chairs, by a new snapshot."""
        self.chairs = chairs
        await self.play(**self._snapshot())

    def _snapshot(self) -> dict[str, Any]:
        return {
            "type": "snapshot",
            "wall": WALL,
            "speed": 1,
            "clinic": "Stage",
            "version": "0",
            "notices": [],
            "look": {"palette": "classic", "colours": {}},
            "chairs": self.chairs,
            "clinic_alarms": [],
            "screens": [],
            "fallback": True,
            **self.clinic,
        }

    async def live(self, socket: WebSocket) -> None:
        """One page: a snapshot, a heartbeat, and a yes to every act."""
        await socket.accept()
        screen = _Screen(socket)
        await screen.send(self._snapshot())
        self._screens.add(screen)
        beating = asyncio.create_task(screen.beat(), name="heartbeat")
        try:
            while True:
                heard = json.loads(await socket.receive_text())
                if heard["type"] == "act":
                    self.acts.append(heard)
                    await screen.send({"type": "reply", "id": heard["id"], "ok": True, "error": "", "note": ""})
        except WebSocketDisconnect:
            pass  # the page was closed, as every page is in the end
        finally:
            self._screens.discard(screen)
            beating.cancel()


class _Screen:
    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._seq = 0

    async def send(self, frame: dict[str, Any]) -> None:
        self._seq += 1
        now = asyncio.get_running_loop().time()
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # closed meanwhile
            await self._socket.send_text(json.dumps({"now": now, **frame, "seq": self._seq}))

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self.send({"type": "heartbeat"})


@asynccontextmanager
async def staged(chairs: list[dict[str, Any]], **clinic: Any) -> AsyncIterator[Stage]:
    """Serve the page with this clinic for the length of a block, on a free port of this computer."""
    stage = Stage(chairs, **clinic)
    site = FastAPI()
    site.add_api_websocket_route("/ws/live", stage.live)
    site.mount("/", StaticFiles(directory=static_folder(), html=True))
    server = make_server(site)
    listener = bind("127.0.0.1", 0)
    stage.address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    serving = asyncio.create_task(server.serve([listener]), name="stage")
    try:
        yield stage
    finally:
        server.should_exit = True
        await serving
