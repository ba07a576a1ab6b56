"""Serial links over real pseudo-terminals."""

from __future__ import annotations

import asyncio
import errno
import grp
import os
import pty
import resource
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import serial
import uvloop

from vitalwatch.errors import LinkError
from vitalwatch.link_url import parse_link
from vitalwatch.links import Links
from vitalwatch.links import serial as serial_module


class Monitor:
    """The device's end of a pseudo-terminal, and the path of the other."""

    def __init__(self) -> None:
        self.end, self._kept = pty.openpty()
        tty.setraw(self.end)
        self.path = os.ttyname(self._kept)

    def say(self, data: bytes) -> None:
        os.write(self.end, data)

    def hear(self, count: int) -> bytes:
        """The next bytes written to the device, already on their way."""
        heard = b""
        while len(heard) < count:
            heard += os.read(self.end, count)
        return heard

    def unplug(self) -> None:
        """Hang up, as an adapter does when it is pulled."""
        for descriptor in (self.end, self._kept):
            if descriptor >= 0:
                os.close(descriptor)
        self.end = self._kept = -1


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def make_monitor() -> Iterator[Callable[[], Monitor]]:
    made: list[Monitor] = []

    def make() -> Monitor:
        made.append(Monitor())
        return made[-1]

    yield make
    for monitor in made:
        monitor.unplug()


@pytest.mark.asyncio
async def test_every_byte_passes_unchanged(links: Links, sink: Any, running: Any, make_monitor: Any) -> None:
    monitor = make_monitor()
    async with running(links.open(f"serial://{monitor.path}"), sink):
        await sink.expect("opened")
        monitor.say(bytes(range(256)))
        await sink.expect_bytes(bytes(range(256)))


@pytest.mark.asyncio
async def test_what_came_before_the_opening_is_not_taken_for_fresh(
    links: Links, sink: Any, running: Any, make_monitor: Any
) -> None:
    monitor = make_monitor()
    monitor.say(b"old")
    async with running(links.open(f"serial://{monitor.path}"), sink):
        await sink.expect("opened")
        monitor.say(b"new")
        await sink.expect_bytes(b"new")


@pytest.mark.asyncio
async def test_polls_reach_the_device(links: Links, sink: Any, running: Any, make_monitor: Any) -> None:
    monitor = make_monitor()
    link = links.open(f"serial://{monitor.path}")
    async with running(link, sink):
        await sink.expect("opened")
        link.send(b"\x02ab")
        link.send(b"\x11\x13\x03")
        assert monitor.hear(6) == b"\x02ab\x11\x13\x03"
    link.send(b"closed")


@pytest.mark.asyncio
async def test_a_device_that_takes_no_bytes_is_a_loss_and_not_a_growing_queue(
    links: Links, sink: Any, running: Any, make_monitor: Any
) -> None:
    monitor = make_monitor()
    link = links.open(f"serial://{monitor.path}")
    async with running(link, sink):
        await sink.expect("opened")
        for _ in range(200):
            link.send(bytes(1000))
        assert "no more bytes" in (await sink.expect("lost")).reason


@pytest.mark.asyncio
async def test_the_line_is_raw_with_the_settings_of_the_url(
    links: Links, sink: Any, running: Any, make_monitor: Any
) -> None:
    monitor = make_monitor()
    async with running(links.open(f"serial://{monitor.path}?baud=19200&stop=2"), sink):
        await sink.expect("opened")
        iflag, oflag, cflag, lflag, ispeed, ospeed, _ = termios.tcgetattr(monitor.end)
    assert ispeed == ospeed == termios.B19200
    assert cflag & termios.CSTOPB
    assert not iflag & (termios.IXON | termios.IXOFF | termios.ICRNL | termios.ISTRIP)
    assert not cflag & termios.CRTSCTS
    assert not lflag & (termios.ICANON | termios.ECHO | termios.ISIG)
    assert not oflag & termios.OPOST


@pytest.mark.asyncio
async def test_an_adapter_pulled_and_put_back_at_another_place_is_found_by_its_stable_name(
    links: Links, sink: Any, running: Any, make_monitor: Any, tmp_path: Path
) -> None:
    by_id = tmp_path / "usb-monitor-port0"
    first = make_monitor()
    by_id.symlink_to(first.path)
    async with running(links.open(f"serial://{by_id}"), sink):
        await sink.expect("opened")
        first.say(b"1")
        await sink.expect_bytes(b"1")
        by_id.unlink()
        first.unplug()
        lost = await sink.expect("lost")
        assert lost.transient
        assert str(by_id) in lost.reason
        missing = await sink.expect("lost")
        assert "no serial port" in missing.reason
        second = make_monitor()
        by_id.symlink_to(second.path)
        await sink.expect("opened")
        second.say(b"2")
        await sink.expect_bytes(b"2")
    assert sink.quiet


@pytest.mark.asyncio
async def test_the_links_own_name_is_watched_and_not_what_it_once_led_to(
    links: Links, sink: Any, running: Any, make_monitor: Any, tmp_path: Path
) -> None:
    by_id = tmp_path / "usb-monitor-port0"
    first, second = make_monitor(), make_monitor()
    by_id.symlink_to(first.path)
    async with running(links.open(f"serial://{by_id}"), sink):
        await sink.expect("opened")
        by_id.unlink()
        by_id.symlink_to(second.path)
        first.unplug()
        await sink.expect("lost")
        await sink.expect("opened")
        second.say(b"2")
        await sink.expect_bytes(b"2")


@pytest.mark.asyncio
async def test_a_port_in_use_is_told_and_opens_once_it_is_free(
    links: Links, sink: Any, running: Any, make_monitor: Any
) -> None:
    monitor = make_monitor()
    other_program = serial.Serial(monitor.path, exclusive=True)
    async with running(links.open(f"serial://{monitor.path}"), sink):
        lost = await sink.expect("lost")
        assert "another program" in lost.reason
        assert not lost.transient
        other_program.close()
        await sink.expect("opened")
        with pytest.raises(serial.SerialException):
            serial.Serial(monitor.path, exclusive=True)


@pytest.mark.parametrize("path", ["/dev/null", "/etc/hostname", "/dev"])
@pytest.mark.asyncio
async def test_what_is_no_serial_port_is_told_so(links: Links, sink: Any, running: Any, path: str) -> None:
    async with running(links.open(f"serial://{path}"), sink):
        lost = await sink.expect("lost")
    assert "not a serial port" in lost.reason
    assert not lost.transient


@pytest.mark.asyncio
async def test_a_port_without_permission_names_the_group_to_join(
    links: Links, sink: Any, running: Any, make_monitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = next(group for group in grp.getgrall() if group.gr_gid != 0)
    lost = await permission_denied(links, sink, running, make_monitor(), monkeypatch, group=group.gr_gid)
    assert f'the group "{group.gr_name}"' in lost.reason
    assert not lost.transient


@pytest.mark.asyncio
async def test_nobody_is_told_to_join_the_administrators_group(
    links: Links, sink: Any, running: Any, make_monitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = await permission_denied(links, sink, running, make_monitor(), monkeypatch, group=0)
    assert "may not open" in lost.reason
    assert "group" not in lost.reason


async def permission_denied(
    links: Links, sink: Any, running: Any, monitor: Monitor, monkeypatch: pytest.MonkeyPatch, group: int
) -> Any:
    """The loss told when a port of this group refuses the account; the test itself may run as the administrator."""

    def refuse(*_: object, **__: object) -> None:
        raise serial.SerialException(13, "could not open port")

    real = Path.stat

    def owned(path: Path, **how: Any) -> os.stat_result:
        found = real(path, **how)
        about = list(found)
        about[0] |= 0o060
        about[5] = group
        return os.stat_result(about, {"st_rdev": found.st_rdev})

    monkeypatch.setattr(serial_module.serial, "Serial", refuse)
    monkeypatch.setattr(serial_module.Path, "stat", owned)
    async with running(links.open(f"serial://{monitor.path}"), sink):
        return await sink.expect("lost")


@pytest.mark.asyncio
async def test_settings_that_the_port_refuses_are_told(
    links: Links, sink: Any, running: Any, make_monitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ValueError("Invalid baud rate")

    monkeypatch.setattr(serial_module.serial, "Serial", refuse)
    async with running(links.open(f"serial://{make_monitor().path}"), sink):
        lost = await sink.expect("lost")
    assert "line settings" in lost.reason
    assert not lost.transient


@pytest.mark.asyncio
@pytest.mark.parametrize("line", ["parity=E", "parity=O", "bits=7&parity=E&stop=2"])
async def test_a_pseudo_terminal_opens_again_and_again_whatever_parity_and_bits_the_link_says(
    links: Links, sink: Any, running: Any, make_monitor: Any, line: str
) -> None:
    """glibc answered the second opening with EINVAL, since a pseudo-terminal forgets parity and bits."""
    monitor = make_monitor()
    for _ in range(3):
        async with running(links.open(f"serial://{monitor.path}?baud=19200&{line}"), sink):
            await sink.expect("opened")
            monitor.say(b"\xff\x80")
            await sink.expect_bytes(b"\xff\x80")


@pytest.mark.asyncio
async def test_a_real_port_gets_exactly_the_settings_of_the_link(
    links: Links, sink: Any, running: Any, make_monitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    def refuse(*_: object, **settings: object) -> None:
        asked.append(settings)
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(serial_module, "_PSEUDO_TERMINALS", range(0))
    monkeypatch.setattr(serial_module.serial, "Serial", refuse)
    async with running(links.open(f"serial://{make_monitor().path}?baud=19200&bits=7&parity=E&stop=2"), sink):
        lost = await sink.expect("lost")
    assert "line settings" in lost.reason
    wanted = {"baudrate": 19200, "bytesize": 7, "parity": "E", "stopbits": 2}
    assert wanted.items() <= asked[0].items()


@pytest.mark.asyncio
async def test_a_bug_in_the_sink_comes_out_of_run_and_frees_the_port(
    links: Links, sink: Any, make_monitor: Any
) -> None:
    def bug(_: object) -> None:
        raise ZeroDivisionError

    sink.received = bug
    monitor = make_monitor()
    task = asyncio.create_task(links.open(f"serial://{monitor.path}").run(sink))
    await sink.expect("opened")
    monitor.say(b"1")
    with pytest.raises(ZeroDivisionError):
        await task
    serial.Serial(monitor.path, exclusive=True).close()


@pytest.mark.asyncio
async def test_a_link_cancelled_while_its_port_is_opening_leaves_no_descriptor(
    links: Links, sink: Any, make_monitor: Any
) -> None:
    monitor = make_monitor()
    before = open_descriptors()
    for _ in range(20):
        task = asyncio.create_task(links.open(f"serial://{monitor.path}").run(sink))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
    await asyncio.get_running_loop().shutdown_default_executor()
    assert open_descriptors() <= before


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """Allow 4096 descriptors for one test, and use up those below 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4096:
        pytest.skip(f"at most {hard} descriptors are allowed here (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
    filler = [os.open(os.devnull, os.O_RDONLY) for _ in range(1024)]
    yield
    for descriptor in filler:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def all_of_300_ports(links: Links, make_sink: Any, running: Any, make_monitor: Any) -> None:
    monitors = [make_monitor() for _ in range(300)]
    sinks = [make_sink() for _ in monitors]
    before = open_descriptors()
    async with AsyncExitStack() as stack:
        for monitor, sink in zip(monitors, sinks, strict=True):
            await stack.enter_async_context(running(links.open(f"serial://{monitor.path}"), sink))
        for sink in sinks:
            await sink.expect("opened")
        assert open_descriptors() - before <= 300 + 3  # one a port, and the event loop's own
        for number, monitor in enumerate(monitors):
            monitor.say(b"%03d" % number)
        for number, sink in enumerate(sinks):
            await sink.expect_bytes(b"%03d" % number)


@pytest.mark.asyncio
async def test_300_ports_past_descriptor_1023_each_give_their_own_bytes(
    links: Links, make_sink: Any, running: Any, make_monitor: Any, many_descriptors: None
) -> None:
    await all_of_300_ports(links, make_sink, running, make_monitor)


def test_300_ports_on_the_event_loop_of_the_service(
    links: Links, make_sink: Any, running: Any, make_monitor: Any, many_descriptors: None
) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(all_of_300_ports(links, make_sink, running, make_monitor))


def test_a_hang_up_is_noticed_on_the_event_loop_of_the_service(
    links: Links, sink: Any, make_monitor: Any, running: Any
) -> None:
    async def unplugged() -> None:
        monitor = make_monitor()
        async with running(links.open(f"serial://{monitor.path}"), sink):
            await sink.expect("opened")
            monitor.unplug()
            await sink.expect("lost")

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(unplugged())


@pytest.fixture
def ordinary_account() -> Iterator[None]:
    """Be nobody for a while, if the test runs as the administrator, for whom every port opens."""
    if os.geteuid() != 0:
        yield
        return
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def test_a_port_that_the_system_refuses_to_this_account_is_told(make_monitor: Any, ordinary_account: None) -> None:
    monitor = make_monitor()
    Path(monitor.path).chmod(0)
    with pytest.raises(LinkError) as caught:
        serial_module.open_port(parse_link(f"serial://{monitor.path}"))
    assert f"may not open {monitor.path}" in caught.value.reason
    assert not caught.value.transient
