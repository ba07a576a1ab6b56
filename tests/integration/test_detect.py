"""Detection on real pseudo-terminals and a real broker, with simulated devices; and as the command that people type."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import re
import subprocess
import sys
import tty
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from tests.patience import PATIENCE_S
from vitalwatch.clock import SystemClock
from vitalwatch.config import load
from vitalwatch.detect import command
from vitalwatch.detect.listen import Listeners, PortReport, find_listeners, listen
from vitalwatch.detect.ports import Port
from vitalwatch.detect.score import Confidence
from vitalwatch.detect.topics import broker_link, listen_to_broker
from vitalwatch.driver import Due, LineSettings, load_driver
from vitalwatch_simulators.clinic import DevicePlan, make_rig, put_on_link
from vitalwatch_simulators.patient import Patient
from vitalwatch_simulators.serve import serve
from vitalwatch_simulators.wires.timeline import Timeline

QUICK = 30.0
"""Simulated seconds in a real one: a Nellcor line each 67 ms."""


@asynccontextmanager
async def simulated(*plans: DevicePlan, speed: float = QUICK) -> AsyncIterator[None]:
    """Simulated devices, each on a person of its own, for the length of a block."""
    started = SystemClock().wall()
    stations = [
        put_on_link(plan, make_rig(plan, Patient(seed), started, str(seed))) for seed, plan in enumerate(plans, start=1)
    ]
    ready = asyncio.Event()
    task = asyncio.create_task(serve(stations, Timeline(SystemClock(speed=speed)), ready=ready.set))
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({task, waiting}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        assert ready.is_set(), task
        yield
    finally:
        waiting.cancel()
        task.cancel()
        await asyncio.wait({task, waiting})


class Line:
    """A pseudo-terminal with nobody at the other end but the test."""

    def __init__(self) -> None:
        self.end, self._kept = pty.openpty()
        tty.setraw(self._kept)
        os.set_blocking(self.end, False)
        self.path = os.ttyname(self._kept)
        self.port = Port(self.path, self.path)

    def sent(self) -> bytes:
        """What was written to the device."""
        try:
            return os.read(self.end, 4096)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        for descriptor in (self.end, self._kept):
            os.close(descriptor)


@pytest.fixture
def make_line() -> Iterator[Callable[[], Line]]:
    made: list[Line] = []

    def make() -> Line:
        made.append(Line())
        return made[-1]

    yield make
    for line in made:
        line.close()


@asynccontextmanager
async def repeating(line: Line, data: bytes) -> AsyncIterator[None]:
    """Let a line speak the same bytes again and again."""

    async def speak() -> None:
        while True:
            with suppress(BlockingIOError):
                os.write(line.end, data)
            await asyncio.sleep(0.01)

    task = asyncio.create_task(speak())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def listened(port: Port, seconds: float = 2.0, **how: Any) -> PortReport:
    async with asyncio.timeout(PATIENCE_S):
        return await listen(port, how.pop("listeners", find_listeners()), SystemClock(), seconds, **how)


@pytest.mark.asyncio
async def test_devices_on_several_lines_are_told_apart_at_once(tmp_path: Path) -> None:
    names = ["nellcor", "masimo", "masimo", "nellcor"]
    plans = [DevicePlan(name, f"pty:{tmp_path}/line-{n}") for n, name in enumerate(names)]
    async with simulated(*plans):
        ports = [Port(f"{tmp_path}/line-{n}", "") for n in range(len(names))]
        reports = await asyncio.gather(*map(listened, ports))
    found = [report.verdict.score.driver for report in reports if report.verdict.score]
    assert found == names
    assert {report.verdict.confidence for report in reports} == {Confidence.SURE}
    assert all(90 <= report.verdict.score.values["spo2"] <= 100 for report in reports if report.verdict.score)


@pytest.mark.asyncio
async def test_a_silent_line_is_left_after_two_listenings_however_many_settings_there_are(make_line: Any) -> None:
    line = make_line()
    clock = SystemClock()
    begun = clock.now()
    settings = tuple(LineSettings(baud) for baud in (9600, 19200, 38400, 57600, 115200))
    driver = load_driver("nellcor")

    class Many(driver):  # type: ignore[valid-type, misc]
        info = type(driver.info)(
            "nellcor", "t", ("m",), "stream", driver.info.vitals, driver.info.period_s, settings=settings
        )

    report = await listened(line.port, 0.2, listeners=Listeners((Many,)))
    assert report.silent
    assert report.verdict.score is None
    assert [each.settings.baud for each in report.heard] == [9600, 19200, 38400, 57600, 115200]
    assert clock.now() - begun < 5 * 0.2


@pytest.mark.asyncio
async def test_noise_is_listened_to_at_every_setting_and_claimed_at_none(make_line: Any) -> None:
    line = make_line()
    async with repeating(line, bytes(range(256))):
        report = await listened(line.port, 0.2)
    assert report.verdict.score is None
    assert [each.settings for each in report.heard] == list(find_listeners().settings)
    assert all(each.count > 0 and each.preview for each in report.heard)


@pytest.mark.asyncio
async def test_listening_sends_nothing(make_line: Any) -> None:
    line = make_line()
    assert find_listeners().turns  # there are drivers that would ask
    await listened(line.port, 0.1)
    async with repeating(line, bytes(range(256))):  # nor when something speaks that nobody understands
        await listened(line.port, 0.1)
    assert line.sent() == b""


@pytest.mark.asyncio
async def test_only_with_probe_do_drivers_ask_and_they_go_on_asking(make_line: Any) -> None:
    plain = load_driver("nellcor")
    line = make_line()

    class Asking(plain):  # type: ignore[valid-type, misc]
        """Asks when it opens and again each 50 ms, and thanks for what came."""

        def __init__(self, device: str, options: Any) -> None:
            super().__init__(device, options)
            self._at = float("-inf")
            self._thanks: tuple[bytes, ...] = ()

        def receive(self, data: Any, now: float) -> Any:
            self._thanks = (b"thanks!",)
            return super().receive(data, now)

        def due(self, now: float) -> Due:
            send, self._thanks = self._thanks, ()
            if now >= self._at:
                send, self._at = (*send, b"hello?", b"!"), now + 0.05
            return Due(send, self._at)

    listeners = Listeners((Asking,))
    await listened(line.port, 0.1, listeners=listeners)
    assert line.sent() == b""
    asked: list[bytes] = []

    def answer() -> None:
        asked.append(line.sent())
        if b"".join(asked).endswith(b"hello?!"):  # the line may bring it in pieces
            os.write(line.end, b"02-Mar-26 10:15:00    97      66      12                      \r\n")

    asyncio.get_running_loop().add_reader(line.end, answer)
    try:
        report = await listened(line.port, 1.0, listeners=listeners, probe=True)
    finally:
        asyncio.get_running_loop().remove_reader(line.end)
    assert report.heard[-1].probed == "nellcor"
    assert report.verdict.confidence is Confidence.SURE  # two lines, so it was asked twice
    assert re.match(rb"(hello\?!)+thanks!", b"".join(asked))


@pytest.mark.asyncio
async def test_a_monitor_that_has_to_be_asked_is_found_by_conversation(tmp_path: Path) -> None:
    async with simulated(DevicePlan("intellivue", f"pty:{tmp_path}/monitor"), speed=1.0):
        port = Port(f"{tmp_path}/monitor", "")
        listeners = find_listeners()
        one = Listeners(tuple(each for each in listeners.drivers if each.info.name in ("intellivue", "nellcor")))
        silent = await listened(port, 0.2, listeners=one)
        report = await listened(port, 0.6, listeners=one, probe=True)
    assert silent.silent
    assert report.verdict.confidence is Confidence.SURE
    assert report.verdict.score is not None
    assert report.verdict.score.driver == "intellivue"
    assert 90 <= report.verdict.score.values["spo2"] <= 100


@pytest.mark.asyncio
async def test_a_silent_line_is_asked_as_every_driver_would_and_one_that_is_missing_not_at_all(make_line: Any) -> None:
    line = make_line()
    listeners = find_listeners()
    async with asyncio.timeout(PATIENCE_S):
        report = await listened(line.port, 0.05, listeners=listeners, probe=True)
        missing = await listened(Port("/dev/no-such-port", ""), 0.05, listeners=listeners, probe=True)
    assert line.sent()
    asked = [(each.probed, each.settings) for each in report.heard if each.probed]
    assert asked == [(driver.info.name, settings) for driver, settings in listeners.turns]
    assert not any(each.error for each in report.heard)
    assert report.silent
    assert not any(each.probed for each in missing.heard)


@pytest.mark.asyncio
async def test_a_port_in_use_and_one_that_is_missing_say_so_and_the_others_go_on(
    tmp_path: Path, make_line: Any
) -> None:
    busy = make_line()
    holder = os.open(busy.path, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        async with simulated(DevicePlan("masimo", f"pty:{tmp_path}/ox")):
            ports = [busy.port, Port("/dev/no-such-port", "/dev/no-such-port"), Port(f"{tmp_path}/ox", "")]
            in_use, missing, good = await asyncio.gather(*map(listened, ports))
    finally:
        os.close(holder)
    assert "in use by another program" in in_use.error
    assert "no serial port" in missing.error
    assert good.verdict.confidence is Confidence.SURE


@pytest.mark.asyncio
async def test_a_port_is_free_again_after_it_was_listened_to(make_line: Any) -> None:
    line = make_line()
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are enough
    for _ in range(3):
        assert not (await listened(line.port, 0.05)).error
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


@pytest.mark.asyncio
async def test_a_broker_is_heard_and_its_vitals_are_mapped(broker: Any) -> None:
    await broker.start()
    plans = [
        DevicePlan("json-oximeter", f"{broker.url}/ward/ox"),
        DevicePlan("json-cuff", f"{broker.url}/ward/cuff", interval_s=26),
    ]
    async with simulated(*plans), aiomqtt.Client(broker.host, broker.port) as other:
        hearing = asyncio.create_task(listen_to_broker(broker_link(broker.url), SystemClock(), 1.2))
        for number in range(5):
            await other.publish("house/room", json.dumps({"temperature": 36.5 + number / 10}))
            await asyncio.sleep(0.1)
        report = await hearing
    topics = {topic.topic: topic for topic in report.topics}
    assert topics["ward/ox"].options["vitals"] == {name: name for name in ("spo2", "pulse_rate", "perfusion_index")}
    assert 90 <= topics["ward/ox"].values["spo2"] <= 100
    assert topics["ward/cuff"].options["vitals"]["systolic"] == "nibp.systolic"
    assert topics["ward/cuff"].options["cuff_time"] == "nibp.time"
    assert topics["house/room"].confidence is Confidence.NONE


@pytest.mark.asyncio
async def test_a_broker_that_is_not_there_or_wants_a_password_says_so(make_broker: Any) -> None:
    absent = make_broker("mosquitto")
    report = await listen_to_broker(broker_link(absent.url), SystemClock(), 2.0)
    assert "Nothing answers" in report.error
    closed = make_broker("mosquitto", sign_in=True)
    await closed.start()
    report = await listen_to_broker(broker_link(closed.url), SystemClock(), 2.0)
    assert "password" in report.error


def detect(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("vitalwatch")
    return subprocess.run([str(program), "detect", *arguments], capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.asyncio
async def test_the_command_finds_writes_and_its_file_loads(tmp_path: Path) -> None:
    file = tmp_path / "found.toml"
    async with simulated(DevicePlan("nellcor", f"pty:{tmp_path}/ox")):
        ended = await asyncio.to_thread(
            detect, f"{tmp_path}/ox", "/dev/no-such-port", "--seconds", "2", "--json", "--write", str(file)
        )
    assert ended.stderr == ""
    assert ended.returncode == command.FOUND
    found = json.loads(ended.stdout)
    assert [port["driver"] for port in found["ports"]] == ["nellcor", None]
    assert found["config"] == file.read_text()
    assert [device.driver for device in load(file).devices] == ["nellcor"]
    again = await asyncio.to_thread(detect, f"{tmp_path}/ox", "--write", str(file))
    assert again.returncode == command.CANNOT_RUN
    assert str(file) in again.stderr


def test_the_command_says_by_its_exit_code_what_became_of_it(make_line: Any) -> None:
    line = make_line()
    nothing = detect(line.path, "--seconds", "0.1")
    assert (nothing.returncode, nothing.stderr) == (command.NOT_FOUND, "")
    assert "Silent" in nothing.stdout
    assert "asked as" not in nothing.stdout
    assert line.sent() == b""
    asked = detect(line.path, "--seconds", "0.1", "--probe")
    assert (asked.returncode, asked.stderr) == (command.NOT_FOUND, "")
    assert "asked as intellivue" in asked.stdout
    assert line.sent() != b""
    assert detect("/dev/no-such-port").returncode == command.CANNOT_RUN
    bad = detect(line.path, "--mqtt", "mqtt://me:secret@broker/x")
    assert bad.returncode == command.CANNOT_RUN
    assert "secret" not in bad.stderr
    assert bad.stdout == ""
