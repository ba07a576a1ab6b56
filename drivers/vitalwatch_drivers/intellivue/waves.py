"""The oximeter's curve. Pure.

Samples come without what is needed to draw them: their period and their significant bits come once, when the curve is
first sent, and are kept for its handle.

Source: protocol notes on monitors, section 1: 096E, 0967 (samples), 096D (array), 098D (period, 1/8 ms). The layout
within the array attribute is from memory, checked against no document and no recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from vitalwatch_drivers.intellivue.frames import TICKS_A_SECOND, Attributes, Poll, Reader
from vitalwatch_drivers.intellivue.values import NO_VALUE

SAMPLES, COMPOUND_SAMPLES = 0x096E, 0x0967
ARRAY, PERIOD = 0x096D, 0x098D
PLETH: Final = 0x4BB4
MOST_HANDLES: Final = 16
SAMPLE_BITS: Final = 16


class _Shape(msgspec.Struct):
    """Ticks from sample to sample, and the bits of a sample that are its height; 0 until told."""

    period: int = 0
    mask: int = 0


class Curve:
    """The pleth of one monitor."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[int, int], _Shape] = {}

    def take(self, poll: Poll) -> Iterator[tuple[float, tuple[float | None, ...]]]:
        """Give blocks of the pleth: samples a second, and heights without a unit, ``None`` while they mean nothing.

        Raises:
            DecodeError: if an attribute is shorter than it says.
        """
        for one in poll.objects:
            shape = self._shape((one.context, one.handle), one.attributes)
            for heights in _pleths(one.attributes, shape.mask):
                if shape.period and shape.mask and heights:
                    yield TICKS_A_SECOND / shape.period, heights

    def _shape(self, place: tuple[int, int], attributes: Attributes) -> _Shape:
        shape = self._shapes.setdefault(place, _Shape())
        while len(self._shapes) > MOST_HANDLES:
            del self._shapes[next(iter(self._shapes))]
        if PERIOD in attributes:
            shape.period = Reader(attributes[PERIOD]).u32()
        if ARRAY in attributes:
            reader = Reader(attributes[ARRAY])
            reader.take(2)  # samples in a block; each block says its own
            size, bits = reader.u8(), reader.u8()
            shape.mask = (1 << bits) - 1 if size == SAMPLE_BITS and bits <= SAMPLE_BITS else 0
        return shape


def _pleths(attributes: Attributes, mask: int) -> Iterator[tuple[float | None, ...]]:
    blocks: list[tuple[int, int, bytes]] = []
    if SAMPLES in attributes:
        blocks.append(_block(Reader(attributes[SAMPLES])))
    if COMPOUND_SAMPLES in attributes:
        count, part = Reader(attributes[COMPOUND_SAMPLES]).counted()
        blocks += [_block(part) for _ in range(count)]
    for source, state, raw in blocks:
        if source == PLETH:
            heights = (int.from_bytes(raw[at : at + 2], "big") & mask for at in range(0, len(raw) - 1, 2))
            yield tuple(None if state & NO_VALUE else float(height) for height in heights)


def _block(reader: Reader) -> tuple[int, int, bytes]:
    source, state = reader.u16(), reader.u16()
    return source, state, reader.take(reader.u16())
