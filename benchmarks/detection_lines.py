"""Serial lines on virtual time, and detection listening and asking on them as the command does."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeAlias

from benchmarks.detection_cases import Chunk, heard_at
from vitalwatch.detect.listen import Listeners, turn_s
from vitalwatch.detect.score import Confidence, Heard, Panel, Verdict, judge
from vitalwatch.driver import LineSettings
from vitalwatch_simulators.monitor import AnsweringMonitor, StreamMonitor

PIECE_BYTES: Final = 16
"""A system hands on the bytes of a line in pieces; 10 bits stand for each byte."""

_SOONEST_S: Final = 0.001

Answer: TypeAlias = Callable[[bytes], bytes]


class Line(Protocol):
    """A serial line as the program at its end finds it. Times are virtual seconds, never going back."""

    def open(self, at: float, settings: LineSettings) -> None:
        """Open it at a setting; what has come before is thrown away."""
        ...

    def next_at(self) -> float:
        """When something happens on it next; infinite if nothing will."""
        ...

    def hear(self) -> bytes:
        """What comes at that time; may be nothing."""
        ...

    def send(self, data: bytes, at: float) -> None:
        """Write to the device."""
        ...


class Recorded:
    """A line that gives the same chunks after each opening and hears nothing.

    Args:
        heard: what a receiver at a setting hears.
    """

    def __init__(self, heard: Callable[[LineSettings], Sequence[Chunk]]) -> None:
        self._heard = heard
        self._chunks: deque[Chunk] = deque()

    def open(self, at: float, settings: LineSettings) -> None:
        self._chunks = deque((at + after, data) for after, data in self._heard(settings))

    def next_at(self) -> float:
        return self._chunks[0][0] if self._chunks else math.inf

    def hear(self) -> bytes:
        return self._chunks.popleft()[1]

    def send(self, data: bytes, at: float) -> None:
        pass


class Monitored:
    """A line with a simulated monitor at its end, which goes on whether anybody listens or not.

    Args:
        monitor: the monitor.
        settings: those of its own port.
        begin: how old it is when listening begins, seconds.
    """

    def __init__(self, monitor: StreamMonitor, settings: LineSettings, begin: float) -> None:
        self._monitor = monitor
        self._settings = settings
        self._begin = begin
        self._host = settings
        self._pieces: deque[Chunk] = deque()
        self._free_at = -math.inf

    def open(self, at: float, settings: LineSettings) -> None:
        while self._speaks_at() <= at:
            self._speak()
        self._pieces.clear()
        self._host = settings

    def next_at(self) -> float:
        return min(self._speaks_at(), self._pieces[0][0] if self._pieces else math.inf)

    def hear(self) -> bytes:
        if not self._pieces or self._speaks_at() < self._pieces[0][0]:
            self._speak()
            return b""
        return b"".join(data for _, data in heard_at([self._pieces.popleft()], self._settings, self._host))

    def send(self, data: bytes, at: float) -> None:
        if isinstance(self._monitor, AnsweringMonitor):
            for _, got in heard_at([(at, data)], self._host, self._settings):
                self._say(self._monitor.receive(got, at + self._begin), at)

    def _speaks_at(self) -> float:
        return self._monitor.next_at() - self._begin

    def _speak(self) -> None:
        t = self._monitor.next_at()
        self._say(self._monitor.emit(t), t - self._begin)

    def _say(self, data: bytes, at: float) -> None:
        for offset in range(0, len(data), PIECE_BYTES):
            piece = data[offset : offset + PIECE_BYTES]
            self._free_at = max(self._free_at, at) + len(piece) * 10 / self._settings.baud
            self._pieces.append((self._free_at, piece))


class Answering:
    """A line with something that is no monitor and answers whatever it is sent, at any speed.

    Args:
        answer: what it answers.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._chunks: deque[Chunk] = deque()

    def open(self, at: float, settings: LineSettings) -> None:  # noqa: ARG002 - a Line
        self._chunks.clear()

    def next_at(self) -> float:
        return self._chunks[0][0] if self._chunks else math.inf

    def hear(self) -> bytes:
        return self._chunks.popleft()[1]

    def send(self, data: bytes, at: float) -> None:
        self._chunks.append((at + 0.02, self._answer(data)))


def on_line(line: Line, listeners: Listeners, seconds: float, *, probe: bool = False) -> tuple[Verdict, float]:
    """Listen as the command does, on virtual time; the verdict and the seconds it took."""
    heard: list[Heard] = []
    at = 0.0
    settings = listeners.settings
    for setting in settings:
        silent = bool(heard) and not any(each.count for each in heard)
        limit_s = seconds / (len(settings) - 1) if silent else seconds
        panel = Panel(listeners.drivers, setting)
        at = _turn(line, panel, setting, at, limit_s)
        heard.append(panel.heard())
        if judge(heard[-1:]).confidence is Confidence.SURE:
            break
    if probe and judge(heard).confidence is Confidence.NONE:
        silent = not any(each.count for each in heard)
        for driver, setting in listeners.turns:
            panel = Panel(listeners.drivers, setting, driver, silent=silent)
            at = _turn(line, panel, setting, at, seconds, turn_s(driver, seconds))
            heard.append(panel.heard())
            if judge(heard[-1:]).confidence is Confidence.SURE:
                break
    return judge(heard), at


def _turn(
    line: Line, panel: Panel, setting: LineSettings, begun: float, seconds: float, longest_s: float = 0.0
) -> float:
    """One opening of the line; when it ended."""
    line.open(begun, setting)
    limit = begun + seconds
    due_at = begun
    while True:
        at = min(line.next_at(), due_at)
        if at >= limit:
            if panel.answered and limit < begun + longest_s:
                limit = begun + longest_s
                continue
            return limit
        if line.next_at() <= at and (data := line.hear()):
            panel.hear(data, at)
            if panel.settled:
                return at
            due_at = at  # what came may want an answer
        if due_at <= at:
            due = panel.due(at)
            for data in due.send:
                line.send(data, at)
            due_at = math.inf if due.next_at is None else max(due.next_at, at + _SOONEST_S)
