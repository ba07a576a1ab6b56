"""Monitors that speak in datagrams, on the loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.clock import SystemClock
from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import UdpLink
from vitalwatch_simulators.serve import serve
from vitalwatch_simulators.wires.timeline import Timeline
from vitalwatch_simulators.wires.udp import OnUdp


class Peer:
    """A program at a UDP port of its own."""

    def __init__(self) -> None:
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]

    def send(self, data: bytes, port: int) -> None:
        self._socket.sendto(data, ("127.0.0.1", port))

    async def expect(self) -> tuple[bytes, int]:
        """The next datagram, and the port that it came from."""
        async with asyncio.timeout(PATIENCE_S):
            data, sender = await asyncio.get_running_loop().sock_recvfrom(self._socket, 65536)
        return data, sender[1]

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def host() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.close()


@pytest.fixture
def stranger() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.close()


@pytest.mark.asyncio
async def test_an_answer_goes_to_whoever_wrote_and_the_rest_to_the_links_host(
    serving: Any, free_port: int, datagrams: Any, host: Peer, stranger: Peer
) -> None:
    link = UdpLink("127.0.0.1", host.port, free_port)
    async with serving([OnUdp(datagrams, link)], speed=100.0):
        stranger.send(b"poll", free_port)
        assert await stranger.expect() == (b"answer\n", free_port)
        assert await stranger.expect() == (b"and more", free_port)
        stranger.send(b"start", free_port)
        assert await host.expect() == (b"0000000\n", free_port)
        assert await host.expect() == (b"0000001\n", free_port)


@pytest.mark.asyncio
async def test_without_a_port_of_its_own_a_device_is_answered_where_it_sent_from(
    serving: Any, datagrams: Any, host: Peer
) -> None:
    datagrams.receive(b"start", 0.0)
    async with serving([OnUdp(datagrams, UdpLink("127.0.0.1", host.port))], speed=100.0):
        _, port = await host.expect()
        host.send(b"stop", port)
        host.send(b"poll", port)
        while (came := await host.expect())[0] != b"answer\n":
            assert came[0].strip().isdigit()
    assert datagrams.heard == b"startstoppoll"


@pytest.mark.asyncio
async def test_nobody_there_does_not_stop_the_monitor(
    serving: Any, free_port: int, datagrams: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    datagrams.receive(b"start", 0.0)
    async with serving([OnUdp(datagrams, UdpLink("127.0.0.1", free_port))], speed=100.0):
        await datagrams.said(10)
    assert capsys.readouterr().err == ""


@pytest.mark.asyncio
async def test_what_cannot_be_sent_is_said_once(
    serving: Any, datagrams: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    datagrams.receive(b"start", 0.0)
    async with serving([OnUdp(datagrams, UdpLink("127.0.0.1", 9))], speed=100.0):
        datagrams.emit = lambda t, emit=datagrams.emit: [*emit(t), bytes(70_000)][1:]  # longer than any datagram
        await datagrams.said(10)
    assert capsys.readouterr().err.count("cannot be reached") == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("host_name", ["127.0.0.1", "host.invalid"])
async def test_a_port_that_is_taken_or_a_name_nobody_knows_ends_everything_at_the_start(
    datagrams: Any, host: Peer, host_name: str
) -> None:
    link = UdpLink(host_name, 9, host.port)
    with pytest.raises(LinkError) as error:
        await serve([OnUdp(datagrams, link)], Timeline(SystemClock()), ready=lambda: None)
    assert error.value.url == str(link)
