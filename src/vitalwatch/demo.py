"""``vitalwatch demo``: a simulated clinic through the whole real path.

Simulators in a process of their own write protocol bytes to pseudo-terminals and to a broker; this process reads them
as it would read real monitors. Broker and simulators end with it, at SIGKILL too.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from vitalwatch import app
from vitalwatch.broker import start_broker
from vitalwatch.children import Child
from vitalwatch.config import Config, load
from vitalwatch.errors import ConfigError, LinkError
from vitalwatch.web import bind

PORT: Final = 8080

_SIMULATORS: Final = "vitalwatch_simulators"  # run as a program, never imported: the core knows no simulator
_READY_S: Final = 20.0

_STORIES: Final = ("ketamine", "desaturation", "quiet", "pressure_rise", "quiet", "probe_off", "fast_heart", "motion")
_OXIMETERS: Final = ("nellcor", "masimo", "json-oximeter")
_DRIVERS: Final = {"nellcor": "nellcor", "masimo": "masimo", "json-oximeter": "mqtt-json"}
_CUFF_INTERVAL_S: Final = 120.0
_OPTIONS: Final = {
    "json-oximeter": """
[device.options.vitals]
spo2 = "spo2"
pulse_rate = "pulse_rate"
perfusion_index = "perfusion_index"
""",
    "json-cuff": """
[device.options]
period_s = 5.0

[device.options.vitals]
systolic = "nibp.systolic"
diastolic = "nibp.diastolic"
mean_pressure = "nibp.mean"
cuff_pulse_rate = "nibp.pulse"
""",
}
"""What each publisher sends and nothing else: a cuff that seemed to give SpO2 would vouch for a probe that is off."""


def run_demo(
    *, chairs: int, speed: float, seed: int, port: int | None, browser: bool, ready: Callable[[str], None]
) -> None:
    """Run the demo until Ctrl-C.

    Args:
        chairs: how many chairs.
        speed: simulated seconds in a real second.
        seed: the same seed gives the same patients.
        port: port of the page; ``None`` for 8080 or, if that is taken, any free one.
        browser: whether to open the page in a browser.
        ready: is called with the page's address.

    Raises:
        ConfigError: if the port is taken.
        LinkError: if broker or simulators do not start.
    """
    listener = _listen(port)

    def on_ready(address: str) -> None:
        ready(address)
        if browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    with tempfile.TemporaryDirectory(prefix="vitalwatch-demo-") as name, contextlib.ExitStack() as children:
        folder = Path(name)
        broker, broker_port = start_broker(folder)
        children.callback(broker.stop)
        devices = list(_devices(chairs, seed, folder, broker_port))
        children.callback(_start_simulators(devices, speed, folder).stop)
        config = _config(devices, chairs, folder)
        with asyncio.Runner(loop_factory=app.loop_factory()) as runner:
            runner.run(app.serve(config, listener, speed=speed, ready=on_ready))


def _listen(port: int | None) -> socket.socket:
    if port is not None:
        return bind("127.0.0.1", port)
    try:
        return bind("127.0.0.1", PORT)
    except ConfigError:
        return bind("127.0.0.1", 0)


class _Device(msgspec.Struct):
    """One simulated device: what the simulators must know, and the config that reads it."""

    chair: int
    driver: str
    link: str
    plan: dict[str, Any]


def _devices(chairs: int, seed: int, folder: Path, broker_port: int) -> Iterator[_Device]:
    """An oximeter and a cuff for every chair, in turns of kind and story."""
    for chair in range(1, chairs + 1):
        person = {"seed": seed * 1000 + chair, "story": _STORIES[(chair - 1) % len(_STORIES)]}
        kind = _OXIMETERS[(chair - 1) % len(_OXIMETERS)]
        topic = f"mqtt://127.0.0.1:{broker_port}/chair/{chair}"
        if kind == "json-oximeter":
            link = at = f"{topic}/oximeter"
        else:
            path = folder / f"oximeter-{chair}"
            link, at = f"serial://{path}?baud=9600", f"pty:{path}"
        yield _Device(chair, _DRIVERS[kind], link, {"device": kind, "link": at, **person})
        cuff = {"device": "json-cuff", "link": f"{topic}/cuff", "interval_s": _CUFF_INTERVAL_S, **person}
        yield _Device(chair, "mqtt-json", f"{topic}/cuff", cuff)


def _start_simulators(devices: list[_Device], speed: float, folder: Path) -> Child:
    """Start all simulated devices in one child process, and wait until they speak."""
    plan = folder / "plan.json"
    plan.write_bytes(msgspec.json.encode({"devices": [device.plan for device in devices], "speed": speed}))
    command = [sys.executable, "-m", _SIMULATORS, "clinic", str(plan), "--until-stdin-closes"]
    child = Child(command, folder / "simulators.log", until_stdin_closes=True)
    deadline = time.monotonic() + _READY_S
    while "ready" not in child.said():
        if child.ended or time.monotonic() > deadline:
            said = child.said().strip()
            child.stop()
            raise LinkError(f"The simulators did not start: {said or 'they said nothing'}", url="pty:")
        time.sleep(0.01)
    return child


def _config(devices: list[_Device], chairs: int, folder: Path) -> Config:
    """Write the clinic file of the demo, and load it like any other."""
    lines = ["[clinic]", 'name = "Demo clinic"', "simulated = true", 'profile = "ketamine-iv"']
    for chair in range(1, chairs + 1):
        lines += ["", "[[chair]]", f'id = "{chair}"', f"nibp_interval_min = {_CUFF_INTERVAL_S / 60:g}"]
    for number, device in enumerate(devices, 1):
        lines += ["", "[[device]]", f'id = "device-{number}"', f'chair = "{device.chair}"']
        lines += [f'driver = "{device.driver}"', f'link = "{device.link}"', _OPTIONS.get(device.plan["device"], "")]
    path = folder / "clinic.toml"
    path.write_text("\n".join(lines))
    return load(path)
