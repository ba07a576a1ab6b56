"""Child processes: started, explained, stopped, and never left behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.children import Child

WAITS = [sys.executable, "-c", "import time; time.sleep(600)"]


def gone(pid: int) -> bool:
    """Wait for a process that is not our child to end; False if it does not."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        readable, _, _ = select.select([handle], [], [], PATIENCE_S)
        return bool(readable)
    finally:
        os.close(handle)


def wait(child: Child) -> None:
    """Until the child has ended."""
    child._process.wait(PATIENCE_S)


def test_what_a_child_says_on_both_outputs_is_kept(tmp_path: Path) -> None:
    script = "import sys; print('out'); print('bad', file=sys.stderr)"
    child = Child([sys.executable, "-c", script], tmp_path / "log")
    wait(child)
    assert child.ended
    assert set(child.said().split()) == {"out", "bad"}


def test_a_child_that_runs_is_stopped(tmp_path: Path) -> None:
    child = Child(WAITS, tmp_path / "log")
    assert not child.ended
    child.stop()
    assert child.ended


def test_a_child_that_listens_to_nobody_is_stopped_by_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vitalwatch.children._STOP_S", 0.1)
    script = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    )
    child = Child([sys.executable, "-c", script], tmp_path / "log")
    while not child.said():
        assert not child.ended
    child.stop()
    assert child._process.returncode == -signal.SIGKILL


def test_stopping_twice_or_after_the_end_does_nothing(tmp_path: Path) -> None:
    child = Child([sys.executable, "-c", ""], tmp_path / "log", until_stdin_closes=True)
    wait(child)
    child.stop()
    child.stop()
    assert child.ended


def test_a_child_that_is_told_so_ends_when_its_standard_input_closes(tmp_path: Path) -> None:
    child = Child([sys.executable, "-c", "import sys; sys.stdin.read()"], tmp_path / "log", until_stdin_closes=True)
    child.stop()
    assert child.ended


def test_the_terminals_ctrl_c_reaches_only_us(tmp_path: Path) -> None:
    child = Child(WAITS, tmp_path / "log")
    try:
        assert os.getsid(child._process.pid) != os.getsid(0)
    finally:
        child.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
def test_when_we_are_killed_the_child_goes_too(tmp_path: Path) -> None:
    script = f"""
import sys, time
from pathlib import Path
from vitalwatch.children import Child
child = Child({WAITS!r}, Path({str(tmp_path / "log")!r}))
print(child._process.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        parent.kill()
    assert gone(child)
