"""TCP links to a far end that plays a terminal server, on the loopback."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvloop

from tests.patience import PATIENCE_S
from vitalwatch.links import Links, stream, tcp

SO_ATTACH_FILTER = 26  # asm-generic/socket.h
TCP_REPAIR = 19  # linux/tcp.h; a connection closed in this state is forgotten without a word to the far end


class Server:
    """A terminal server on a port of its own: hands out the connections that come in."""

    def __init__(self, server: asyncio.Server) -> None:
        self._server = server
        self.port = server.sockets[0].getsockname()[1]
        self.calls: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def call(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(PATIENCE_S):
            return await self.calls.get()


@asynccontextmanager
async def listening(port: int = 0) -> AsyncIterator[Server]:
    made: list[Server] = []
    writers: list[asyncio.StreamWriter] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        made[0].calls.put_nowait((reader, writer))

    made.append(Server(await asyncio.start_server(take, "127.0.0.1", port)))
    try:
        yield made[0]
    finally:
        made[0]._server.close()
        for writer in writers:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def both_ways(links: Links, sink: Any, running: Any) -> None:
    async with listening() as server:
        link = links.open(f"tcp://localhost:{server.port}")
        async with running(link, sink):
            reader, writer = await server.call()
            await sink.expect("opened")
            writer.write(bytes(range(256)))
            await sink.expect_bytes(bytes(range(256)))
            link.send(b"\x02poll\x03")
            async with asyncio.timeout(PATIENCE_S):
                assert await reader.readexactly(6) == b"\x02poll\x03"
        async with asyncio.timeout(PATIENCE_S):
            assert await reader.read() == b""  # hung up
        link.send(b"closed")


@pytest.mark.asyncio
async def test_bytes_pass_unchanged_both_ways(links: Links, sink: Any, running: Any) -> None:
    await both_ways(links, sink, running)


@pytest.mark.asyncio
async def test_the_system_is_told_to_look_after_the_connection(
    links: Links, sink: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    real = stream.settle

    def settle(connection: Any) -> None:
        real(connection)
        seen.extend(
            connection.getsockopt(level, name)
            for level, name in [
                (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                (socket.IPPROTO_TCP, socket.TCP_NODELAY),
                (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
                (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
            ]
        )

    monkeypatch.setattr(stream, "settle", settle)
    async with listening() as server, running(links.open(f"tcp://127.0.0.1:{server.port}"), sink):
        await sink.expect("opened")
    assert seen == [1, 1, stream.IDLE_S, stream.UNTAKEN_S * 1000]


@pytest.mark.asyncio
async def test_a_port_that_nobody_serves_is_told_and_opens_when_somebody_does(
    links: Links, sink: Any, running: Any
) -> None:
    async with listening() as server:
        port = server.port
    async with running(links.open(f"tcp://localhost:{port}"), sink):
        lost = await sink.expect("lost")
        assert "refuses the connection" in lost.reason
        assert f"localhost:{port}" in lost.reason
        assert lost.transient
        async with listening(port):
            await sink.expect("opened")
            assert sink.quiet


@pytest.mark.asyncio
async def test_an_unknown_host_is_told(links: Links, sink: Any, running: Any) -> None:
    async with running(links.open("tcp://no-such-host.invalid:4001"), sink):
        assert '"no-such-host.invalid"' in (await sink.expect("lost")).reason


@pytest.mark.asyncio
async def test_a_host_that_does_not_answer_is_told(
    links: Links, sink: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full backlog: the system drops what would be one more connection, as a firewall does."""
    monkeypatch.setattr(tcp, "ANSWER_S", 0.2)
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        async with running(links.open(f"tcp://127.0.0.1:{deaf.getsockname()[1]}"), sink):
            assert "does not answer" in (await sink.expect("lost")).reason


@pytest.mark.parametrize(("orderly", "told"), [(True, "closed the connection"), (False, "broke the connection off")])
@pytest.mark.asyncio
async def test_a_connection_that_is_cut_is_lost_and_comes_back(
    links: Links, sink: Any, running: Any, orderly: bool, told: str
) -> None:
    async with listening() as server, running(links.open(f"tcp://127.0.0.1:{server.port}"), sink):
        _, writer = await server.call()
        await sink.expect("opened")
        if not orderly:  # with this the system answers with a reset instead of an orderly end
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()
        lost = await sink.expect("lost")
        assert told in lost.reason
        assert lost.transient
        await sink.expect("opened")
        _, writer = await server.call()
        writer.write(b"2")
        await sink.expect_bytes(b"2")


@pytest.mark.asyncio
async def test_a_device_that_takes_no_bytes_is_a_loss_and_not_a_growing_queue(
    links: Links, sink: Any, running: Any
) -> None:
    async with listening() as server:
        link = links.open(f"tcp://127.0.0.1:{server.port}")
        async with running(link, sink):
            _, writer = await server.call()
            writer.transport.pause_reading()
            await sink.expect("opened")
            for _ in range(20_000):
                link.send(bytes(1000))
            assert "no more bytes" in (await sink.expect("lost")).reason


@pytest.mark.asyncio
async def test_a_far_end_that_forgets_the_connection_without_a_word_is_noticed(
    links: Links, sink: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half-open connection: the terminal server lost its power and is up again."""
    monkeypatch.setattr(
        stream,
        "_SETTINGS",
        [(level, name, 1 if name == "TCP_KEEPIDLE" else value) for level, name, value in stream._SETTINGS],
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        async with running(links.open(f"tcp://127.0.0.1:{listener.getsockname()[1]}"), sink):
            far, _ = await asyncio.get_running_loop().sock_accept(listener)
            await sink.expect("opened")
            try:
                far.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
            except PermissionError:
                far.close()
                pytest.skip("only the administrator may forget a connection without a word")
            far.close()
            assert "broke the connection off" in (await sink.expect("lost")).reason


@pytest.mark.asyncio
async def test_a_far_end_that_vanishes_under_a_poll_is_noticed(
    links: Links, sink: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a network cable is pulled: the system drops, unanswered, what is meant for the far end."""
    quick = {"TCP_USER_TIMEOUT": 300}
    settings = [(level, name, quick.get(name, value)) for level, name, value in stream._SETTINGS]
    monkeypatch.setattr(stream, "_SETTINGS", settings)
    drop_all = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))  # BPF: return 0 bytes
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        link = links.open(f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        async with running(link, sink):
            far, _ = await asyncio.get_running_loop().sock_accept(listener)
            with far:
                await sink.expect("opened")
                far.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(drop_all)))
                link.send(b"poll")
                lost = await sink.expect("lost")
    assert "stopped answering" in lost.reason
    assert lost.transient


@pytest.mark.asyncio
async def test_a_bug_in_the_sink_comes_out_of_run_and_hangs_up(links: Links, sink: Any) -> None:
    def bug(_: object) -> None:
        raise ZeroDivisionError

    sink.received = bug
    async with listening() as server:
        task = asyncio.create_task(links.open(f"tcp://127.0.0.1:{server.port}").run(sink))
        reader, writer = await server.call()
        writer.write(b"1")
        with pytest.raises(ZeroDivisionError):
            async with asyncio.timeout(PATIENCE_S):
                await task
        async with asyncio.timeout(PATIENCE_S):
            assert await reader.read() == b""


def test_bytes_pass_on_the_event_loop_of_the_service(links: Links, sink: Any, running: Any) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(both_ways(links, sink, running))
