"""The step from what waits to what is kept; the start of a run takes it, and then the writer again and again."""

from __future__ import annotations

import zlib
from typing import Final

import structlog

from vitalwatch.journal.packing import Packer, unsealed_lines
from vitalwatch.journal.record import Block, Kind, unpack
from vitalwatch.journal.spool import Spool
from vitalwatch.journal.store import Store

AT_ONCE: Final = 2000
"""Rows in one transaction at most: catching up must not hold up an act for long."""

_log = structlog.get_logger("record")


def packer_at_the_end_of(store: Store) -> Packer:
    """A packer that goes on numbering, sealing and chaining.

    Raises:
        JournalError: if the record cannot be read.
    """
    tail = store.tail()
    seal = 0
    for entry in store.entries(kinds=[Kind.SEAL], newest=1):
        seal = entry.seq
    lines = unsealed_lines(_text(block) for block in store.blocks(after=seal))
    return Packer(tail.seq, seal, lines, tail.hash)


def _text(block: Block) -> bytes:
    try:
        return unpack(block.data)
    except zlib.error:  # it stays as it is
        text = "a part of the record cannot be read; it is kept. Next: vitalwatch journal verify"
        _log.error(text, first=block.seq, last=block.last)
        return b""


def keep_next(store: Store, spool: Spool, packer: Packer) -> Packer:
    """Write the rows that have waited longest, all of them or none.

    Args:
        store: the record.
        spool: where they wait.
        packer: stands where the record ends; stays as it is.

    Returns:
        a packer that stands where it ends now.

    Raises:
        JournalError: if that fails; the rows still wait then.
    """
    after = packer.copy()
    rows = after.number(spool.head(AT_ONCE))
    spool.intend(after.seq, after.hash)
    store.write(rows, packer.hash)
    spool.done()
    return after
