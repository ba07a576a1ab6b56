"""The sound of the server's own call, as a WAV file made of numbers: one burst of a high alarm."""

from __future__ import annotations

import io
import math
import struct
import wave
from functools import lru_cache
from typing import Final

RATE_HZ: Final = 22_050

_PITCH_HZ: Final = 660.0
"""Fundamental of a pulse; it may be 150 to 1000 Hz (PUI Audio, note on IEC 60601-1-8)."""

_HARMONICS: Final = (1.0, 0.7, 0.6, 0.5, 0.4)
"""Strength of the fundamental and of the next four: at least four harmonics, all within 15 dB (same note)."""

_PULSE_S: Final = 0.15
_RISE_S: Final = 0.02
_GAP_S: Final = 0.10
_AFTER_THIRD_S: Final = 0.35
_BETWEEN_HALVES_S: Final = 0.60
"""A high burst is ten pulses: three, two, a pause, and the same again. Lengths are within those that vendors give."""

_LOUDEST: Final = 0.9 * 32_767


@lru_cache(maxsize=1)
def burst_wav() -> bytes:
    """One burst of a high alarm: mono, 16 bit, under four seconds."""
    pulse = _pulse()
    samples: list[int] = []
    for half in range(2):
        for number in range(5):
            samples += pulse
            pause_s = _AFTER_THIRD_S if number == 2 else _GAP_S
            if number == 4:
                pause_s = _BETWEEN_HALVES_S if half == 0 else 0.0
            samples += [0] * int(pause_s * RATE_HZ)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE_HZ)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


def _pulse() -> list[int]:
    """One pulse, rising and falling softly."""
    count = int(_PULSE_S * RATE_HZ)
    full = sum(_HARMONICS)
    samples = []
    for n in range(count):
        t = n / RATE_HZ
        edge = min(1.0, t / _RISE_S, (_PULSE_S - t) / _RISE_S)
        tone = sum(a * math.sin(2 * math.pi * _PITCH_HZ * (k + 1) * t) for k, a in enumerate(_HARMONICS))
        samples.append(int(_LOUDEST * max(0.0, edge) * tone / full))
    return samples
