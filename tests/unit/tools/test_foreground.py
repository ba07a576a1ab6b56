"""Ctrl-C in ``make demo`` ends the demo, and make ends without an error: in a real terminal, with the real make."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# A process with a terminal of its own, since the tests' own may be no terminal at all. It passes our pipe on to it.
IN_A_TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"

COMMAND = """
import signal, sys
def end(number, frame):
    print("ended by", signal.Signals(number).name, flush=True)
    sys.exit(int(sys.argv[1]))
signal.signal(signal.SIGINT, end)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
while True:
    signal.pause()
"""


Start = Callable[..., subprocess.Popen[bytes]]

WAIT_S = 20


@pytest.fixture
def start(tmp_path: Path, project: Path) -> Iterator[Start]:
    """Starts ``make``, with a terminal or without, and returns when the command that make runs is ready."""
    command = tmp_path / "command.py"
    command.write_text(COMMAND)
    runner = f'"{sys.executable}" "{project}/tools/foreground.py" "{sys.executable}" "{command}" $(CODE)'
    (tmp_path / "Makefile").write_text(f"demo:\n\t@exec {runner}\n")
    started: list[subprocess.Popen[bytes]] = []

    # The tests may run under make themselves; this make is not to take itself for a part of that one.
    environment = {
        name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    }

    def start(code: int, *, terminal: bool) -> subprocess.Popen[bytes]:
        make = ["make", f"CODE={code}"]
        process = subprocess.Popen(
            [sys.executable, "-c", IN_A_TERMINAL, *make] if terminal else make,
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        started.append(process)
        assert process.stdout
        assert process.stdout.readline().strip() == b"ready"
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize("code", [0, 2])
def test_ctrl_c_reaches_only_the_command_and_make_passes_its_verdict_on(start: Start, code: int) -> None:
    process = start(code, terminal=True)
    output, _ = process.communicate(b"\x03", timeout=WAIT_S)
    assert b"ended by SIGINT" in output
    assert b"Interrupt" not in output
    assert process.returncode == code  # 2 is make's own code, too, for a command that failed


def test_without_a_terminal_the_end_of_make_is_the_end_of_the_command(start: Start) -> None:
    process = start(0, terminal=False)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=WAIT_S)
    assert b"ended by SIGTERM" in output


def test_command_that_cannot_be_started_is_said(tmp_path: Path, project: Path) -> None:
    command = [sys.executable, str(project / "tools" / "foreground.py"), str(tmp_path / "nothing")]
    ended = subprocess.run([sys.executable, "-c", IN_A_TERMINAL, *command], capture_output=True, check=False)
    assert ended.returncode == 2
    assert b"cannot be started" in ended.stdout
