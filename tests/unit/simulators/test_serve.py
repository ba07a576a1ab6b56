"""Monitors on real pseudo-terminals and a real broker: what arrives, how fast, and what is lost."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from tests.patience import PATIENCE_S
from vitalwatch.clock import SystemClock
from vitalwatch.driver import LineSettings
from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import MqttLink, PtyLink
from vitalwatch_simulators.monitor import Publication
from vitalwatch_simulators.serve import serve
from vitalwatch_simulators.wires import outage
from vitalwatch_simulators.wires.mqtt import OnMqtt
from vitalwatch_simulators.wires.pty import UNREAD_BYTES, OnPty
from vitalwatch_simulators.wires.timeline import Timeline

FAST = LineSettings(1_000_000)
"""A line speed at which pacing does not matter."""


class Repeating:
    """A monitor that says the same bytes again and again, numbered if asked for."""

    def __init__(self, say: Callable[[int], bytes], period_s: float = 1.0) -> None:
        self._say = say
        self._period_s = period_s
        self.count = 0
        self.will = Publication("/will", b"gone", 1)

    def next_at(self) -> float:
        return self.count * self._period_s

    def line(self) -> bytes:
        self.count += 1
        return self._say(self.count - 1)


class Lines(Repeating):
    def emit(self, t: float) -> bytes:
        return self.line()


class Messages(Repeating):
    def emit(self, t: float) -> list[Publication]:
        line = self.line()
        return [Publication("", line, 0), Publication("/cuff", line, 1)]


async def read(path: Path, enough: Callable[[bytes], bool]) -> bytes:
    """Read a port until ``enough`` is content with what came."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    loop = asyncio.get_running_loop()
    came = bytearray()
    done = asyncio.Event()

    def take() -> None:
        came.extend(os.read(port, 65536))
        if enough(bytes(came)):
            done.set()

    loop.add_reader(port, take)
    try:
        await asyncio.wait_for(done.wait(), PATIENCE_S)
    finally:
        loop.remove_reader(port)
        os.close(port)
    return bytes(came)


def mqtt(port: int, topic: str = "chair/1") -> MqttLink:
    return MqttLink("127.0.0.1", port, topic)


@asynccontextmanager
async def listening(port: int, topic: str = "chair/#") -> AsyncGenerator[Callable[[], Any]]:
    """Subscribe, and give a function that awaits the next message."""
    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe(topic, qos=1)
        messages = aiter(client.messages)
        yield lambda: asyncio.wait_for(anext(messages), PATIENCE_S)


@pytest.mark.asyncio
async def test_every_byte_value_arrives_unchanged_and_in_order(serving: Any, tmp_path: Path) -> None:
    path = tmp_path / "port"
    async with serving([OnPty(Lines(lambda _: bytes(range(256)), 1000.0), PtyLink(path), FAST)]):
        assert await read(path, lambda came: len(came) >= 256) == bytes(range(256))


@pytest.mark.asyncio
async def test_bytes_take_the_time_of_the_line(serving: Any, tmp_path: Path) -> None:
    path = tmp_path / "port"
    async with serving([OnPty(Lines(lambda _: bytes(192), 1000.0), PtyLink(path), LineSettings(9600))]):
        begun = time.monotonic()
        await read(path, lambda came: len(came) >= 192)
    assert time.monotonic() - begun > 0.19  # 192 bytes of 10 bits at 9600 baud are 0.2 s, from just before `begun`


@pytest.mark.asyncio
async def test_speed_makes_periods_shorter(serving: Any, tmp_path: Path) -> None:
    path = tmp_path / "port"
    monitor = Lines(lambda n: b"%d\n" % n, 60.0)
    async with serving([OnPty(monitor, PtyLink(path), FAST)], speed=6000.0):
        came = await read(path, lambda came: came.count(b"\n") >= 20)  # twenty minutes
    assert came.startswith(b"0\n1\n2\n3\n")


@pytest.mark.asyncio
async def test_what_nobody_reads_is_lost_and_not_kept_for_a_late_reader(serving: Any, tmp_path: Path) -> None:
    path = tmp_path / "port"
    enough = asyncio.Event()

    def say(number: int) -> bytes:
        if number == 2000:
            enough.set()
        return b"%07d\n" % number

    async with serving([OnPty(Lines(say), PtyLink(path), FAST)], speed=20000.0):
        await asyncio.wait_for(enough.wait(), PATIENCE_S)
        came = await read(path, lambda came: len(came) > 8)
    first = int(came[came.index(b"\n") + 1 :].split(b"\n")[0])
    # On a busy computer the system brings bytes to the port late, and what is on that way cannot be thrown away.
    assert first >= 2000 - 4 * UNREAD_BYTES // 8


@pytest.mark.asyncio
async def test_readers_may_come_and_go(serving: Any, tmp_path: Path) -> None:
    path = tmp_path / "port"
    async with serving([OnPty(Lines(lambda n: b"%d\n" % n), PtyLink(path), FAST)], speed=100.0):
        for _ in range(3):
            assert await read(path, lambda came: came.count(b"\n") >= 2)


@pytest.mark.asyncio
async def test_the_ports_name_replaces_a_left_over_one_and_goes_at_the_end(serving: Any, tmp_path: Path) -> None:
    path = tmp_path / "port"
    path.symlink_to("/dev/pts/none")
    async with serving([OnPty(Lines(lambda _: b"x"), PtyLink(path), FAST)]):
        assert path.is_char_device()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.asyncio
async def test_a_file_in_the_ports_place_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "port"
    path.write_text("precious")
    with pytest.raises(LinkError) as error:
        await serve([OnPty(Lines(lambda _: b"x"), PtyLink(path), FAST)], Timeline(SystemClock()), ready=lambda: None)
    assert error.value.url == f"pty:{path}"
    assert not error.value.transient
    assert path.read_text() == "precious"


@pytest.mark.asyncio
async def test_messages_arrive_with_topic_and_qos_and_are_not_retained(serving: Any, broker: Any) -> None:
    async with (
        listening(broker.port) as next_message,
        serving([OnMqtt(Messages(lambda n: b"%d" % n), mqtt(broker.port))], speed=50.0),
    ):
        came = [await next_message() for _ in range(4)]
    assert [(m.topic.value, m.payload, m.qos, m.retain) for m in came] == [
        ("chair/1", b"0", 0, False),
        ("chair/1/cuff", b"0", 1, False),
        ("chair/1", b"1", 0, False),
        ("chair/1/cuff", b"1", 1, False),
    ]


@pytest.mark.asyncio
async def test_a_broker_that_is_not_there_ends_everything_at_the_start(tmp_path: Path, unused_tcp_port: int) -> None:
    path = tmp_path / "port"
    stations = [
        OnPty(Lines(lambda _: b"x"), PtyLink(path), FAST),
        OnMqtt(Messages(lambda _: b"x"), mqtt(unused_tcp_port)),
    ]
    was_ready = False

    def ready() -> None:
        nonlocal was_ready
        was_ready = True

    with pytest.raises(LinkError) as error:
        await serve(stations, Timeline(SystemClock()), ready=ready)
    assert error.value.url == f"mqtt://127.0.0.1:{unused_tcp_port}/chair/1"
    assert not was_ready
    assert list(tmp_path.iterdir()) == []


@pytest.mark.asyncio
async def test_a_broker_lost_is_found_again_and_what_came_due_in_between_is_not_sent(
    serving: Any, broker: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(outage, "RETRY_S", 0.02)
    monitor = Messages(lambda n: b"%d" % n)
    async with serving([OnMqtt(monitor, mqtt(broker.port))], speed=100.0):
        async with listening(broker.port) as next_message:
            await next_message()
        await asyncio.to_thread(broker.stop)
        at_loss = monitor.count
        await asyncio.sleep(0.2)  # twenty messages come due; that is the story, not a guess at when something happens
        await asyncio.to_thread(broker.start)
        async with listening(broker.port) as next_message:
            first = await next_message()
    assert int(first.payload) > at_loss + 15
    said = capsys.readouterr().err
    assert said.count("cannot be reached") == 1
    assert said.count("is there") == 1
