"""A real PostgreSQL server of our own, on a free port of the loopback, for tests and benchmarks."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy.engine import URL

from tests.integration.conftest import free_port
from vitalwatch.children import _end_with_parent

USER: Final = "vitalwatch"
PASSWORD: Final = "only for tests"
_READY_S: Final = 30.0
_ACCOUNT: Final = "postgres"
"""Root may not run PostgreSQL: this is the user that Debian's package makes for it."""


def programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``; ``None`` where PostgreSQL is not installed."""
    debian = [str(folder) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    found = shutil.which("initdb", path=os.pathsep.join([*debian, os.environ.get("PATH", os.defpath)]))
    return None if found is None else Path(found).resolve().parent


class PostgresServer:
    """A server with a folder of its own; its port stays the same over restarts.

    Args:
        programs: where ``initdb`` and ``postgres`` are.
        durable: whether commits wait for the disk, as they do in a clinic; most tests are quicker without.
    """

    def __init__(self, programs: Path, *, durable: bool = False) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="vitalwatch-postgres-"))  # pytest's folders are closed to others
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None
        self._as = {"user": _ACCOUNT, "group": _ACCOUNT, "extra_groups": []} if os.geteuid() == 0 else {}
        self._settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "on" if durable else "off",
            "shared_buffers": "32MB",
            "max_connections": "40",
            "log_min_messages": "fatal",
        }
        word = self.folder / "password"
        word.write_text(PASSWORD)
        if self._as:
            for path in (self.folder, word):
                shutil.chown(path, _ACCOUNT, _ACCOUNT)
        making = [
            "-D",
            str(self.data),
            "-U",
            USER,
            "--auth=scram-sha-256",
            f"--pwfile={word}",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        subprocess.run(
            [str(programs / "initdb"), "--locale=C", *making],
            cwd=self.folder,
            check=True,
            capture_output=True,
            **self._as,
        )

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self.data), *settings],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,
                **self._as,
            )
        until = time.monotonic() + _READY_S
        while True:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                assert self._process.poll() is None, f"PostgreSQL ended: {(self.folder / 'log').read_text()}"
                assert time.monotonic() < until, "PostgreSQL does not answer"
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Stop it at once, with every connection cut, as at a power cut."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)  # stopped, it would not hear of its end
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_READY_S)
            self._process = None

    def freeze(self) -> None:
        """Let everything of the server stop answering while its connections stay."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for child in map(int, children):
            with contextlib.suppress(ProcessLookupError):  # one whose connection has just been closed
                os.kill(child, number)

    def run(self, statement: str) -> None:
        """Do something as the owner of everything, outside of a transaction."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def database(self) -> URL:
        """The url of a new, empty database."""
        name = f"record_{uuid.uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, name: str) -> URL:
        """The url of a database by name."""
        return URL.create("postgresql+psycopg", USER, PASSWORD, "127.0.0.1", self.port, name)

    def remove(self) -> None:
        """Stop it and take away its folder."""
        self.stop()
        shutil.rmtree(self.folder)
