"""Datagrams on the loopback: 127.0.0.2 and the like are other devices."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import uvloop

from tests.patience import PATIENCE_S
from vitalwatch.driver import Message
from vitalwatch.links import Links

GROUP = "224.0.23.63"


@pytest.fixture
def port() -> int:
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture
def device() -> Iterator[Any]:
    """Makes sockets that send from an address of their own."""
    with ExitStack() as stack:

        def make(address: str = "127.0.0.1") -> socket.socket:
            made = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            made.bind((address, 0))
            made.setblocking(False)
            return made

        yield make


async def whole_messages(links: Links, sink: Any, running: Any, port: int, device: Any) -> None:
    async with running(links.open(f"udp://127.0.0.1:{port}"), sink):
        await sink.expect("opened")
        monitor = device()
        for payload in (b"one", b"", bytes(range(256)) * 200):
            monitor.sendto(payload, ("127.0.0.1", port))
            assert await sink.expect("received") == Message(payload)


@pytest.mark.asyncio
async def test_each_datagram_is_a_message(links: Links, sink: Any, running: Any, port: int, device: Any) -> None:
    await whole_messages(links, sink, running, port, device)


def test_each_datagram_is_a_message_on_the_event_loop_of_the_service(
    links: Links, sink: Any, running: Any, port: int, device: Any
) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(whole_messages(links, sink, running, port, device))


@pytest.mark.asyncio
async def test_a_monitor_that_has_to_be_asked_first_is_asked_and_only_it_is_heard(
    links: Links, sink: Any, running: Any, port: int, device: Any
) -> None:
    monitor, other = device("127.0.0.1"), device("127.0.0.2")
    link = links.open(f"udp://127.0.0.1:{port}?to=127.0.0.1:{monitor.getsockname()[1]}")
    link.send(b"not open yet")
    async with running(link, sink):
        await sink.expect("opened")
        link.send(b"who are you")
        async with asyncio.timeout(PATIENCE_S):
            assert await asyncio.get_running_loop().sock_recv(monitor, 100) == b"who are you"
        other.sendto(b"a stranger", ("127.0.0.1", port))
        device("127.0.0.1").sendto(b"from another port of it", ("127.0.0.1", port))
        assert await sink.expect("received") == Message(b"from another port of it")
        link.send(b"go on")
        async with asyncio.timeout(PATIENCE_S):
            assert await asyncio.get_running_loop().sock_recv(monitor, 100) == b"go on"


@pytest.mark.asyncio
async def test_an_answer_goes_to_whoever_was_heard_last(
    links: Links, sink: Any, running: Any, port: int, device: Any
) -> None:
    link = links.open(f"udp://127.0.0.1:{port}")
    link.send(b"nobody yet")
    async with running(link, sink):
        await sink.expect("opened")
        link.send(b"nobody yet")
        monitor = device()
        monitor.sendto(b"hello", ("127.0.0.1", port))
        await sink.expect("received")
        link.send(b"poll")
        async with asyncio.timeout(PATIENCE_S):
            assert await asyncio.get_running_loop().sock_recv(monitor, 100) == b"poll"


@pytest.mark.asyncio
async def test_devices_share_a_port_each_by_its_address(
    links: Links, make_sink: Any, running: Any, port: int, device: Any
) -> None:
    two, rest = make_sink(), make_sink()
    async with (
        running(links.open(f"udp://127.0.0.1:{port}?from=127.0.0.2"), two),
        running(links.open(f"udp://127.0.0.1:{port}"), rest),
    ):
        await two.expect("opened")
        await rest.expect("opened")
        device("127.0.0.3").sendto(b"3", ("127.0.0.1", port))
        device("127.0.0.2").sendto(b"2", ("127.0.0.1", port))
        assert await two.expect("received") == Message(b"2")
        assert await rest.expect("received") == Message(b"3")
    assert two.quiet
    assert rest.quiet


@pytest.mark.asyncio
async def test_a_sender_that_nobody_expects_is_not_heard(
    links: Links, sink: Any, running: Any, port: int, device: Any
) -> None:
    async with running(links.open(f"udp://127.0.0.1:{port}?from=127.0.0.2"), sink):
        await sink.expect("opened")
        device("127.0.0.4").sendto(b"stranger", ("127.0.0.1", port))
        device("127.0.0.2").sendto(b"2", ("127.0.0.1", port))
        assert await sink.expect("received") == Message(b"2")


@pytest.mark.asyncio
async def test_a_multicast_group_is_joined_and_only_its_datagrams_are_heard(
    links: Links, sink: Any, running: Any, port: int, device: Any
) -> None:
    async with running(links.open(f"udp://127.0.0.1:{port}?group={GROUP}"), sink):
        await sink.expect("opened")
        monitor = device()
        monitor.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        monitor.sendto(b"not for the group", ("127.0.0.1", port))
        monitor.sendto(b"for the group", (GROUP, port))
        assert await sink.expect("received") == Message(b"for the group")
    with socket.socket(type=socket.SOCK_DGRAM) as free:
        free.bind((GROUP, port))


@pytest.mark.asyncio
async def test_a_port_that_another_program_holds_is_told_and_opens_once_it_is_free(
    links: Links, sink: Any, running: Any, port: int, device: Any
) -> None:
    other = socket.socket(type=socket.SOCK_DGRAM)
    other.bind(("127.0.0.1", port))
    async with running(links.open(f"udp://127.0.0.1:{port}"), sink):
        lost = await sink.expect("lost")
        assert "Another program" in lost.reason
        assert not lost.transient
        other.close()
        await sink.expect("opened")
        device().sendto(b"1", ("127.0.0.1", port))
        assert await sink.expect("received") == Message(b"1")


@pytest.mark.asyncio
async def test_an_address_that_is_not_ours_is_told(links: Links, sink: Any, running: Any, port: int) -> None:
    async with running(links.open(f"udp://203.0.113.1:{port}"), sink):
        assert "no address 203.0.113.1" in (await sink.expect("lost")).reason


@pytest.mark.asyncio
async def test_the_second_device_at_one_place_is_told_and_never_opened(
    links: Links, make_sink: Any, running: Any, port: int, device: Any
) -> None:
    first, second = make_sink(), make_sink()
    async with (
        running(links.open(f"udp://127.0.0.1:{port}"), first),
        running(links.open(f"udp://127.0.0.1:{port}"), second),
    ):
        await first.expect("opened")
        assert "from=" in (await second.expect("lost")).reason
        device().sendto(b"1", ("127.0.0.1", port))
        await first.expect("received")
        assert second.quiet


@pytest.mark.asyncio
async def test_ipv6(links: Links, sink: Any, running: Any, port: int) -> None:
    if not socket.has_ipv6:
        pytest.skip("this computer has no IPv6")
    async with running(links.open(f"udp://[::1]:{port}?from=::1"), sink):
        await sink.expect("opened")
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as monitor:
            monitor.sendto(b"6", ("::1", port))
        assert await sink.expect("received") == Message(b"6")
