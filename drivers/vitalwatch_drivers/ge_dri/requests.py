"""What is asked of the monitor, and when. Pure; every request only reads.

Theory of operation. The monitor sends nothing before it was asked; then it goes on by itself. It stops when it is
switched off, put to standby, or for curves when its CTS line is blocked. So each kind of record has a patience: when
none came for so long, it is asked for again.

Sources: GE S/5 Computer Interface Specification M1017617, transmission requests and appendix A (whole example frames);
for alarms its chapter on access to alarm information, as in the open-source readers icu_devices and monitor_serial.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from struct import pack
from typing import Final

from vitalwatch_drivers.ge_dri.frames import ALARMS, PHYSIOLOGICAL, WAVES, wrap

WITH_EXT1: Final = 0x02
"""Classes: Basic is sent unless denied (bit 0); Ext1 only if asked for."""

WAVE_PATIENCE_S: Final = 10.0
ALARM_PATIENCE_S: Final = 30.0
"""Alarms come only when they change; asking now and then mends what a damaged record spoilt."""

_DISPLAYED_VALUES: Final = 1
_SEND_NOW: Final = 0
_SEND_CHANGES: Final = 2


def displayed_request(interval_s: int, classes: int = WITH_EXT1) -> bytes:
    """Ask for the displayed values every ``interval_s`` seconds, 5 or more."""
    return _request(PHYSIOLOGICAL, pack("<BhIh", _DISPLAYED_VALUES, interval_s, classes, 0))


def wave_request(kinds: Sequence[int]) -> bytes:
    """Ask for curves, at most eight; together at most 600 samples a second."""
    listed = bytes((*kinds, 0xFF))[:8]
    return _request(WAVES, pack("<hh8s20x", 0, 0, listed))


def alarm_request(command: int) -> bytes:
    """Ask for the alarms: 0 for what holds now, 2 for all changes from now on."""
    return _request(ALARMS, pack("<h10x", command))


def _request(main_type: int, body: bytes) -> bytes:
    # One part, at offset 0, of kind 0: "request"; then the end of the list.
    header = pack("<hBBHI4xh", 40 + len(body), 0, 0, 0, 0, main_type) + bytes((0, 0, 0, 0, 0, 0xFF)) + bytes(18)
    return wrap(header + body)


class _Wish:
    """One kind of record that is wanted."""

    def __init__(self, frames: tuple[bytes, ...], patience_s: float) -> None:
        self.frames = frames
        self.patience_s = patience_s
        self.ask_at = -math.inf


class Wishes:
    """Keeps what is wanted of one monitor.

    Args:
        interval_s: seconds between two records of displayed values.
        waves: kinds of the curves that are wanted.
        alarms: whether the monitor's alarms are wanted.
    """

    def __init__(self, interval_s: int, waves: Sequence[int], *, alarms: bool) -> None:
        self._wishes = {PHYSIOLOGICAL: _Wish((displayed_request(interval_s),), 2.0 * interval_s)}
        if waves:
            self._wishes[WAVES] = _Wish((wave_request(waves),), WAVE_PATIENCE_S)
        if alarms:
            both = (alarm_request(_SEND_CHANGES), alarm_request(_SEND_NOW))
            self._wishes[ALARMS] = _Wish(both, ALARM_PATIENCE_S)

    def heard(self, main_type: int, now: float) -> None:
        """A record of this main type came."""
        if main_type in self._wishes:
            wish = self._wishes[main_type]
            wish.ask_at = now + wish.patience_s

    def due(self, now: float) -> tuple[tuple[bytes, ...], float]:
        """What to send at ``now``, and when to ask again."""
        send: list[bytes] = []
        for wish in self._wishes.values():
            if now >= wish.ask_at:
                send += wish.frames
                wish.ask_at = now + wish.patience_s
        return tuple(send), min(wish.ask_at for wish in self._wishes.values())

    def reset(self) -> None:
        """Ask for everything at the next opening."""
        for wish in self._wishes.values():
            wish.ask_at = -math.inf
