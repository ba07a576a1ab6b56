"""What a capture holds, piece by piece, and when each piece came. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vitalwatch.driver import DriverInfo, Message, Received
from vitalwatch.link_url import ReplayOptions
from vitalwatch.links.capture import BITS_A_BYTE


class Delivery(NamedTuple):
    """What came at one moment, as a link would have delivered it.

    Attributes:
        at_s: seconds since the first byte of the capture; never falls.
        data: bytes for a driver that reads a stream, a message for one that reads messages; ``None`` where the link
            was lost.
    """

    at_s: float
    data: Received | None


class Piece(NamedTuple):
    """One message, datagram or report of a capture.

    Attributes:
        stamp_s: when it came by the capture's own times, in seconds; only differences mean anything. ``None`` when
            the capture does not tell.
        data: its bytes.
        topic: where it was published, if the capture tells.
        retained: whether the broker had kept it.
    """

    stamp_s: float | None
    data: bytes
    topic: str = ""
    retained: bool = False


class Pace:
    """How fast a capture without times of its own is taken to have come.

    Args:
        info: of the driver that will read it. A stream comes as the first of its line settings allows (9600 baud when
            it names none), messages come ``period_s`` apart.
        period_s: seconds from one message to the next.
    """

    def __init__(self, info: DriverInfo, period_s: float) -> None:
        self.takes = info.takes
        self.baud = info.settings[0].baud if info.settings else ReplayOptions().baud
        self._period_s = period_s

    def deliver(self, pieces: Iterable[Piece]) -> Iterator[Delivery]:
        """Give each piece its moment, in the driver's form.

        By the capture's own times where there are any: a piece without one comes with the piece before it, and so
        does one whose time goes back. In a capture without any, a piece of a stream comes when its last byte is there.
        """
        known = list(pieces)
        stamps = [piece.stamp_s for piece in known if piece.stamp_s is not None]
        at_s = 0.0
        sent = 0
        for number, piece in enumerate(known):
            sent += len(piece.data)
            if stamps:
                at_s = at_s if piece.stamp_s is None else max(at_s, piece.stamp_s - stamps[0])
            elif self.takes == "stream":
                at_s = sent * BITS_A_BYTE / self.baud
            else:
                at_s = number * self._period_s
            yield Delivery(at_s, self.received(piece.data, piece.topic, piece.retained))

    def received(self, data: bytes, topic: str = "", retained: bool = False) -> Received:
        """Put what came into the driver's form."""
        return data if self.takes == "stream" else Message(data, topic, retained)
