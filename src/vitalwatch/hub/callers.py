"""The means of the fallback: a sound of this computer's own, and a command that somebody has set up.

Both run a program, never through a shell, and never longer than :data:`CALL_S`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from vitalwatch.hub.burst import burst_wav
from vitalwatch.hub.fallback import Reason

CALL_S: Final = 10.0
"""So long a call may take; then it is ended, with all that it has started, and counts as failed."""

COMMAND_EVERY_S: Final = 60.0
SOUND_EVERY_S: Final = 10.0
"""The burst of a high alarm comes every 10 s on bedside monitors as well (Edan X8 user manual, alarm levels)."""

PLAYERS: Final = (("aplay", "-q"), ("paplay",))
"""Programs that play a WAV file: ALSA's and PulseAudio's. The first that is there and plays is used."""

TERMINALS: Final = (Path("/dev/tty"), Path("/dev/console"))
"""Whose bell rings when nothing plays: our own terminal, or the computer's."""

_SAID_BYTES: Final = 300


class Program:
    """Runs programs one at a time, each for a limited time, and can be stopped from another thread."""

    def __init__(self, limit_s: float = CALL_S) -> None:
        self._limit_s = limit_s
        self._running: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._one_at_a_time = threading.Lock()

    def run(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> str:
        """Run a program to its end; gives why it failed, a plain sentence, or nothing."""
        name = command[0]
        with self._one_at_a_time, tempfile.TemporaryFile() as said:
            try:
                self._running = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=env, start_new_session=True
                )
            except OSError as error:
                return f"{name} cannot be started: {error.strerror or error}."
            if self._stopped:  # while it was being started, when there was nothing to end yet
                self._end()
            try:
                code = self._running.wait(self._limit_s)
            except subprocess.TimeoutExpired:
                self._end()
                self._running.wait()
                return f"{name} had not ended after {self._limit_s:g} s."
            finally:
                self._running = None
            return f"{name} ended with code {code}{_last_line(said)}." if code else ""

    def stop(self) -> None:
        """End what runs, and all that it has started; what is started later is ended at once."""
        self._stopped = True
        self._end()

    def _end(self) -> None:
        running = self._running
        if running is not None and running.poll() is None:
            try:
                os.killpg(running.pid, signal.SIGKILL)
            except ProcessLookupError:
                return  # it has just ended


def _last_line(said: IO[bytes]) -> str:
    """What a program said last, to be put after why it failed."""
    said.seek(max(0, said.seek(0, os.SEEK_END) - _SAID_BYTES))
    lines = said.read().decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f": {last.rstrip('.')}" if last else ""


def _ring(terminal: Path) -> bool:
    """Ring a terminal's bell; false when there is none."""
    try:
        opened = os.open(terminal, os.O_WRONLY | os.O_NOCTTY)  # never creates a file, as writing to a path would
    except OSError:
        return False
    try:
        return os.write(opened, b"\a") == 1
    except OSError:
        return False
    finally:
        os.close(opened)


class Command:
    """A command of the clinic's own, called with the condition and the chair.

    Args:
        command: the program, with its full path, and its first arguments; condition and chair come after them, the
            chair empty for the whole clinic. They are in ``VITALWATCH_CONDITION`` and ``VITALWATCH_CHAIR`` as well, and
            the alarm's words in ``VITALWATCH_TEXT``.
        program: runs it.
    """

    every_s = COMMAND_EVERY_S
    per_alarm = True

    def __init__(self, command: Sequence[str], program: Program | None = None) -> None:
        self.name = command[0]
        self._command = tuple(command)
        self._program = program or Program()

    def call(self, reason: Reason) -> str:
        """Run it, and wait for its end."""
        env = {
            **os.environ,
            "VITALWATCH_CONDITION": reason.condition,
            "VITALWATCH_CHAIR": reason.chair,
            "VITALWATCH_TEXT": reason.text,
        }
        return self._program.run([*self._command, reason.condition, reason.chair], env)

    def stop(self) -> None:
        """End it if it runs."""
        self._program.stop()


class Sound:
    """A burst from the loudspeaker of the computer that runs the service; where nothing plays it, a terminal's bell.

    Args:
        players: what to try, in order.
        terminals: whose bell to try after them.
        program: runs the player.
    """

    name = "sound"
    every_s = SOUND_EVERY_S
    per_alarm = False

    def __init__(
        self,
        players: Sequence[tuple[str, ...]] = PLAYERS,
        terminals: Sequence[Path] = TERMINALS,
        program: Program | None = None,
    ) -> None:
        self._players = players
        self._terminals = terminals
        self._program = program or Program()

    @property
    def player(self) -> str:
        """The first player that is installed; empty when there is none."""
        return next((command[0] for command in self._players if shutil.which(command[0])), "")

    def call(self, reason: Reason) -> str:  # noqa: ARG002 - what a means is given
        """Play one burst. It is the same for every reason: what it is about stands on the screens."""
        failures = []
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            file.write(burst_wav())
            file.flush()
            for command in self._players:
                if shutil.which(command[0]):
                    failure = self._program.run([*command, file.name])
                    if not failure:
                        return ""
                    failures.append(failure)
        for terminal in self._terminals:
            if _ring(terminal):
                return ""
        return " ".join(failures) or f"There is neither {' nor '.join(c[0] for c in self._players)}, and no terminal."

    def stop(self) -> None:
        """End what plays."""
        self._program.stop()
