"""Puts the parts of a long answer together. Pure.

A long poll comes as linked results numbered from 1, the last of them marked so, and then one plain result with the same
invoke id. Nothing of it is told before all is there: half a poll would end states that still hold.
"""

from __future__ import annotations

from typing import Final

import msgspec

from vitalwatch_drivers.intellivue.frames import LAST_LINK, Poll, Result

MOST_PARTS: Final = 64
MOST_ANSWERS: Final = 4
"""Long answers that may be under way at once."""

MOST_WAIT_S: Final = 3.0
"""A long answer that takes longer is too old to be told as new."""


class _Pending(msgspec.Struct):
    since: float
    parts: list[Poll]
    ended: bool = False


class Parts:
    """Long answers under way on one link.

    Attributes:
        lost: answers of which a part did not come.
    """

    def __init__(self) -> None:
        self.lost = 0
        self._pending: dict[int, _Pending] = {}

    def take(self, result: Result, now: float) -> Poll | None:
        """Take an answer or a part of one; give the poll when it is whole."""
        for invoke_id in [each for each, pending in self._pending.items() if now - pending.since > MOST_WAIT_S]:
            self._lose(invoke_id)
        if result.poll is None:
            return None
        if result.link is None:
            return self._last(result.invoke_id, result.poll)
        state, number = result.link
        if number == 1:
            self._lose(result.invoke_id)
            while len(self._pending) >= MOST_ANSWERS:
                self._lose(next(iter(self._pending)))
            self._pending[result.invoke_id] = _Pending(now, [result.poll], state == LAST_LINK)
            return None
        pending = self._pending.get(result.invoke_id)
        if pending is None:
            self.lost += 1
        elif pending.ended or number != len(pending.parts) + 1 or number > MOST_PARTS:
            self._lose(result.invoke_id)
        else:
            pending.parts.append(result.poll)
            pending.ended = state == LAST_LINK
        return None

    def reset(self) -> None:
        """Forget what is not whole: the link was cut."""
        self._pending.clear()

    def _last(self, invoke_id: int, poll: Poll) -> Poll | None:
        pending = self._pending.pop(invoke_id, None)
        if pending is None:
            return poll
        if not pending.ended or any(part.kind != poll.kind for part in pending.parts):
            self.lost += 1
            return None
        objects = tuple(one for part in (*pending.parts, poll) for one in part.objects)
        return msgspec.structs.replace(poll, objects=objects)

    def _lose(self, invoke_id: int) -> None:
        if self._pending.pop(invoke_id, None) is not None:
            self.lost += 1
