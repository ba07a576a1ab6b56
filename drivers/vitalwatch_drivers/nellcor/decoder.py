"""Bytes of the Nellcor table in, parsed lines out. Bounded, counts what it drops, and never raises."""

from __future__ import annotations

from typing import Final

from vitalwatch.lines import LineDecoder
from vitalwatch_drivers.nellcor.frames import Line, parse_line

LINE_LIMIT: Final = 512
"""Longest run of bytes without a line end that is kept. Real lines have up to about 85."""


class NellcorDecoder(LineDecoder[Line]):
    """A line decoder that reads the Nellcor table."""

    def __init__(self) -> None:
        super().__init__(parse_line, LINE_LIMIT)
