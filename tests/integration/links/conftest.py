"""A sink that can be asked what it was told, links whose pauses are short, and brokers that want to know who we are."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.clock import SystemClock
from vitalwatch.links import Links


class RecordingSink:
    """Keeps what it is told, in order."""

    def __init__(self) -> None:
        self._told: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    def opened(self) -> None:
        self._told.put_nowait(("opened", None))

    def received(self, data: Any) -> None:
        self._told.put_nowait(("received", data))

    def lost(self, error: Any) -> None:
        self._told.put_nowait(("lost", error))

    async def expect(self, kind: str) -> Any:
        """The next thing told, which has to be of this kind."""
        async with asyncio.timeout(PATIENCE_S):
            told, what = await self._told.get()
        assert told == kind, (told, what)
        return what

    async def expect_any(self, *kinds: str) -> str:
        """The kind of the next thing told, which has to be one of these."""
        async with asyncio.timeout(PATIENCE_S):
            told, what = await self._told.get()
        assert told in kinds, (told, what)
        return told

    async def expect_bytes(self, wanted: bytes) -> None:
        """The next bytes of a stream, in whatever chunks they come."""
        got = b""
        while len(got) < len(wanted):
            got += await self.expect("received")
        assert got == wanted

    @property
    def quiet(self) -> bool:
        """Whether everything told has been asked for."""
        return self._told.empty()


@pytest.fixture
def make_sink() -> Callable[[], RecordingSink]:
    return RecordingSink


@pytest.fixture
def sink() -> RecordingSink:
    return RecordingSink()


@pytest.fixture
def links(tmp_path: Path) -> Links:
    """The clock of the pauses runs 20 times as fast as life: the first is 25 ms, the longest 250 ms."""
    return Links(SystemClock(speed=20.0), tmp_path, Random(1))


@pytest.fixture
def running() -> Callable[[Any, Any], AbstractAsyncContextManager[asyncio.Task[None]]]:
    """Run a link into a sink for the length of a block; a bug in the link fails the test."""

    @asynccontextmanager
    async def run(link: Any, sink: Any) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(link.run(sink))
        try:
            yield task
        finally:
            task.cancel()
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.wait({task})
        if not task.cancelled():
            await task

    return run


def openssl(folder: Path, *arguments: str) -> None:
    """Run openssl in a folder."""
    if shutil.which("openssl") is None:
        text = "openssl is not installed"
        pytest.fail(text) if os.environ.get("CI") else pytest.skip(text)
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


class Certificates:
    """An authority, and what it has issued. Files are named for what is in them.

    Args:
        folder: an empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("ca", "other-ca"):
            self._key(name)
            openssl(folder, "req", "-x509", "-key", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}")
        self.issue("broker", "subjectAltName=IP:127.0.0.1,DNS:localhost")
        self.issue("expired", "subjectAltName=IP:127.0.0.1", days="-1")
        self.issue("elsewhere", "subjectAltName=DNS:elsewhere.invalid")
        self.issue("watch", "extendedKeyUsage=clientAuth")

    def __getitem__(self, name: str) -> Path:
        return self._folder / name

    def issue(self, name: str, extension: str, days: str = "30") -> None:
        """Issue ``name.pem`` and ``name.key``."""
        self._key(name)
        (self._folder / f"{name}.ext").write_text(extension)
        openssl(self._folder, "req", "-new", "-key", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        files = ("-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", f"{name}.pem")
        openssl(self._folder, "x509", "-req", *files, "-days", days, "-extfile", f"{name}.ext")

    def _key(self, name: str) -> None:
        openssl(
            self._folder, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{name}.key"
        )


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def strict_broker(make_broker: Any, tmp_path: Path) -> Callable[..., Any]:
    """Makes a mosquitto that knows one user, ``watch`` with the password ``secret``, and takes further settings."""

    def make(*settings: str, sign_in: bool = True) -> Any:
        broker = make_broker("mosquitto")
        lines = [f"listener {broker.port} {broker.host}", "persistence false", "set_tcp_nodelay true", "user root"]
        if sign_in:
            users = tmp_path / "users"
            subprocess.run(["mosquitto_passwd", "-b", "-c", str(users), "watch", "secret"], check=True)
            lines += ["allow_anonymous false", f"password_file {users}"]
        else:
            lines.append("allow_anonymous true")
        broker._config.write_text("\n".join([*lines, *settings]) + "\n")
        return broker

    return make
