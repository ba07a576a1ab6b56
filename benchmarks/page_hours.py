"""How much the page's heap grows in hours, played as fast as it draws them. Used by ``page``.

No service here: one would send a fast replay's values four times a real second, and so only a small part of the frames
of eight hours. What is played is what a service sends 64 chairs in real time, frame for frame: four batches of values
and a heartbeat each second, a line of text for each standing alarm, a chair's frame a minute, three alarms an hour and
chair from pending to acknowledged to ended, phases, a new visit an hour, screens that come and go, and each half hour
a new snapshot. Only time is short: the next second is sent when the page has told that it has drawn one before.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any, Final

import msgspec
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.staticfiles import StaticFiles
from playwright.async_api import Browser, CDPSession

from benchmarks.page_figures import Figure, Step
from benchmarks.page_work import used_heap
from benchmarks.waves import metrics
from tools.stage import WALL, alarm, alarm_frame, chair, value
from vitalwatch.web import bind, make_server
from vitalwatch.web.site import static_folder

CHAIRS: Final = 64
BATCHES: Final = 4
"""Batches of values a second; each holds a quarter of the chairs."""

CUFF_S: Final = 300
VISIT_S: Final = 3600
SNAPSHOT_S: Final = 1800
ALARM_S: Final = 1200
AHEAD: Final = 8
"""Seconds that may be on their way to the page: what it keeps is measured, and not what it has yet to read."""

DRAWN_S: Final = 60.0
"""Real seconds after which a page that has drawn nothing is taken for broken."""

WARM_UP_S: Final = 2100
"""Service seconds until everything is full that is meant to be: sparklines hold half an hour."""

Frame = dict[str, Any]


def now_chair(number: int, second: int) -> Frame:
    """A chair as it stands at a second."""
    in_visit = (second + 56 * number) % VISIT_S
    phase = ("preparation", "infusion", "recovery")[in_visit * 3 // VISIT_S]
    made = chair(number, phase=phase, visit_age_s=in_visit, mark="SIMULATED")
    made["values"] = [*beats(number, second), *cuff(number, second, (second + 5 * number) % CUFF_S)]
    return made


def beats(number: int, second: int) -> list[Frame]:
    """What a chair's oximeter says at a second."""
    name = str(number)
    return [
        value(name, "heart_rate", 60 + (second + number) % 40, stale_s=5, gone_s=10),
        value(name, "spo2", 92 + (second // 3 + number) % 8, stale_s=5, gone_s=10),
    ]


def cuff(number: int, second: int, age_s: int) -> list[Frame]:
    """What a chair's cuff has measured so long before a second."""
    more = (second - age_s) // CUFF_S % 20
    return [
        value(str(number), vital, mmhg + more, episodic=True, age_s=age_s, stale_s=900, gone_s=3600)
        for vital, mmhg in (("systolic", 130), ("diastolic", 80), ("mean_pressure", 97))
    ]


def now_alarm(number: int, second: int) -> Frame | None:
    """A chair's alarm at a second: for a minute each twenty, first pending, then active, acknowledged and over."""
    since = (second + 19 * number) % ALARM_S
    states = ("pending", "active", "acknowledged", "idle")
    if since > 60:
        return None
    state = states[0 if since < 5 else 1 if since < 30 else 2 if since < 60 else 3]
    priority = ("high", "medium", "low")[number % 3]
    text = f"SpO2 low {80 + since % 10} < 90"
    return alarm(str(number), "SPO2-LOW", priority, text, ["spo2"], state=state, since_age_s=since)


def second_of(second: int) -> Iterator[Frame]:
    """All that a service sends in one second but its heartbeat."""
    numbers = range(1, CHAIRS + 1)
    if second % SNAPSHOT_S == 0:
        yield snapshot(second)
    for number in numbers:
        present = now_alarm(number, second)
        if present and present["since_age_s"] in (0, 5, 30, 60):
            yield alarm_frame(present)
        elif present:
            yield {"type": "alarms", "alarms": [present]}
        if (second + number) % 60 == 0:
            yield {"type": "chair", "chair": {k: v for k, v in now_chair(number, second).items() if k != "alarms"}}
    for batch in range(BATCHES):
        some = [number for number in numbers if number % BATCHES == batch]
        found = [one for number in some for one in beats(number, second)]
        found += [one for number in some if (second + 5 * number) % CUFF_S == 0 for one in cuff(number, second, 0)]
        yield {"type": "vitals", "values": found}
    if second % 300 == 0:
        screens = [screen(f"tablet {n}") for n in range(1 + second // 300 % 3)]
        yield {"type": "screens", "screens": screens, "fallback": True}


def screen(name: str) -> Frame:
    """One that is alive."""
    about = {"screen": name, "kind": "viewer", "alive": True, "sound": "on", "visible": True}
    return {**about, "heard_age_s": 0.5, "awake": True}


def snapshot(second: int) -> Frame:
    """The whole clinic at a second."""
    chairs = [now_chair(number, second) for number in range(1, CHAIRS + 1)]
    for number, each in enumerate(chairs, 1):
        present = now_alarm(number, second)
        each["alarms"] = [present] if present and present["state"] != "idle" else []
    about = {"wall": WALL, "clinic": "Hours", "version": "0", "notices": [], "clinic_alarms": [], "screens": []}
    look = {"palette": "classic", "colours": {}}
    return {"type": "snapshot", "speed": 1, **about, "look": look, "chairs": chairs, "fallback": True}


class Player:
    """Plays seconds to one page, as fast as it draws them.

    Attributes:
        address: of the page.
        second: the newest that was played.
    """

    def __init__(self) -> None:
        self.address = ""
        self.second = -1
        self._socket: WebSocket | None = None
        self._seq = count(1)
        self._waited_s = 0
        self._undrawn: deque[int] = deque()
        self._heard = asyncio.Event()
        self._sending = asyncio.Lock()

    async def live(self, socket: WebSocket) -> None:
        """Take in a page and read what it says: its receipts."""
        await socket.accept()
        if self.second >= 0:
            raise RuntimeError("the page has lost its connection, and what it holds now is not what it held")
        self._socket = socket
        self._heard.set()
        beating = asyncio.create_task(self._beat(), name="heartbeat")
        with suppress(WebSocketDisconnect):
            while True:
                heard = msgspec.json.decode(await socket.receive_text())
                while heard["type"] == "drew" and self._undrawn and self._undrawn[0] <= heard["seq"]:
                    self._undrawn.popleft()
                self._heard.set()
        beating.cancel()
        self._socket = None

    async def play(self, until: int) -> None:
        """Play on up to a second, and wait until all of it is drawn.

        Raises:
            TimeoutError: if the page no longer draws.
            RuntimeError: if it has closed its connection.
        """
        await self._until(lambda: self._socket is not None)
        while self.second < until:
            self.second += 1
            for frame in second_of(self.second):
                await self._send(frame)
            self._undrawn.append(await self._send({"type": "heartbeat"}))
            await self._until(lambda: len(self._undrawn) < AHEAD)
        await self._until(lambda: not self._undrawn)

    async def _until(self, wanted: Callable[[], bool]) -> None:
        async with asyncio.timeout(DRAWN_S):
            while not wanted():
                self._heard.clear()
                await self._heard.wait()

    async def _beat(self) -> None:
        """Be heard in real time too, and let time pass, while nothing is played: while a heap is collected, say."""
        while True:
            await asyncio.sleep(1)
            if self.second >= 0:  # the snapshot is the first frame
                self._waited_s += 1
                await self._send({"type": "heartbeat"})

    async def _send(self, frame: Frame) -> int:
        if self._socket is None:
            raise RuntimeError("the page has closed its connection")
        async with self._sending:
            seq = next(self._seq)
            now = self.second + self._waited_s
            await self._socket.send_text(msgspec.json.encode({"now": now, **frame, "seq": seq}).decode())
        return seq


@asynccontextmanager
async def playing() -> AsyncIterator[Player]:
    """Serve the page with such a clinic for the length of a block."""
    player = Player()
    site = FastAPI()
    site.add_api_websocket_route("/ws/live", player.live)
    site.mount("/", StaticFiles(directory=static_folder(), html=True))
    server = make_server(site)
    listener = bind("127.0.0.1", 0)
    player.address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    serving = asyncio.create_task(server.serve([listener]), name="player")
    try:
        yield player
    finally:
        server.should_exit = True
        await serving


async def measure(browser: Browser, hours: float, step: Step) -> list[Figure]:
    """Play so many hours after the warm-up; what the page holds at both ends, after a collection."""
    async with playing() as player:
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        session = await page.context.new_cdp_session(page)
        await session.send("Performance.enable")
        await page.goto(player.address)
        await player.play(WARM_UP_S)
        began = time.monotonic()
        held = [await holds(session)]
        while player.second < WARM_UP_S + hours * 3600:
            step(f"hour {len(held)} of {hours:g}")
            await player.play(min(WARM_UP_S + int(hours * 3600), player.second + 3600))
            held.append(await holds(session))
        faster = hours * 3600 / (time.monotonic() - began)
        await page.close()
    (heap, nodes, listeners), (heap_after, nodes_after, listeners_after) = held[0], held[-1]
    where = f"{CHAIRS} chairs, {hours:g} h, {faster:.0f} × as fast as life"
    megabytes = ", ".join(f"{each[0] / 1e6:.2f}" for each in held)
    return [
        Figure(where, f"heap, by hour ({megabytes}): growth", (heap_after - heap) / 1e6, "MB", at_most=5),
        Figure(where, "nodes of the page at the end", nodes_after, ""),
        Figure(where, "growth", nodes_after - nodes, ""),
        Figure(where, "listeners, growth", listeners_after - listeners, ""),
        Figure("this computer", "load meanwhile", os.getloadavg()[0], ""),
    ]


async def holds(session: CDPSession) -> tuple[float, float, float]:
    """What the page holds after a collection: bytes of its heap, nodes, listeners."""
    heap = await used_heap(session)
    counts = await metrics(session)
    return heap, counts["Nodes"], counts["JSEventListeners"]
