"""Turns what the hub tells the record into rows, and gives them their numbers, seals and place in the chain. Pure.

That is done in two steps, since rows may have to wait. What is :func:`gathered` has no numbers yet; a
:class:`Packer` stands where a record ends and numbers what comes next. So rows that had to wait follow on whatever
is in the record when it takes them: also if it is another one by then.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import msgspec

from vitalwatch.alarms.events import Heard, Sampled
from vitalwatch.journal.record import (
    GENESIS,
    Block,
    Checkpoint,
    Entry,
    Kind,
    Minute,
    Row,
    Seal,
    Wave,
    chained,
    item_lines,
    line_of,
    pack,
    text_of,
    to_us,
    unpack,
)

PASSING: Final = "passing"
"""The name of the item of a checkpoint that only shortens the next restart."""


class Item(NamedTuple):
    """One thing that happened.

    Attributes:
        kind: of the entry that it becomes; ``None`` for a sample, a checkpoint, a minute or a wave.
        at: seconds on the service's axis.
        body: a sample, what goes into an entry's body, a snapshot (bytes), or a row that is ready.
        name: of the entry; or :data:`PASSING`.
        chair: of the entry.
    """

    kind: Kind | None
    at: float
    body: Any
    name: str = ""
    chair: str = ""


def gathered(items: Iterable[Item], wall_of: Callable[[int], int]) -> list[Row]:
    """Make rows without numbers, those of samples by the block.

    Args:
        items: what happened, in order.
        wall_of: the time of day (µs since 1970) at a time on the axis (µs).
    """
    rows: list[Row] = []
    lines: list[bytes] = []
    first = last = 0

    def let_out() -> None:
        if lines:
            rows.append(Block(0, 0, first, last, wall_of(first), len(lines), pack(b"".join(lines))))
            lines.clear()

    for kind, seconds, body, name, chair in items:
        at = to_us(seconds)
        if isinstance(body, Sampled | Heard):
            first, last = (at if not lines else first), at
            lines.append(line_of(body, at))
            continue
        let_out()
        if kind is not None:
            rows.append(Entry(0, at, wall_of(at), kind, name, chair, text_of(body)))
        elif isinstance(body, bytes):
            rows.append(Checkpoint(0, at, wall_of(at), pack(body), name == PASSING))
        elif isinstance(body, Minute | Wave):
            rows.append(body if body.wall else msgspec.structs.replace(body, wall=wall_of(at)))
    let_out()
    return rows


class Packer:
    """Stands where a record ends, and numbers what comes next.

    Args:
        seq: the last number that is taken.
        sealed: numbers up to this are under a seal.
        unsealed: the lines of blocks above it, if there are any.
        hash_: of the last entry.

    Attributes:
        seq: the last number that is taken.
        hash: of the last entry.
    """

    def __init__(self, seq: int = 0, sealed: int = 0, unsealed: Iterable[bytes] = (), hash_: bytes = GENESIS) -> None:
        self.seq = seq
        self.hash = hash_
        self._sealed = sealed
        self._items = 0
        self._digest = hashlib.sha256()
        for line in unsealed:
            self._items += 1
            self._digest.update(line)

    def copy(self) -> Packer:
        """Another that stands at the same place: to try a step that may fail."""
        other = copy.copy(self)
        other._digest = self._digest.copy()  # noqa: SLF001 - of our own kind
        return other

    def pack(self, items: Iterable[Item], wall_of: Callable[[int], int]) -> list[Row]:
        """Make rows with their numbers; see :func:`gathered`."""
        return self.number(gathered(items, wall_of))

    def number(self, rows: Iterable[Row]) -> list[Row]:
        """Give rows without numbers theirs. Before each checkpoint everything since the last is put under a seal."""
        numbered: list[Row] = []
        for row in rows:
            if isinstance(row, Block):
                self._items += row.items
                self._digest.update(unpack(row.data))
                begin, self.seq = self.seq + 1, self.seq + row.items
                numbered.append(msgspec.structs.replace(row, seq=begin, last=self.seq))
            elif isinstance(row, Entry):
                numbered.append(self._chain(row))
            elif isinstance(row, Checkpoint):
                numbered.append(self._seal(row))
                numbered.append(msgspec.structs.replace(row, seq=self.seq))
            else:
                numbered.append(row)
        return numbered

    def _seal(self, after: Checkpoint) -> Entry:
        """Everything since the last seal, under one, with the state that follows."""
        state = hashlib.sha256(unpack(after.data)).hexdigest()
        body = Seal(self._sealed, self.seq + 1, self._items, self._digest.hexdigest(), state)
        self._sealed, self._items, self._digest = self.seq + 1, 0, hashlib.sha256()
        return self._chain(Entry(0, after.at, after.wall, Kind.SEAL, "", "", text_of(body)))

    def _chain(self, entry: Entry) -> Entry:
        self.seq += 1
        entry = msgspec.structs.replace(entry, seq=self.seq)
        self.hash = chained(self.hash, entry)
        return entry


def unsealed_lines(blocks: Iterable[bytes]) -> Iterable[bytes]:
    """The lines that the next seal will hold, from the texts of the blocks since the last one."""
    return (line for text in blocks for line in item_lines(text))
