"""``vitalwatch demo``: a simulated clinic through the whole real path.

Simulators in a process of their own write protocol bytes to pseudo-terminals, TCP connections and a broker; this
process reads them as it would read real monitors, with a clinic file that fits. Broker and simulators end with it, at
SIGKILL too.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from vitalwatch import app
from vitalwatch.broker import start_broker
from vitalwatch.children import Child
from vitalwatch.config import load
from vitalwatch.config.journal import JournalPlace
from vitalwatch.errors import ConfigError, LinkError
from vitalwatch.web import bind

PORT: Final = 8080

_SIMULATORS: Final = "vitalwatch_simulators"  # run as a program, never imported: the core knows no simulator
_READY_S: Final = 20.0


def run_demo(
    *,
    chairs: int,
    speed: float,
    seed: int,
    port: int | None,
    journal: Path | None = None,
    browser: bool,
    ready: Callable[[str], None],
) -> None:
    """Run the demo until Ctrl-C.

    Args:
        chairs: how many chairs.
        speed: simulated seconds in a real second.
        seed: the same seed gives the same patients.
        port: port of the page; ``None`` for 8080 or, if that is taken, any free one.
        journal: file of the record; ``None`` for one that ends with the demo.
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
        _wire(folder, chairs=chairs, speed=speed, seed=seed, broker_port=broker_port)
        config = load(folder / "clinic.toml")
        if journal is not None:
            config = replace(config, journal=JournalPlace(url=f"sqlite:///{journal.resolve()}"))
        children.callback(_start_simulators(folder).stop)  # last: what they say before the service listens is lost
        with asyncio.Runner(loop_factory=app.loop_factory()) as runner:
            runner.run(app.serve(config, listener, speed=speed, ready=on_ready))


def _listen(port: int | None) -> socket.socket:
    if port is not None:
        return bind("127.0.0.1", port)
    try:
        return bind("127.0.0.1", PORT)
    except ConfigError:
        return bind("127.0.0.1", 0)


def _wire(folder: Path, *, chairs: int, speed: float, seed: int, broker_port: int) -> None:
    """Have the simulators write a clinic: their own plan, and the clinic file that reads it."""
    options = {"--chairs": chairs, "--speed": speed, "--seed": seed, "--broker": broker_port}
    words = [str(word) for option in options.items() for word in option]
    ended = subprocess.run(
        [sys.executable, "-m", _SIMULATORS, "wire", str(folder), *words], capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise ConfigError(f"The simulators could not set up a clinic: {ended.stderr.strip()}")


def _start_simulators(folder: Path) -> Child:
    """Start all simulated devices in one child process, and wait until they speak."""
    plan = str(folder / "simulators.toml")
    command = [sys.executable, "-m", _SIMULATORS, "clinic", plan, "--until-stdin-closes"]
    child = Child(command, folder / "simulators.log", until_stdin_closes=True)
    deadline = time.monotonic() + _READY_S
    while "ready" not in child.said():
        if child.ended or time.monotonic() > deadline:
            said = child.said().strip()
            child.stop()
            raise LinkError(f"The simulators did not start: {said or 'they said nothing'}", url="pty:")
        time.sleep(0.01)
    return child
