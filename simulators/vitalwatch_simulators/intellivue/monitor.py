"""An IntelliVue monitor on its serial port, and one on the network. What it says is in ``talk.py``."""

from __future__ import annotations

import struct
from datetime import datetime
from typing import Final

from vitalwatch_simulators.intellivue import encoder as e
from vitalwatch_simulators.intellivue.talk import CUFF_INTERVAL_S, TICKS_A_SECOND, Talk
from vitalwatch_simulators.monitor import Person

ANNOUNCE_S: Final = 5.0
MOST_BYTES: Final = 4096
"""Longest frame that is listened to."""


class _OfTalk:
    """Clock and mode of a monitor, which are those of its talk."""

    _talk: Talk

    @property
    def start(self) -> datetime:
        """Its own time of day at t = 0; may be set while it runs."""
        return self._talk.start

    @start.setter
    def start(self, start: datetime) -> None:
        self._talk.start = start

    @property
    def demo(self) -> bool:
        """Whether it is in demo mode and says so; may be set while it runs."""
        return self._talk.demo

    @demo.setter
    def demo(self, demo: bool) -> None:
        self._talk.demo = demo


class IntellivueMonitor(_OfTalk):
    """One monitor on its serial port. Same person, same requests and same times, same bytes.

    The arguments are those of its talk: whose vitals, its clock at the start, and how it is set.
    """

    def __init__(
        self,
        patient: Person,
        start: datetime,
        *,
        largest: int = 1000,
        demo: bool = False,
        standby: bool = False,
        cuff_interval_s: float = CUFF_INTERVAL_S,
    ) -> None:
        self._talk = Talk(patient, start, largest=largest, demo=demo, standby=standby, cuff_interval_s=cuff_interval_s)
        self._line = bytearray()

    def next_at(self) -> float:
        """Seconds since the start at which it speaks by itself next; infinite while nobody has associated."""
        return self._talk.next_at()

    def emit(self, t: float) -> bytes:
        """What it says by itself at ``t``."""
        return b"".join(map(e.serial_frame, self._talk.say(t)))

    def receive(self, data: bytes, t: float) -> bytes:
        """Take bytes, cut anywhere, and answer each whole frame; a damaged one is passed over."""
        said = b""
        for byte in data:
            if byte == 0xC0:
                self._line.clear()
            elif byte == 0xC1:
                said += b"".join(map(e.serial_frame, self._talk.answer(_message(bytes(self._line)), t)))
                self._line.clear()
            elif len(self._line) < MOST_BYTES:
                self._line.append(byte)
        return said


class IntellivueLanMonitor(_OfTalk):
    """One monitor on the network, each message a datagram; announces itself while nobody has associated.

    Args:
        patient: whose vitals it measures.
        start: the monitor's own time of day at t = 0.
        address: its IP address, 4 bytes.
        largest: longest message that it sends, bytes.
    """

    def __init__(
        self, patient: Person, start: datetime, *, address: bytes = b"\xc0\x00\x02\x01", largest: int = 0x5B0
    ) -> None:
        self._talk = Talk(patient, start, largest=largest)
        self._address = address
        self._announce_at = 0.0

    def next_at(self) -> float:
        """Seconds since the start at which it speaks by itself next."""
        return min(self._announce_at, self._talk.next_at())

    def emit(self, t: float) -> list[bytes]:
        """What it says by itself at ``t``."""
        said = self._talk.say(t) if self._talk.next_at() <= t else []
        if self._announce_at <= t:
            self._announce_at += ANNOUNCE_S
            said.append(e.connect_indication(round(t * TICKS_A_SECOND), self._address))
        return said

    def receive(self, data: bytes, t: float) -> list[bytes]:
        """Take a datagram and answer it."""
        return self._talk.answer(data, t)


def _message(line: bytes) -> bytes:
    """The message of a serial frame; empty for a damaged one."""
    body = bytearray()
    escaped = False
    for byte in line:
        if byte == 0x7D and not escaped:
            escaped = True
            continue
        body.append(byte ^ 0x20 if escaped else byte)
        escaped = False
    whole = bytes(body)
    if len(whole) < 6 or struct.pack("<H", e.x25(whole[:-2])) != whole[-2:]:
        return b""
    return whole[4:-2]
