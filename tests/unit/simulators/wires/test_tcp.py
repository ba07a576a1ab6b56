"""Monitors that dial and monitors that listen, on real connections of the loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.clock import SystemClock
from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import TcpLink, TcpListenLink
from vitalwatch_simulators.serve import serve
from vitalwatch_simulators.wires import outage
from vitalwatch_simulators.wires.tcp import UNREAD_BYTES, OnTcp, OnTcpListen
from vitalwatch_simulators.wires.timeline import Timeline


class Connection:
    """One end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def read(self, size: int) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            return await self._reader.readexactly(size)

    async def ended(self) -> None:
        """Wait until the far end has hung up, whatever comes before."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while await self._reader.read(4096):
                    pass
            except ConnectionResetError:
                pass

    def close(self) -> None:
        self._writer.transport.abort()


@asynccontextmanager
async def dialled(port: int) -> AsyncIterator[Connection]:
    connection = Connection(*await asyncio.open_connection("127.0.0.1", port))
    yield connection
    connection.close()


@asynccontextmanager
async def hosting(port: int) -> AsyncIterator[Any]:
    """Listen, and give a function that awaits the next call."""
    calls: asyncio.Queue[Connection] = asyncio.Queue()
    made: list[Connection] = []

    def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.append(Connection(reader, writer))
        calls.put_nowait(made[-1])

    async def next_call() -> Connection:
        async with asyncio.timeout(PATIENCE_S):
            return await calls.get()

    async with await asyncio.start_server(answer, "127.0.0.1", port) as server:
        yield next_call
        server.close()
        for connection in made:
            connection.close()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next try come at once."""
    monkeypatch.setattr(outage, "RETRY_S", 0.02)


def listening(monitor: Any, port: int) -> OnTcpListen:
    return OnTcpListen(monitor, TcpListenLink("127.0.0.1", port))


@pytest.mark.asyncio
async def test_a_host_that_dials_in_polls_a_device_and_tells_it_to_speak(
    serving: Any, free_port: int, polled: Any
) -> None:
    async with serving([listening(polled, free_port)], speed=100.0), dialled(free_port) as host:
        host.write(b"poll")
        assert await host.read(7) == b"answer\n"
        host.write(b"start")
        assert await host.read(16) == b"0000000\n0000001\n"


@pytest.mark.asyncio
async def test_a_host_that_hangs_up_does_not_stop_the_monitor(serving: Any, free_port: int, polled: Any) -> None:
    async with serving([listening(polled, free_port)], speed=100.0):
        async with dialled(free_port) as host:
            host.write(b"start")
            await host.read(8)
        left_at = polled.count
        await polled.said(left_at + 20)
        async with dialled(free_port) as host:
            assert int(await host.read(8)) >= left_at + 20


@pytest.mark.asyncio
async def test_the_host_that_dialled_last_has_the_line_alone(serving: Any, free_port: int, polled: Any) -> None:
    async with (
        serving([listening(polled, free_port)], speed=100.0),
        dialled(free_port) as first,
        dialled(free_port) as second,
    ):
        await first.ended()
        second.write(b"poll")
        assert await second.read(7) == b"answer\n"


@pytest.mark.asyncio
async def test_what_a_host_does_not_read_is_bounded(serving: Any, free_port: int, polled: Any) -> None:
    with socket.socket() as host:
        host.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UNREAD_BYTES)
        host.setblocking(False)
        loop = asyncio.get_running_loop()
        async with serving([listening(polled, free_port)], speed=1_000_000.0):
            await loop.sock_connect(host, ("127.0.0.1", free_port))
            await loop.sock_sendall(host, b"start")
            await polled.said(50_000)  # 400 KB
            old, came = 0, b""
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    came += await loop.sock_recv(host, 65536)
                    *lines, came = came.split(b"\n")
                    old += sum(8 for line in lines if int(line) < 50_000)
                    assert all(len(line) == 7 for line in lines)  # none is cut
                    if lines and int(lines[-1]) >= 50_000:
                        break
    assert 0 < old <= 6 * UNREAD_BYTES  # ours, the system's, and the host's, which both systems double


@pytest.mark.asyncio
async def test_a_port_that_is_taken_ends_everything_at_the_start(free_port: int, polled: Any) -> None:
    async with hosting(free_port):
        with pytest.raises(LinkError) as error:
            await serve([listening(polled, free_port)], Timeline(SystemClock()), ready=lambda: None)
    assert error.value.url == f"tcp-listen://127.0.0.1:{free_port}"
    assert not error.value.transient


@pytest.mark.asyncio
async def test_a_device_dials_its_host_and_again_when_that_has_hung_up(
    serving: Any, free_port: int, polled: Any, soon: None, capsys: pytest.CaptureFixture[str]
) -> None:
    async with (
        hosting(free_port) as next_call,
        serving([OnTcp(polled, TcpLink("127.0.0.1", free_port))], speed=100.0),
    ):
        first = await next_call()
        first.write(b"poll")
        assert await first.read(7) == b"answer\n"
        first.write(b"start")
        assert await first.read(8) == b"0000000\n"
        first.close()
        again = await next_call()
        assert int(await again.read(8)) > 0
    assert [line.split(": ")[2].split(" (")[0] for line in capsys.readouterr().err.splitlines()] == [
        "the host cannot be reached",
        "the host is there",
    ]


@pytest.mark.asyncio
async def test_a_host_that_is_not_there_is_tried_again_with_one_line_on_stderr(
    serving: Any, free_port: int, make_polled: Any, soon: None, capsys: pytest.CaptureFixture[str]
) -> None:
    ticking = make_polled()
    ticking.receive(b"start", 0.0)
    async with serving([OnTcp(ticking, TcpLink("127.0.0.1", free_port))], speed=100.0):  # ready all the same
        await ticking.said(20)  # ten tries
        assert capsys.readouterr().err == (
            f"vitalwatch-sim: tcp://127.0.0.1:{free_port}: "
            "the host cannot be reached (Connection refused); trying again\n"
        )
        async with hosting(free_port) as next_call:
            assert int(await (await next_call()).read(8)) >= 20  # what was said meanwhile is lost
    assert capsys.readouterr().err.count("is there") == 1


@pytest.mark.asyncio
async def test_a_host_whose_name_nobody_knows_does_not_end_the_simulation(
    serving: Any, polled: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serving([OnTcp(polled, TcpLink("host.invalid", 4001))]):
        pass
    assert capsys.readouterr().err.count("cannot be reached") == 1
