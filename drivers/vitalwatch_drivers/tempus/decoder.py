"""Bytes in, messages out: each message is one line. Also what of them may be recorded. Pure."""

from __future__ import annotations

import re
from typing import Final

from vitalwatch.lines import LineDecoder
from vitalwatch_drivers.tempus.frames import Vitals, parse_line, without_names

LINE_LIMIT: Final = 32768
"""Longest line that is kept. The one that is known has 3,153 bytes."""

_LINE_END: Final = re.compile(rb"[\r\n]")


class TempusDecoder(LineDecoder[Vitals]):
    """A line decoder that reads messages with vitals."""

    def __init__(self) -> None:
        super().__init__(parse_line, LINE_LIMIT)

    def datagram(self, payload: bytes) -> None:
        """Take a whole message, with or without a line end behind it."""
        self.reset()
        self.feed(payload + b"\n")


class Redactor:
    """Takes people and places out of one connection's bytes, given chunk by chunk.

    A message is let go as soon as it is whole, also before its line end: a datagram may have none.
    """

    def __init__(self) -> None:
        self._line = bytearray()

    def redact(self, data: bytes) -> bytes:
        """What may be recorded of the messages that are whole now; no bytes given ends what was kept back."""
        if not data:
            self._line.clear()
            return b""
        *ended, rest = _LINE_END.split(data)
        kept: list[bytes] = []
        for piece in ended:
            self._add(piece)
            kept += [without_names(bytes(self._line)), b"\n"]
            self._line.clear()
        self._add(rest)
        if self._line.endswith(b"}") and (whole := without_names(bytes(self._line))):
            kept.append(whole)
            self._line.clear()
        return b"".join(kept)

    def _add(self, piece: bytes) -> None:
        # What is too long is no message, however it goes on.
        self._line += piece[: LINE_LIMIT + 1 - len(self._line)]
