"""How fast the service starts and alarms, and what it needs: run by hand, see README.md.

python -m benchmarks.latency [--edges N] [--starts N]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import pty
import shutil
import socket
import statistics
import sys
import tempfile
import time
import tty
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import aiomqtt
from playwright.async_api import async_playwright
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tools.running import Running, Screen, running, watching
from vitalwatch.broker import start_broker
from vitalwatch.children import Child

SIZES: Final = (8, 50)
"""Chairs of the clinics that are measured."""

CPU_S: Final = 10.0
"""Real seconds over which the processor time is taken."""

NO_DELAY: Final = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
"""Else up to 44 ms of what is measured would be ours: a burst of small messages waits for an acknowledgement."""

PROFILE: Final = """
name = "at-once"
version = "1"
[delays]
spo2_low = 0
spo2_low_deep = 0
spo2_low_deeper = 0
"""

OPTIONS: Final = """
[device.options.vitals]
spo2 = "spo2"
pulse_rate = "pulse_rate"
perfusion_index = "perfusion_index"
"""

_PLANNED: Final = """
[[chair]]
id = "{number}"
[[chair.device]]
kind = "json-oximeter"
link = "{url}/chair/{number}"
"""

LOW_LINE: Final = b"02-Mar-26 10:15:00    80      66      12                     "
LINE_END: Final = b"\r\n"
"""The line counts from its first byte on."""

LOW_MESSAGE: Final = b'{"spo2":80,"pulse_rate":66,"perfusion_index":2.0}'


class Figure(NamedTuple):
    """One row of the table."""

    what: str
    values: list[float]
    unit: str

    @property
    def row(self) -> tuple[str, str, str, str, str]:
        """What, how many, median, 99th percentile, worst."""
        p99 = statistics.quantiles(self.values, n=100)[98] if len(self.values) >= 100 else None
        return (
            self.what,
            str(len(self.values)),
            f"{statistics.median(self.values):.2f} {self.unit}",
            "" if p99 is None else f"{p99:.2f} {self.unit}",
            f"{max(self.values):.2f} {self.unit}",
        )


async def start(folder: Path) -> tuple[float, float]:
    """Start the demo of 8 chairs; seconds from the process's start to its first value, and to its first tile."""
    chromium = shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        began = time.perf_counter()
        async with running("demo", "--no-browser", "--port", "0", log=folder / "log") as demo:
            address = await demo.address()

            async def first_value() -> float:
                async with watching(address) as screen:
                    await screen.until_holds(
                        lambda screen: any(value["value"] is not None for value in screen.values.values())
                    )
                return time.perf_counter() - began

            async def first_tile() -> float:
                await page.goto(address)
                await page.wait_for_function(
                    """() => [...document.querySelectorAll("[data-chair] [data-number]")]
                        .some((one) => /\\d/.test(one.innerText))"""
                )
                return time.perf_counter() - began

            value, tile = await asyncio.gather(first_value(), first_tile())
        await browser.close()
    return value, tile


class Clinic(NamedTuple):
    """A running clinic of simulated chairs, and two more whose monitors are played here."""

    service: Running
    screen: Screen
    port: int
    """Descriptor of the far end of the serial line of chair "serial"."""
    mqtt: aiomqtt.Client
    """Publishes to the topic of chair "mqtt"."""


@asynccontextmanager
async def clinic(chairs: int, folder: Path) -> AsyncIterator[Clinic]:
    """Run a clinic whose SpO2 alarms have no delay."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    broker, broker_port = start_broker(folder)
    with ExitStack() as ends:
        ends.callback(os.close, master)
        ends.callback(os.close, slave)
        ends.callback(broker.stop)
        url = f"mqtt://127.0.0.1:{broker_port}"
        plan = folder / "plan.toml"
        plan.write_text("".join(_PLANNED.format(number=number, url=url) for number in range(1, chairs + 1)))
        command = [sys.executable, "-m", "vitalwatch_simulators", "clinic", str(plan)]
        simulators = Child([*command, "--until-stdin-closes"], folder / "simulators.log", until_stdin_closes=True)
        ends.callback(simulators.stop)
        (folder / "at-once.toml").write_text(PROFILE)
        links = {str(number): f"{url}/chair/{number}" for number in range(1, chairs + 1)}
        links |= {"serial": f"serial://{os.ttyname(slave)}?baud=9600", "mqtt": f"{url}/chair/mqtt"}
        config = folder / "clinic.toml"
        config.write_text(_clinic_file(links))
        client = aiomqtt.Client("127.0.0.1", broker_port, socket_options=NO_DELAY)
        async with (
            client,
            running("run", str(config), log=folder / "log") as service,
            watching(await service.address()) as screen,
        ):
            await screen.until_holds(
                lambda screen: {chair for chair, _ in screen.values} >= set(links) - {"serial", "mqtt"}
            )
            await screen.until_holds(
                lambda screen: all(screen.chairs[chair]["devices"][0]["link"] == "up" for chair in ("serial", "mqtt"))
            )
            yield Clinic(service, screen, master, client)


def _clinic_file(links: dict[str, str]) -> str:
    lines = ['[clinic]\nsimulated = true\nprofile = "at-once.toml"\n[web]\nport = 0']
    for chair, link in links.items():
        driver = "nellcor" if link.startswith("serial") else "mqtt-json"
        lines += [f'[[chair]]\nid = "{chair}"', f'[[device]]\nid = "d-{chair}"\nchair = "{chair}"']
        lines += [f'driver = "{driver}"\nlink = "{link}"', OPTIONS if driver == "mqtt-json" else ""]
    return "\n".join(lines)


async def edge(screen: Screen, chair: str, send_last_byte: Callable[[], Awaitable[None]]) -> float:
    """Let one alarm begin; milliseconds from just before the sending to its frame at our end of the socket."""
    for state in ("empty", "watched"):  # ends what was there, and forgets the value
        reply = await screen.act("set_state", chair, "benchmark", state=state)
        assert reply["ok"], reply
    sent = time.perf_counter()
    await send_last_byte()
    async with asyncio.timeout(5.0):
        while True:
            text = await screen.socket.recv()
            at = time.perf_counter()
            frame = screen.take(text)
            if frame["type"] == "alarm" and frame["transition"].get("to") == "active":
                assert (frame["alarm"]["chair"], frame["alarm"]["condition"]) == (chair, "SPO2-LOW")
                return (at - sent) * 1000


async def edges(here: Clinic, count: int, step: Callable[[], None]) -> tuple[list[float], list[float]]:
    """Measure alarm edges from the serial line and over MQTT, in turns."""

    async def last_byte() -> None:
        os.write(here.port, LINE_END)

    async def publish() -> None:
        await here.mqtt.publish("chair/mqtt", LOW_MESSAGE)

    serial, mqtt = [], []
    for _ in range(count):
        os.write(here.port, LOW_LINE)
        serial.append(await edge(here.screen, "serial", last_byte))
        mqtt.append(await edge(here.screen, "mqtt", publish))
        step()
    return serial, mqtt


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(float(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


def cpu_s(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def listen(screen: Screen, seconds: float) -> None:
    """Do nothing but draw frames."""
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        await screen.frame()


async def measure(starts: int, count: int, progress: Progress) -> list[Figure]:
    """Measure everything; one row each."""
    figures: list[Figure] = []
    task = progress.add_task("starts", total=starts)
    times = []
    for _ in range(starts):
        with tempfile.TemporaryDirectory() as folder:
            times.append(await start(Path(folder)))
        progress.advance(task)
    figures.append(
        Figure("demo, 8 chairs: process start → first value at the socket", [value for value, _ in times], "s")
    )
    figures.append(Figure("demo, 8 chairs: process start → first tile with a value", [tile for _, tile in times], "s"))
    for chairs in SIZES:
        task = progress.add_task(f"{chairs} chairs", total=count)
        with tempfile.TemporaryDirectory() as name:
            async with clinic(chairs, Path(name)) as here:
                pid = here.service.process.pid
                used = cpu_s(pid)
                await listen(here.screen, CPU_S)
                share = (cpu_s(pid) - used) / CPU_S * 100
                serial, mqtt = await edges(here, count, partial(progress.advance, task))
                figures.append(Figure(f"{chairs} chairs: end of the line on the pty → alarm frame", serial, "ms"))
                figures.append(Figure(f"{chairs} chairs: MQTT publish → alarm frame", mqtt, "ms"))
                figures.append(Figure(f"{chairs} chairs at 1 Hz, 1 screen: share of one core", [share], "%"))
                figures.append(Figure(f"{chairs} chairs: resident memory", [memory_mb(pid)], "MB"))
    return figures


def main() -> int:
    """Measure and print the table; returns the exit code."""
    parser = argparse.ArgumentParser(description="Measure start, alarm latency, memory and processor time.")
    parser.add_argument("--edges", type=int, default=300, metavar="N", help="alarms of each kind (300)")
    parser.add_argument("--starts", type=int, default=5, metavar="N", help="starts of the demo (5)")
    asked = parser.parse_args()
    console = Console()
    with Progress(console=console, transient=True) as progress:
        figures = asyncio.run(measure(asked.starts, asked.edges, progress))
    table = Table("what", "n", "median", "p99", "worst")
    for figure in figures:
        table.add_row(*figure.row)
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
