"""One message of a publisher, as a frozen value, with nothing left of its JSON."""

from __future__ import annotations

import msgspec

from vitalwatch.model import Mode, Vital


class Stamp(msgspec.Struct, frozen=True):
    """A time that the sender wrote; its clock may be wrong, so it is a label and a measure against its own stamps.

    Attributes:
        label: for people; ISO 8601 if the text or number could be read as a time.
        seconds: since 1970 by the sender's clock; ``None`` when it could not be read.
        zoned: whether the sender said its offset from UTC. A stamp without one is counted as if in UTC, so it can
            only be compared with another without one.
    """

    label: str
    seconds: float | None = None
    zoned: bool = False

    @property
    def key(self) -> str | float:
        """What makes two stamps the same: the time they name, or their text if it names none."""
        return self.label if self.seconds is None else self.seconds

    def seconds_since(self, earlier: Stamp) -> float | None:
        """How long after ``earlier`` this stamp is, in seconds; ``None`` if the two cannot be compared."""
        if self.seconds is None or earlier.seconds is None or self.zoned != earlier.zoned:
            return None
        return self.seconds - earlier.seconds


class VitalsMessage(msgspec.Struct, frozen=True):
    """What one message says.

    Attributes:
        values: what was sent for each mapped vital that is in the message, in the vital's unit. ``None`` is the
            sender's "no value", NaN something that is not a number. A vital that is not in the message has no entry.
        statuses: everything that is the matter; ``None`` when the message does not speak of statuses.
        mode: real, test or demo, as the sender says.
        time: when the message was made.
        cuff_time: when the cuff reading in it was taken.
        sequence: the sender's number of this message.
    """

    values: dict[Vital, float | None]
    statuses: tuple[str, ...] | None = None
    mode: Mode = Mode.REAL
    time: Stamp | None = None
    cuff_time: Stamp | None = None
    sequence: str | None = None
