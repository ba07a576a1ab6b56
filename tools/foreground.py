"""Runs one command so that Ctrl-C ends the command and not make.

    python tools/foreground.py .venv/bin/vitalwatch demo

A terminal sends Ctrl-C to the whole foreground process group. GNU make, when it is in that group, ends with an error
however well its command ended. Here the command becomes the foreground group alone, and its exit code is ours.
Without a terminal in front of us there is nothing to hand over, and the command simply takes our place.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

TERMINAL = 0
"""Standard input."""


def main(command: list[str]) -> int:
    """Run the command; returns its exit code, or 128 + the number of the signal that ended it."""
    if not owns_terminal():
        os.execv(command[0], command)
    # Outside the foreground group a process that hands the terminal over is stopped by SIGTTOU, unless ignored.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    child = os.fork()
    if child == 0:
        become(command)

    def forward(number: int, _frame: FrameType | None) -> None:
        os.kill(child, number)

    # Signals that come to us and not from the terminal, for example when make is ended, go on to the command.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, forward)
    code = wait(child)
    os.tcsetpgrp(TERMINAL, os.getpgrp())
    return code if code >= 0 else 128 - code


def owns_terminal() -> bool:
    """Tell whether standard input is a terminal and we are its foreground group."""
    try:
        return os.tcgetpgrp(TERMINAL) == os.getpgrp()
    except OSError:
        return False


def become(command: list[str]) -> None:
    """In the child: form a group of its own, take the terminal, and turn into the command. Does not return."""
    try:
        os.setpgid(0, 0)
        os.tcsetpgrp(TERMINAL, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execv(command[0], command)
    except OSError as error:
        print(f"{command[0]} cannot be started: {error.strerror}", file=sys.stderr)
    finally:
        os._exit(2)


def wait(child: int) -> int:
    """Wait for the child's end; returns its exit code, or minus the number of the signal that ended it."""
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            return os.waitstatus_to_exitcode(status)
        # Ctrl-Z. The shell waits for make's group, not for the child's: stop that too, and go on when it goes on.
        os.tcsetpgrp(TERMINAL, os.getpgrp())
        os.kill(0, signal.SIGSTOP)
        if owns_terminal():
            os.tcsetpgrp(TERMINAL, child)
        os.killpg(child, signal.SIGCONT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
