"""What is sent to a Unity monitor: the two requests of a host, 62 bytes each, as they are in the recording."""

from __future__ import annotations

from typing import Final, Literal

ASK_EACH_S: Final = 5.0

STARTS: Final = {
    "vitals": bytes.fromhex("002515fc0000 0000002515e4 00ca0060 0006 0000 0000 0029"),
    "waves": b"HOME ALARME:" + bytes.fromhex("00ca0021 0006 0000 0000 000b"),
}
"""Two addresses that the monitor does not look at, function 202, what is asked for (60 values, 21 curves), version 6,
sequence, flag, and the number of the asking process."""

LENGTH: Final = 62


def request(wanted: Literal["vitals", "waves"], origin: str) -> bytes:
    """A request; ``origin`` is who asks, as ``WARD|BED``, at most 15 signs of ASCII."""
    return (STARTS[wanted] + origin.encode("ascii")).ljust(LENGTH, b"\0")
