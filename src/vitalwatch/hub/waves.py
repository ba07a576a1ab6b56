"""Curves on their way to the screens: what drivers report, made into the binary frames of ``docs/live-socket.md``.

One frame at most every :data:`FRAME_S` for all chairs, and none while there is nothing new or nobody looks. A chair
shows the curve of the device whose SpO2 it shows, so that number and curve never belong to two sensors.

Policy: newest wins, everything is bounded, nothing waits for curves. Samples wait here for less than a second; a viewer
that lags loses curves first (see ``viewers.py``). All viewers together share one encoding, and each one's share is at
most :data:`BYTES_A_SECOND`: with more samples than that, every curve is thinned by the same whole number, said in the
log and seen in the frames' rate.
"""

from __future__ import annotations

import asyncio
import math
import struct
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from vitalwatch.clock import Clock
from vitalwatch.hub.heights import MISSING, Range
from vitalwatch.model import Waveform

PLETH: Final = "pleth"
"""The one signal that screens draw."""

FRAME_S: Final = 0.04
"""Real seconds between two frames."""

GATHER_S: Final = 0.16
"""A chair is in at most one frame of so many real seconds: else the heads of its blocks weigh more than its samples."""

BYTES_A_SECOND: Final = 10_000
"""A viewer's share of curves, in bytes of whole websocket frames a real second."""

HEADS_A_SECOND: Final = 2_500
"""How much of the share the heads of blocks may take; clinics too large for that have their chairs gathered longer."""

FASTEST_HZ: Final = 255
"""The highest rate that a frame can say."""

QUIET_S: Final = 2.0
"""A device that has sent no curve for so many real seconds has no part in the share any more."""

_FRAME: Final = struct.Struct("<BBHd")
_BLOCK: Final = struct.Struct("<HBBH")
_KIND: Final = 1
_PLETH_SIGNAL: Final = 1
_WEBSOCKET_HEAD: Final = 4
_SAMPLES_A_SECOND: Final = BYTES_A_SECOND - HEADS_A_SECOND - math.ceil((_FRAME.size + _WEBSOCKET_HEAD) / FRAME_S)
_SAMPLES_HELD: Final = 2 * FASTEST_HZ

_log = structlog.get_logger("waves")


class _Curve:
    """What is known of the curve that a chair shows.

    Attributes:
        device: whose it is.
        rate_hz: as the device sends it, samples a service second.
        every: one of so many samples is sent.
        heard_at: service seconds of the newest block.
        sent_at: service seconds of the newest frame that it was in.
        waiting: heights that are not sent yet.
    """

    def __init__(self, device: str, rate_hz: float) -> None:
        self.device = device
        self.rate_hz = rate_hz
        self.every = 0
        self.heard_at = -math.inf
        self.sent_at = -math.inf
        self.waiting = bytearray([MISSING])  # what comes does not join what was there before
        self._range = Range()
        self._left = bytearray()

    def take(self, block: Waveform) -> None:
        """Add a block. A thinned sample that stands for a missing one is missing: no gap is hidden."""
        self.heard_at = block.at
        heights = self._left + self._range.heights(block.samples, block.rate_hz)
        whole = len(heights) - len(heights) % self.every
        self._left = heights[whole:]
        groups = (heights[start : start + self.every] for start in range(0, whole, self.every))
        self.waiting += (
            heights[:whole] if self.every == 1 else bytes(MISSING if MISSING in group else group[0] for group in groups)
        )
        if len(self.waiting) > _SAMPLES_HELD:
            self.waiting[:] = bytes([MISSING]) + self.waiting[-_SAMPLES_HELD + 1 :]

    def thin(self, every: int) -> None:
        """Send one of so many samples from now on, or fewer: a frame cannot say more than :data:`FASTEST_HZ`."""
        every = max(every, math.ceil(self.rate_hz / FASTEST_HZ))
        if every != self.every:
            self.every = every
            self._left.clear()


class Waves:
    """Gathers the curves of all chairs and sends them on.

    Args:
        chairs: ids in the order of the snapshot, which is what frames name them by.
        clock: the service's clock.
        oximeter: the device whose SpO2 a chair shows now, or ``None``.
        wanted: whether any screen draws curves.
        send: is given each frame.
    """

    def __init__(
        self,
        chairs: Sequence[str],
        clock: Clock,
        oximeter: Callable[[str], str | None],
        wanted: Callable[[], bool],
        send: Callable[[bytes], None],
    ) -> None:
        self._clock = clock
        self._oximeter = oximeter
        self._wanted = wanted
        self._send = send
        self._curves: dict[str, _Curve] = {}
        self._every = 1
        self._share_at = -math.inf
        self._timer: asyncio.TimerHandle | None = None
        self.renew(chairs)

    def renew(self, chairs: Sequence[str]) -> None:
        """Another snapshot was sent: chairs have other numbers from now on."""
        self._index = {chair: number for number, chair in enumerate(chairs)}
        self._curves.clear()
        self.stop()

    def stop(self) -> None:
        """Send nothing any more until another block comes."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def take(self, chair: str, block: Waveform) -> None:
        """Take a block that a driver has reported. Costs next to nothing while no screen draws curves."""
        if block.signal != PLETH or not self._wanted() or chair not in self._index:
            return
        if not block.samples or not block.rate_hz > 0 or self._oximeter(chair) != block.device:
            return
        curve = self._curves.get(chair)
        if curve is None or (curve.device, curve.rate_hz) != (block.device, block.rate_hz):
            curve = self._curves[chair] = _Curve(block.device, block.rate_hz)
            curve.thin(self._every)
            self._share_at = -math.inf
        curve.take(block)
        if self._timer is None:
            self._arm()

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(FRAME_S, self._tick)

    def _tick(self) -> None:
        self._timer = None
        now = self._clock.now()
        frame = self._frame(now)
        if frame is not None:
            self._send(frame)
        if any(curve.waiting for curve in self._curves.values()):
            self._arm()

    def _frame(self, now: float) -> bytes | None:
        """Everything that is due."""
        self._divide(now)
        gather_s = max(GATHER_S, len(self._curves) * _BLOCK.size / HEADS_A_SECOND) * self._clock.speed
        blocks: list[bytes] = []
        for chair, curve in self._curves.items():
            if not curve.waiting or now < curve.sent_at + gather_s:
                continue
            rate_hz = max(1, round(curve.rate_hz / curve.every))
            head = _BLOCK.pack(self._index[chair], _PLETH_SIGNAL, rate_hz, len(curve.waiting))
            blocks += (head, bytes(curve.waiting))
            curve.waiting.clear()
            curve.sent_at = now
            curve.thin(self._every)
        if not blocks:
            return None
        return b"".join([_FRAME.pack(_KIND, 0, len(blocks) // 2, now), *blocks])

    def _divide(self, now: float) -> None:
        """Find by how much curves have to be thinned to keep within a viewer's share; once a second is enough."""
        if now < self._share_at + self._clock.speed:
            return
        self._share_at = now
        oldest = now - QUIET_S * self._clock.speed
        self._curves = {chair: curve for chair, curve in self._curves.items() if curve.heard_at > oldest}
        rate_hz = sum(curve.rate_hz for curve in self._curves.values()) * self._clock.speed
        every = max(1, math.ceil(rate_hz / _SAMPLES_A_SECOND))
        if every != self._every:
            _log.info("curves thinned", every=every, chairs=len(self._curves), samples_a_second=round(rate_hz))
            self._every = every
