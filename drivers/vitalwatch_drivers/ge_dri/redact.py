"""Takes people out of what is recorded.

On the network side of these monitors, records of main type 5 and 8 carry names, dates of birth and notes. The serial
line should bring none, but whoever bridges the two may. So only whole records of the kinds that are read are kept.
"""

from __future__ import annotations

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.ge_dri.decoder import MOST_BETWEEN_FLAGS
from vitalwatch_drivers.ge_dri.frames import ALARMS, PHYSIOLOGICAL, WAVES, parse_frame

KEPT = frozenset({PHYSIOLOGICAL, WAVES, ALARMS})


class Redactor:
    """Redacts one connection's bytes, given chunk by chunk."""

    def __init__(self) -> None:
        self._data = bytearray()

    def redact(self, data: bytes) -> bytes:
        """The records that ended, without those that may tell of people; no bytes given ends what was kept back."""
        if not data:
            self._data.clear()
            return b""
        *ended, rest = data.split(b"\x7e")
        kept: list[bytes] = []
        for piece in ended:
            self._add(piece)
            kept.append(_kept(bytes(self._data)))
            self._data.clear()
        self._add(rest)
        return b"".join(kept)

    def _add(self, piece: bytes) -> None:
        # What is too long is no record, however it goes on.
        self._data += piece[: MOST_BETWEEN_FLAGS + 1 - len(self._data)]


def _kept(between_flags: bytes) -> bytes:
    try:
        record = parse_frame(between_flags)
    except DecodeError:
        return b""
    return b"\x7e" + between_flags + b"\x7e" if record.kind in KEPT else b""
