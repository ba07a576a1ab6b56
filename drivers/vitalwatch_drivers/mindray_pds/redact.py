"""Takes people out of what is recorded.

Of the messages that the driver reads, what every HL7 recording keeps; of all others only the header: 101 and 103 say
who the patient is, and not only in PID.
"""

from __future__ import annotations

from typing import Final

from vitalwatch.hl7 import LineRedactor, redact_segment
from vitalwatch_drivers.mindray_pds.frames import READ

_IDENTITY: Final = 9
"""Place of MSH-10 in a header that is split at its separators."""


class Redactor:
    """Redacts one connection's bytes, given chunk by chunk."""

    def __init__(self) -> None:
        self._lines = LineRedactor(self._segment)
        self._reads = False

    def redact(self, data: bytes) -> bytes:
        """The lines that ended, without people; with no bytes given, also what was kept back: the link was cut."""
        kept = self._lines.redact(data)
        if not data:
            self._reads = False
        return kept

    def _segment(self, line: bytes) -> bytes:
        kept = redact_segment(line)
        if kept.startswith(b"MSH|"):
            fields = kept.split(b"|")
            self._reads = len(fields) > _IDENTITY and fields[_IDENTITY].decode("ascii", "replace") in READ
            return kept
        return kept if self._reads else b""
