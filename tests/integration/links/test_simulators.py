"""Simulated monitors and the service's own links, each kind of wire with its counterpart, both ways."""

from __future__ import annotations

import asyncio
import math
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.clock import SystemClock
from vitalwatch.driver import LineSettings, Message, load_driver
from vitalwatch.links import Links
from vitalwatch.model import Observation, Vital
from vitalwatch_simulators.clinic import DevicePlan, make_rig, put_on_link
from vitalwatch_simulators.links import PtyLink, TcpLink, TcpListenLink, UdpLink
from vitalwatch_simulators.scenario import load_scenario
from vitalwatch_simulators.serve import OnWire, serve
from vitalwatch_simulators.wires import outage
from vitalwatch_simulators.wires.pty import OnPty
from vitalwatch_simulators.wires.tcp import OnTcp, OnTcpListen
from vitalwatch_simulators.wires.timeline import Timeline
from vitalwatch_simulators.wires.udp import OnUdp

STARTED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def of_clinic(plan: DevicePlan) -> OnWire:
    """One of the devices that there are, on a quiet person."""
    return put_on_link(plan, make_rig(plan, load_scenario("quiet").patient(), STARTED, "1"))


class Polled:
    """Says only what it is asked for."""

    def next_at(self) -> float:
        return math.inf

    def emit(self, t: float) -> bytes:
        raise AssertionError("never due")

    def receive(self, data: bytes, t: float) -> bytes:
        return bytes(reversed(data))


class Calling:
    """Calls out in datagrams each second, so that it can be asked."""

    def __init__(self) -> None:
        self._called = 0

    def next_at(self) -> float:
        return float(self._called)

    def emit(self, t: float) -> list[bytes]:
        self._called += 1
        return [b"here"]

    def receive(self, data: bytes, t: float) -> list[bytes]:
        return [bytes(reversed(data))]


@pytest.fixture
def port() -> int:
    """A TCP and UDP port of the loopback that nobody has."""
    with socket.socket() as probe, socket.socket(type=socket.SOCK_DGRAM) as other:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        other.bind(("127.0.0.1", number))
        return number


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next try of a simulator come at once."""
    monkeypatch.setattr(outage, "RETRY_S", 0.02)


@asynccontextmanager
async def simulated(*stations: OnWire, speed: float = 30.0) -> AsyncIterator[None]:
    """Stations from ``ready`` to the end of the block."""
    ready = asyncio.Event()
    task = asyncio.create_task(serve(stations, Timeline(SystemClock(speed)), ready=ready.set))
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({task, waiting}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        assert ready.is_set(), task
        yield
    finally:
        waiting.cancel()
        task.cancel()
        await asyncio.wait({task, waiting})


async def ask(link: Any, sink: Any) -> None:
    """Ask a device that says bytes back in reverse."""
    for question in (b"first", bytes(range(256))):
        link.send(question)
        await sink.expect_bytes(bytes(reversed(question)))


@pytest.mark.asyncio
async def test_the_service_polls_a_device_on_a_pseudo_terminal_as_on_a_serial_port(
    links: Links, sink: Any, running: Any, tmp_path: Path
) -> None:
    path = tmp_path / "port"
    link = links.open(f"serial://{path}?baud=115200&parity=N")
    async with simulated(OnPty(Polled(), PtyLink(path), LineSettings(115200))), running(link, sink):
        await sink.expect("opened")
        await ask(link, sink)


@pytest.mark.asyncio
async def test_the_service_polls_a_device_that_it_dials(links: Links, sink: Any, running: Any, port: int) -> None:
    link = links.open(f"tcp://127.0.0.1:{port}")
    async with simulated(OnTcpListen(Polled(), TcpListenLink("127.0.0.1", port))), running(link, sink):
        await sink.expect("opened")
        await ask(link, sink)


@pytest.mark.asyncio
async def test_a_device_outlives_the_service_that_dials_it(
    links: Links, make_sink: Any, running: Any, port: int
) -> None:
    async with simulated(OnTcpListen(Polled(), TcpListenLink("", port))):
        for _ in range(3):
            link, sink = links.open(f"tcp://127.0.0.1:{port}"), make_sink()
            async with running(link, sink):
                await sink.expect("opened")
                await ask(link, sink)


@pytest.mark.asyncio
async def test_a_device_dials_the_service_again_and_again(
    links: Links, make_sink: Any, running: Any, port: int
) -> None:
    async with simulated(OnTcp(Polled(), TcpLink("127.0.0.1", port))):
        for _ in range(3):
            link, sink = links.open(f"tcp-listen://127.0.0.1:{port}"), make_sink()
            async with running(link, sink):
                await sink.expect("opened")
                await ask(link, sink)


@pytest.mark.asyncio
async def test_the_service_answers_a_device_that_sends_datagrams_and_is_answered(
    links: Links, sink: Any, running: Any, port: int
) -> None:
    link = links.open(f"udp://127.0.0.1:{port}")
    async with running(link, sink):
        await sink.expect("opened")
        async with simulated(OnUdp(Calling(), UdpLink("127.0.0.1", port))):
            assert await sink.expect("received") == Message(b"here")
            link.send(b"who?")
            while (came := await sink.expect("received")) != Message(b"?ohw"):
                assert came == Message(b"here")


@pytest.mark.asyncio
@pytest.mark.parametrize("device", ["hl7", "nellcor", "nonin"])
@pytest.mark.parametrize("wire", ["tcp", "tcp-listen"])
async def test_a_device_of_the_clinic_is_read_over_tcp_either_way_round(
    device: str, wire: str, links: Links, sink: Any, running: Any, port: int
) -> None:
    place = f"://127.0.0.1:{port}"
    station = of_clinic(DevicePlan(device, wire + place))
    other = {"tcp": "tcp-listen", "tcp-listen": "tcp"}[wire]
    loaded = load_driver(device)
    driver = loaded("one", loaded.Options())
    seen: set[Vital] = set()
    async with running(links.open(other + place), sink), simulated(station):
        while await sink.expect_any("opened", "lost") != "opened":
            pass
        while Vital.SPO2 not in seen:
            reports = driver.receive(await sink.expect("received"), 0.0)
            seen |= {report.vital for report in reports if isinstance(report, Observation) and report.value}
    assert driver.counts.bad_frames == 0


@pytest.mark.asyncio
async def test_a_device_on_a_serial_port_is_read_at_the_other_end_of_the_cable(
    links: Links, sink: Any, running: Any, tmp_path: Path
) -> None:
    """Two pseudo-terminals, joined as by a cable."""
    ends = [os.openpty(), os.openpty()]
    loop = asyncio.get_running_loop()
    for (near, _), (far, _) in (ends, ends[::-1]):
        loop.add_reader(near, lambda near=near, far=far: os.write(far, os.read(near, 4096)))
    device, host = (os.ttyname(slave) for _, slave in ends)
    station = of_clinic(DevicePlan("nellcor", f"serial:{device}"))
    driver = load_driver("nellcor")("one", load_driver("nellcor").Options())
    reports: list[Any] = []
    async with running(links.open(f"serial://{host}"), sink):
        await sink.expect("opened")
        async with simulated(station):
            while not reports:
                reports = driver.receive(await sink.expect("received"), 0.0)
    for master, slave in ends:
        loop.remove_reader(master)
        os.close(master)
        os.close(slave)
