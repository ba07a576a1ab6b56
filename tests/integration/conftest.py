"""Real brokers as child processes, for every integration test that needs one."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.integration.recorded import Recorded, rehearse_with_record
from vitalwatch_simulators.scenario import load_scenario

KINDS = ("mosquitto", "nats-server")
_READY_S = 5.0


def free_port() -> int:
    """A TCP port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program(name: str) -> str:
    """Where a broker is installed; without it the test is skipped, or fails where everything has to be there."""
    beside_python = Path(sys.executable).parent
    path = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", str(beside_python)]))
    if path is None:
        text = f"{name} is not installed"
        pytest.fail(text) if os.environ.get("CI") else pytest.skip(text)
    return path


class BrokerProcess:
    """A broker on a port of the loopback that stays the same over restarts.

    Args:
        kind: one of ``KINDS``.
        folder: an empty folder of its own.
        sign_in: refuse everybody, as nobody knows the password.
    """

    host = "127.0.0.1"

    def __init__(self, kind: str, folder: Path, *, sign_in: bool = False) -> None:
        self.kind = kind
        self.port = free_port()
        self._config = folder / f"{kind}.conf"
        self._process: subprocess.Popen[bytes] | None = None
        self._command = [program(kind), "-c", str(self._config)]
        if kind == "mosquitto":
            config = f"""
                listener {self.port} {self.host}
                allow_anonymous {"false" if sign_in else "true"}
                persistence false
                set_tcp_nodelay true
            """
        else:
            config = f"""
                server_name: test
                listen: "{self.host}:{free_port()}"
                jetstream {{ store_dir: "{folder}/store", max_mem: 64MB, max_file: 64MB }}
                mqtt {{ listen: "{self.host}:{self.port}" }}
                {"authorization { user: nobody, password: knows }" if sign_in else ""}
            """
        self._config.write_text(config)

    @property
    def url(self) -> str:
        """The broker's part of a link URL."""
        return f"mqtt://{self.host}:{self.port}"

    async def start(self) -> None:
        """Start the broker and wait until it takes connections."""
        self._launch()
        async with asyncio.timeout(_READY_S):
            while True:
                assert self._running, f"{self.kind} ended at once"
                try:
                    _, writer = await asyncio.open_connection(self.host, self.port)
                except OSError:
                    await asyncio.sleep(0.005)
                    continue
                writer.close()
                await writer.wait_closed()
                return

    def stop(self) -> None:
        """Stop the broker in an orderly way."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Let the broker die in an instant."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let the broker stop answering while its connections stay."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def _launch(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )

    @property
    def _running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(how)
            self._process.wait(_READY_S)
            self._process = None


@pytest.fixture
def make_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., BrokerProcess]]:
    """Makes brokers, not yet started; those that still run at the end of the test are killed."""
    made: list[BrokerProcess] = []

    def make(kind: str, *, sign_in: bool = False) -> BrokerProcess:
        made.append(BrokerProcess(kind, tmp_path_factory.mktemp("broker"), sign_in=sign_in))
        return made[-1]

    yield make
    for process in made:
        process.kill()


@pytest.fixture(params=KINDS)
def broker(request: pytest.FixtureRequest, make_broker: Callable[..., BrokerProcess]) -> BrokerProcess:
    """A broker of each kind in turn, not yet started."""
    return make_broker(request.param)


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Recorded]:
    """What comes of a scenario, and its record; each is played once for all tests."""
    folder = tmp_path_factory.mktemp("records")

    @cache
    def play(name: str) -> Recorded:
        return rehearse_with_record(load_scenario(name), folder / f"{name}.db")

    return play
