"""A monitor on a serial port: the near end of a real pseudo-terminal whose far end the test holds."""

from __future__ import annotations

import asyncio
import os
import termios
import time
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.clock import SystemClock
from vitalwatch.driver import LineSettings
from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import SerialLink
from vitalwatch_simulators.serve import serve
from vitalwatch_simulators.wires import outage
from vitalwatch_simulators.wires.serial import OnSerial
from vitalwatch_simulators.wires.timeline import Timeline

FAST = LineSettings(1_000_000)


class Cable:
    """The far end of a port. ``path`` stays over a new plugging in, as names under /dev/serial/by-id do."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.plug_in()

    def plug_in(self) -> None:
        self.end, near = os.openpty()
        tty.setraw(near)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(near))
        os.set_blocking(self.end, False)
        self._near: int | None = near

    def let_go(self) -> None:
        """Leave the near end to the simulator alone, so that its settings are its own."""
        assert self._near is not None
        os.close(self._near)
        self._near = None

    def settings(self) -> list[Any]:
        return termios.tcgetattr(self.end)

    async def expect(self, wanted: bytes) -> None:
        got = b""
        async with asyncio.timeout(PATIENCE_S):
            while len(got) < len(wanted):
                await readable(self.end)
                got += os.read(self.end, len(wanted) - len(got))
        assert got == wanted

    def unplug(self) -> None:
        os.close(self.end)
        if self._near is not None:
            os.close(self._near)


async def readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(descriptor, lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[Cable]:
    made = Cable(tmp_path / "port")
    yield made
    made.unplug()


@pytest.mark.asyncio
async def test_a_device_is_polled_and_told_to_speak_through_a_serial_port(
    serving: Any, cable: Cable, polled: Any
) -> None:
    async with serving([OnSerial(polled, SerialLink(cable.path), FAST)], speed=100.0):
        os.write(cable.end, b"poll")
        await cable.expect(b"answer\n")
        os.write(cable.end, b"start")
        await cable.expect(b"0000000\n0000001\n")
    assert polled.heard == b"pollstart"


@pytest.mark.asyncio
async def test_the_port_has_the_speed_of_the_device_if_the_link_does_not_say_another(
    serving: Any, cable: Cable, polled: Any
) -> None:
    usual = LineSettings(19200)
    async with serving([OnSerial(polled, SerialLink(cable.path), usual)]):
        assert cable.settings()[4] == termios.B19200
    async with serving([OnSerial(polled, SerialLink(cable.path, baud=4800), usual)]):
        assert cable.settings()[4] == termios.B4800


@pytest.mark.asyncio
async def test_a_port_is_no_faster_when_simulated_time_is(serving: Any, cable: Cable, polled: Any) -> None:
    async with serving([OnSerial(polled, SerialLink(cable.path, baud=300), FAST)], speed=1000.0):
        begun = time.monotonic()
        os.write(cable.end, b"poll")
        await cable.expect(b"answer\n")
    assert time.monotonic() - begun > 7 * 10 / 300  # seven bytes of ten bits, from just after `begun`


@pytest.mark.asyncio
async def test_a_port_unplugged_is_opened_again_when_it_is_back_and_both_are_said_once(
    serving: Any, cable: Cable, polled: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(outage, "RETRY_S", 0.02)
    async with serving([OnSerial(polled, SerialLink(cable.path), FAST)], speed=100.0):
        os.write(cable.end, b"start")
        await cable.expect(b"0000000\n")
        cable.unplug()
        await polled.said(30)  # it goes on, heard by nobody
        cable.plug_in()
        async with asyncio.timeout(PATIENCE_S):
            await readable(cable.end)
        assert int(os.read(cable.end, 8)) >= 20
    said = capsys.readouterr().err
    assert said.count("cannot be reached") == 1
    assert said.count("is there") == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["missing", "a file"])
async def test_what_is_no_port_ends_everything_at_the_start(kind: str, tmp_path: Path, polled: Any) -> None:
    path = tmp_path / "port"
    if kind == "a file":
        path.write_text("precious")
    with pytest.raises(LinkError) as error:
        await serve([OnSerial(polled, SerialLink(path), FAST)], Timeline(SystemClock()), ready=lambda: None)
    assert error.value.url == f"serial:{path}"


@pytest.mark.asyncio
async def test_two_programs_cannot_have_one_port(serving: Any, cable: Cable, make_polled: Any) -> None:
    async with serving([OnSerial(make_polled(), SerialLink(cable.path), FAST)]):
        with pytest.raises(LinkError):
            await serve(
                [OnSerial(make_polled(), SerialLink(cable.path), FAST)], Timeline(SystemClock()), ready=lambda: None
            )
