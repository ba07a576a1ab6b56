"""Devices that dial in, on the loopback: 127.0.0.2 and the like are other devices."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import uvloop

from tests.patience import PATIENCE_S
from vitalwatch.links import Links, tcp_listen


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses of a clinic, shortened."""
    monkeypatch.setattr(tcp_listen, "SILENT_S", 0.2)
    monkeypatch.setattr(tcp_listen, "PROOF_AFTER_S", 0.05)


class Device:
    """What dials in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def hung_up(self) -> None:
        """Wait until the far end has closed the connection."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                assert await self.reader.read() == b""
            except ConnectionResetError:
                return


@asynccontextmanager
async def dialled(port: int, address: str = "127.0.0.1") -> AsyncIterator[Device]:
    """A device that has dialled in, as soon as somebody listens."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0.005)
    try:
        yield Device(reader, writer)
    finally:
        writer.close()
        await asyncio.wait({asyncio.ensure_future(writer.wait_closed())})


@pytest.mark.asyncio
async def test_bytes_pass_both_ways_and_a_cut_is_told_until_the_device_dials_again(
    links: Links, sink: Any, running: Any, port: int
) -> None:
    link = links.open(f"tcp-listen://127.0.0.1:{port}")
    async with running(link, sink):
        async with dialled(port) as device:
            await sink.expect("opened")
            device.say(bytes(range(256)))
            await sink.expect_bytes(bytes(range(256)))
            link.send(b"poll")
            async with asyncio.timeout(PATIENCE_S):
                assert await device.reader.readexactly(4) == b"poll"
        lost = await sink.expect("lost")
        assert "The device at 127.0.0.1" in lost.reason
        assert lost.url == link.url.text
        async with dialled(port) as device:
            await sink.expect("opened")
            device.say(b"2")
            await sink.expect_bytes(b"2")
        await sink.expect("lost")


@pytest.mark.asyncio
async def test_stopping_the_link_hangs_up_and_frees_the_port(links: Links, sink: Any, running: Any, port: int) -> None:
    async with AsyncExitStack() as stack:
        async with running(links.open(f"tcp-listen://127.0.0.1:{port}"), sink):
            device = await stack.enter_async_context(dialled(port))
            await sink.expect("opened")
        await device.hung_up()
        with socket.create_server(("127.0.0.1", port)):
            pass


@pytest.mark.asyncio
async def test_a_device_that_dials_again_gets_through_although_its_old_connection_still_stands(
    links: Links, sink: Any, running: Any, port: int
) -> None:
    async with running(links.open(f"tcp-listen://127.0.0.1:{port}"), sink), dialled(port) as old:
        await sink.expect("opened")
        old.say(b"1")
        await sink.expect_bytes(b"1")
        async with dialled(port) as new:
            new.say(b"waited")
            assert "dialled in again" in (await sink.expect("lost")).reason
            await sink.expect("opened")
            await sink.expect_bytes(b"waited")
            await old.hung_up()
            new.say(b"on")
            await sink.expect_bytes(b"on")


async def two_devices(links: Links, sink: Any, running: Any, port: int) -> None:
    async with running(links.open(f"tcp-listen://127.0.0.1:{port}"), sink), dialled(port) as first:
        await sink.expect("opened")
        async with dialled(port) as second:
            second.say(b"another patient")
            hung_up = asyncio.create_task(second.hung_up())
            said = 0
            while not hung_up.done():
                first.say(b"1")
                said += 1
                await asyncio.wait({hung_up}, timeout=0.02)
            await hung_up
        await sink.expect_bytes(b"1" * said)
        first.say(b"2")
        await sink.expect_bytes(b"2")
        assert sink.quiet


@pytest.mark.asyncio
async def test_a_second_device_behind_the_same_address_never_mixes_in(
    links: Links, sink: Any, running: Any, port: int
) -> None:
    await two_devices(links, sink, running, port)


def test_a_second_device_never_mixes_in_on_the_event_loop_of_the_service(
    links: Links, sink: Any, running: Any, port: int
) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(two_devices(links, sink, running, port))


async def scanned(links: Links, sink: Any, running: Any, port: int) -> None:
    faults: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    async with running(links.open(f"tcp-listen://127.0.0.1:{port}?from=127.0.0.2"), sink):
        async with dialled(port, "127.0.0.3") as stranger:
            await stranger.hung_up()
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", port)) as scanner:
                scanner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        async with dialled(port, "127.0.0.2") as device:
            await sink.expect("opened")
            device.say(b"1")
            await sink.expect_bytes(b"1")
    assert faults == []


@pytest.mark.asyncio
async def test_callers_who_hang_up_before_they_are_answered_do_no_harm(
    links: Links, sink: Any, running: Any, port: int
) -> None:
    await scanned(links, sink, running, port)


def test_callers_who_hang_up_do_no_harm_on_the_event_loop_of_the_service(
    links: Links, sink: Any, running: Any, port: int
) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(scanned(links, sink, running, port))


@pytest.mark.asyncio
async def test_a_device_of_another_address_is_turned_away_while_the_first_is_connected(
    links: Links, sink: Any, running: Any, port: int
) -> None:
    async with running(links.open(f"tcp-listen://127.0.0.1:{port}"), sink):
        async with dialled(port, "127.0.0.1") as first:
            await sink.expect("opened")
            async with dialled(port, "127.0.0.2") as second:
                await second.hung_up()
            first.say(b"1")
            await sink.expect_bytes(b"1")
        await sink.expect("lost")
        async with dialled(port, "127.0.0.2") as second:
            await sink.expect("opened")
            second.say(b"2")
            await sink.expect_bytes(b"2")


@pytest.mark.asyncio
async def test_devices_share_a_port_each_by_its_address(links: Links, make_sink: Any, running: Any, port: int) -> None:
    two, three = make_sink(), make_sink()
    async with (
        running(links.open(f"tcp-listen://127.0.0.1:{port}?from=127.0.0.2"), two),
        running(links.open(f"tcp-listen://127.0.0.1:{port}?from=127.0.0.3"), three),
        dialled(port, "127.0.0.3") as third,
        dialled(port, "127.0.0.2") as second,
        dialled(port, "127.0.0.4") as stranger,
    ):
        await two.expect("opened")
        await three.expect("opened")
        second.say(b"2")
        third.say(b"3")
        await two.expect_bytes(b"2")
        await three.expect_bytes(b"3")
        await stranger.hung_up()
        assert two.quiet
        assert three.quiet


@pytest.mark.asyncio
async def test_a_device_that_never_dials_in_is_told_after_a_while(
    links: Links, sink: Any, running: Any, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp_listen, "FIRST_CALL_S", 0.02)
    async with running(links.open(f"tcp-listen://127.0.0.1:{port}?from=127.0.0.2"), sink):
        lost = await sink.expect("lost")
        assert "127.0.0.2" in lost.reason
        assert str(port) in lost.reason
        assert lost.transient
        async with dialled(port, "127.0.0.2"):
            await sink.expect("opened")


@pytest.mark.asyncio
async def test_a_port_that_another_program_holds_is_told_and_opens_once_it_is_free(
    links: Links, sink: Any, running: Any, port: int
) -> None:
    other_program = socket.create_server(("127.0.0.1", port))
    async with running(links.open(f"tcp-listen://127.0.0.1:{port}"), sink):
        lost = await sink.expect("lost")
        assert "Another program" in lost.reason
        assert not lost.transient
        other_program.close()
        async with dialled(port):
            await sink.expect("opened")


@pytest.mark.asyncio
async def test_an_address_that_is_not_ours_is_told(links: Links, sink: Any, running: Any, port: int) -> None:
    async with running(links.open(f"tcp-listen://203.0.113.1:{port}"), sink):
        lost = await sink.expect("lost")
    assert "no address 203.0.113.1" in lost.reason
    assert lost.transient


@pytest.mark.asyncio
async def test_two_devices_of_the_config_at_one_place_are_told_and_the_second_inherits(
    links: Links, make_sink: Any, running: Any, port: int
) -> None:
    first, second = make_sink(), make_sink()
    url = f"tcp-listen://127.0.0.1:{port}"
    async with running(links.open(url), first):
        async with dialled(port):
            await first.expect("opened")
            heir = asyncio.create_task(links.open(url).run(second))
            assert "from=" in (await second.expect("lost")).reason
        await first.expect("lost")
    async with dialled(port):
        await second.expect("opened")
        heir.cancel()
        await asyncio.wait({heir})
    assert first.quiet


@pytest.mark.asyncio
async def test_a_bug_in_one_sink_leaves_the_other_devices_of_the_port_alone(
    links: Links, make_sink: Any, running: Any, port: int
) -> None:
    def bug(_: object) -> None:
        raise ZeroDivisionError

    faulty, sound = make_sink(), make_sink()
    faulty.received = bug
    broken = asyncio.create_task(links.open(f"tcp-listen://127.0.0.1:{port}?from=127.0.0.2").run(faulty))
    async with (
        running(links.open(f"tcp-listen://127.0.0.1:{port}?from=127.0.0.3"), sound),
        dialled(port, "127.0.0.2") as second,
        dialled(port, "127.0.0.3") as third,
    ):
        second.say(b"2")
        with pytest.raises(ZeroDivisionError):
            async with asyncio.timeout(PATIENCE_S):
                await broken
        await sound.expect("opened")
        third.say(b"3")
        await sound.expect_bytes(b"3")
