"""What stands between two seals of a record, gathered row by row. Pure."""

from __future__ import annotations

import hashlib
import zlib

from vitalwatch.journal.record import item_lines


class Range:
    """The rows after one seal, up to the next.

    Args:
        after: number of the seal before; 0 at the beginning of a record.

    Attributes:
        items: how many samples were found.
    """

    def __init__(self, after: int) -> None:
        self.after = after
        self.items = 0
        self._digest = hashlib.sha256()
        self._runs: list[tuple[int, int]] = []

    def number(self, first: int, last: int) -> None:
        """Rows with these numbers are there."""
        self._runs.append((first, last))

    def block(self, seq: int, last: int, at: int, until: int, items: int, data: bytes) -> None:
        """Take a block in.

        Raises:
            ValueError, zlib.error: if it was not made by us, or its columns say something else than its text.
        """
        text = inflated(data)
        lines = text.splitlines(keepends=True)
        if not lines or lines[0][:1] != b"[" or lines[-1][:1] != b"[" or not text.endswith(b"\n"):
            raise ValueError("it does not begin and end with a sample")
        self._digest.update(text if len(lines) == items else b"".join(item_lines(text)))
        next_, begun, found = seq, seq, 0
        for line in lines:
            if line[:1] == b"[":
                next_ += 1
                found += 1
            else:
                self.number(begun, next_ - 1)
                next_ += int(line)
                begun = next_
        self.number(begun, next_ - 1)
        self.items += found
        if (found, next_ - 1, _time(lines[0]), _time(lines[-1])) != (items, last, at, until):
            raise ValueError("its numbers or times are not those of its samples")

    def fits(self, items: int, sha256: str) -> bool:
        """Whether this is what a seal says."""
        return self.items == items and self._digest.hexdigest() == sha256

    def twice(self) -> int | None:
        """A number that two rows have; ``None`` when there is none."""
        end = self.after
        for first, last in sorted(self._runs):
            if first <= end:
                return first
            end = last
        return None

    def missing(self) -> tuple[int, int] | None:
        """The first numbers, from and to, that no row has; ``None`` when none is missing."""
        end = self.after
        for first, last in sorted(self._runs):
            if first > end + 1:
                return end + 1, first - 1
            end = max(end, last)
        return None


def inflated(data: bytes) -> bytes:
    """What was deflated, and nothing behind it.

    Raises:
        ValueError, zlib.error: if it is not whole, or something stands behind it.
    """
    inflating = zlib.decompressobj()
    text = inflating.decompress(data)
    if not inflating.eof or inflating.unused_data:
        raise ValueError("it is cut, or something stands behind it")
    return text


def _time(line: bytes) -> int:
    return int(line[1 : line.index(b",")])
