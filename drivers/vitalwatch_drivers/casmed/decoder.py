"""Bytes of a CASMED 740 in, replies out. Bounded, counts what it drops, and never raises."""

from __future__ import annotations

from typing import Final

from vitalwatch.lines import LineDecoder
from vitalwatch_drivers.casmed.frames import Reply, parse_reply

LINE_LIMIT: Final = 32
"""Longest run of bytes without a line end that is kept. Replies to what the driver asks have up to 24."""


class CasmedDecoder(LineDecoder[Reply]):
    """A line decoder that reads the replies of a CASMED 740."""

    def __init__(self) -> None:
        super().__init__(parse_reply, LINE_LIMIT)
