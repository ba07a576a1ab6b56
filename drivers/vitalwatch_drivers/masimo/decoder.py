"""Bytes of the Masimo ASCII 1 output in, parsed lines out. Bounded, counts what it drops, and never raises."""

from __future__ import annotations

from typing import Final

from vitalwatch.lines import LineDecoder
from vitalwatch_drivers.masimo.frames import DataLine, parse_line

LINE_LIMIT: Final = 512
"""Longest run of bytes without a line end that is kept. Real lines have up to about 190."""


class MasimoDecoder(LineDecoder[DataLine]):
    """A line decoder that reads the Masimo ASCII 1 output."""

    def __init__(self) -> None:
        super().__init__(parse_line, LINE_LIMIT)
