"""Child processes that end with us, whatever way we end: Ctrl-C, a crash, or SIGKILL."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # prctl(2), Linux
_STOP_S: Final = 2.0
_NICEST: Final = 19


class Child:
    """One child process, in a session of its own so that the terminal's Ctrl-C reaches only us.

    Args:
        command: program and arguments.
        log: file for everything that it prints, so that a failure can be explained.
        until_stdin_closes: give it a pipe as standard input; it ends by itself when we are gone.
    """

    def __init__(self, command: Sequence[str], log: Path, *, until_stdin_closes: bool = False) -> None:
        self.log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if until_stdin_closes else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )

    @property
    def ended(self) -> bool:
        """Whether it is no longer running."""
        return self._process.poll() is not None

    def said(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(errors="replace")

    def stop(self) -> None:
        """End it: first politely, after two seconds by force."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if not self.ended:
            self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent is gone. Runs in the child, between fork and exec."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def work_in_background(parent: int) -> None:
    """For a child that only computes: give way to everything else, and end with the parent. Called by the child itself.

    Args:
        parent: process id of the parent, which may be gone already.
    """
    os.nice(_NICEST)
    if sys.platform == "linux":
        _end_with_parent()
    if os.getppid() != parent:
        raise SystemExit(1)
