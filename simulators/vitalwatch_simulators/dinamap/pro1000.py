"""A Dinamap PRO 1000 in its binary mode: 50 blocks a second with an ECG curve, a page of parameters each second."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from vitalwatch_simulators.dinamap.encoder import BLOCKS_A_SECOND, block, page
from vitalwatch_simulators.monitor import Person

BLOCKS_A_WRITE: Final = 5
"""Ten writes a second."""

BASELINE: Final = 508
"""Resting height of channel 2, as in the recording; channel 1 rests at 384."""

SPIKE: Final = 300
CRISIS_BPM: Final = 130.0
CRISIS: Final = 0x40


class Pro1000Monitor:
    """One monitor. Same person and same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the time of day at t = 0, which its page tells.

    Attributes:
        start: its clock; may be set while it runs.
    """

    def __init__(self, patient: Person, start: datetime) -> None:
        self._patient = patient
        self.start = start
        self._blocks = 0
        self._beat = 0.0
        self._beats = 0
        self._page = bytes(150)

    def next_at(self) -> float:
        """Seconds since the start at which it writes next."""
        return self._blocks / BLOCKS_A_SECOND

    def emit(self, t: float) -> bytes:
        """Write what is due at ``t``: five blocks."""
        rate = self._patient.vitals(t).heart_rate
        return b"".join(self._block(rate, t) for _ in range(BLOCKS_A_WRITE))

    def _block(self, rate: float, t: float) -> bytes:
        place = self._blocks % BLOCKS_A_SECOND
        if place == 0:
            self._page = page(round(rate), self.start + timedelta(seconds=int(t)))
        self._beat += rate / 60.0 / BLOCKS_A_SECOND
        if beats := self._beat >= 1.0:
            self._beat -= 1.0
            self._beats += 1
        # Bit 0 is set as in the recording; bits 1-2 change at each beat.
        status = 1 | (self._beats % 4) << 1 | (CRISIS if rate >= CRISIS_BPM else 0)
        wave = [BASELINE, BASELINE + SPIKE, BASELINE - SPIKE // 4, BASELINE] if beats else [BASELINE] * 4
        made = block(self._blocks % 200, status, [384] * 4, wave, self._page[3 * place : 3 * place + 3])
        self._blocks += 1
        return made
