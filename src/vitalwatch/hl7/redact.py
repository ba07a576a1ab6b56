"""Recordings freed of people, line by line. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

LINE_LIMIT: Final = 64 * 1024
"""Longest line that is kept back; more of it is left out."""

_LINE_ENDS: Final = re.compile(rb"([\r\n\x0b\x1c])")
_SEGMENT_NAME: Final = re.compile(rb"[A-Z][A-Z0-9]{2}(?=\||$)")
_BEFORE_LINE: Final = b" \t\xe2\x80\xa8\xef\xbb\xbf"

_WHOLE: Final = (b"MSH", b"MSA")
"""Segments about the message."""

_OBR_KEPT: Final = 8
"""OBR-1 to OBR-7 name the set and its time; later fields name collectors, doctors and transcribers."""

_OBSERVER: Final = 16
"""OBX-16, the responsible observer."""

_CODED: Final = (b"NM", b"SN", b"CE", b"CNE", b"CWE", b"NA", b"")
"""Types of values that are numbers or codes. Free text may hold anything."""

_SENT_NUMBER: Final = re.compile(rb"[-+0-9.<> ]*")


class LineRedactor:
    """Redacts one connection's bytes, given chunk by chunk, so that a name that is cut between two is still found.

    Args:
        redact_line: what may be kept of one segment; ``redact_segment`` or something stricter.
    """

    def __init__(self, redact_line: Callable[[bytes], bytes]) -> None:
        self._redact_line = redact_line
        self._line = bytearray()
        self._overlong = False

    def redact(self, data: bytes) -> bytes:
        """The lines that ended, without people; with no bytes given, also what was kept back."""
        if not data:
            return self._end()
        kept: list[bytes] = []
        for piece in _LINE_ENDS.split(data):
            if _LINE_ENDS.fullmatch(piece):
                kept += (self._end(), piece)
            elif not self._overlong:
                self._line += piece
                if len(self._line) > LINE_LIMIT:
                    self._line.clear()
                    self._overlong = True
        return b"".join(kept)

    def _end(self) -> bytes:
        line = b"" if self._overlong else self._redact_line(bytes(self._line))
        self._line.clear()
        self._overlong = False
        return line


def redact_segment(line: bytes) -> bytes:
    """One segment without people.

    Only what is known to say nothing of a person is kept: the header, acknowledgements, and the fields of OBR and OBX
    that drivers read. Of any other segment (PID, PV1, NK1, NTE …) only its name is kept, of anything else nothing.
    """
    segment = line.lstrip(_BEFORE_LINE)
    name = _SEGMENT_NAME.match(segment)
    if name is None:
        return b""
    if name[0] in _WHOLE:
        return segment
    fields = segment.split(b"|")
    if name[0] == b"OBR":
        return b"|".join(fields[:_OBR_KEPT])
    if name[0] != b"OBX":
        return name[0]
    kind = fields[2].strip() if len(fields) > 2 else b""
    if len(fields) > 5 and kind not in _CODED and not _SENT_NUMBER.fullmatch(fields[5]):
        fields[5] = b""
    if len(fields) > _OBSERVER:
        fields[_OBSERVER] = b""
    return b"|".join(fields)
