"""Puts 25 frames of format 2 or 7 together into a packet, which holds the values. No meaning of flags, no clock."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Final

import msgspec

from vitalwatch_drivers.nonin.frames import WAVE_GREEN, WAVE_RED, WAVE_SYNC, WaveFrame, pulse_of, spo2_of

FRAMES_A_PACKET: Final = 25
FRAMES_A_SECOND: Final = 75

STAT2_LOW_BATTERY: Final = 0x01

GOOD: Final = "good"
MARGINAL: Final = "marginal perfusion"
POOR: Final = "low perfusion"


class Packet(msgspec.Struct, frozen=True):
    """What 25 frames say together, three times a second.

    The "-D" values are left out on purpose: they stay for 10 s after the finger is out.

    Attributes:
        flags: every ``WAVE_`` bit that any of the frames has.
        perfusion: ``GOOD``, ``MARGINAL`` or ``POOR``, the worst of its pulses; empty when it holds no pulse.
        pulse: four-beat average in bpm, 0-510, or none.
        spo2: four-beat average in %, 0-126, or none.
        low_battery: whether the oximeter says so.
    """

    flags: int
    perfusion: str
    pulse: int | None
    spo2: int | None
    low_battery: bool


class Packets:
    """Collects frames from one SYNC to the next; a packet with any other number of frames than 25 is left out."""

    def __init__(self) -> None:
        self._frames: list[WaveFrame] = []

    def add(self, frame: WaveFrame) -> Packet | None:
        """Take the next frame; the packet, if this was its last one."""
        if frame.status & WAVE_SYNC:
            self._frames = [frame]
        elif self._frames:
            self._frames.append(frame)
        if len(self._frames) < FRAMES_A_PACKET:
            return None
        packet, self._frames = _packet(self._frames), []
        return packet

    def broken(self) -> None:
        """Forget the packet that has begun: a frame of it is missing."""
        self._frames = []


def _packet(frames: list[WaveFrame]) -> Packet:
    values = [frame.value for frame in frames]
    return Packet(
        flags=reduce(or_, (frame.status for frame in frames)),
        perfusion=_perfusion({frame.status & (WAVE_RED | WAVE_GREEN) for frame in frames}),
        pulse=pulse_of(values[0], values[1]),
        spo2=spo2_of(values[2]),
        low_battery=bool(values[7] & STAT2_LOW_BATTERY),
    )


def _perfusion(lights: set[int]) -> str:
    if WAVE_RED in lights:
        return POOR
    if WAVE_RED | WAVE_GREEN in lights:
        return MARGINAL
    return GOOD if WAVE_GREEN in lights else ""
