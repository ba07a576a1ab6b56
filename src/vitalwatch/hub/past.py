"""What a service finds in its record and goes on from, and how long nobody was watching."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from vitalwatch.alarms import Engine, Output
from vitalwatch.hub.history import ChairHistory, History
from vitalwatch.journal.minutes import MINUTE_S
from vitalwatch.journal.opening import Opened
from vitalwatch.journal.record import US
from vitalwatch.journal.resume import resume
from vitalwatch.journal.store import Store

_log = structlog.get_logger("record")


class Past:
    """What a record held.

    Args:
        engine: as it was.
        since: number of the checkpoint from which it was told again what came after.
        open_store: opens the record for reading.

    Attributes:
        engine: as it was.
        history: what was told since the checkpoint.
        departed: what chairs remembered of people who left since the checkpoint, and which chair it was.
        since: the number of that checkpoint.
        open: opens the record for reading.
        again: what the engine said after the end of the record.
        away_s: how long nobody was watching, service seconds.
        known: whether the clock can be believed that it was so long.
        after: how the run before ended: ``stopped``, or ``broken off``.
    """

    def __init__(self, engine: Engine, since: int, open_store: Callable[[], Store]) -> None:
        self.engine = engine
        self.history = History(engine)
        self.history.heard = []
        self.departed: list[tuple[str, ChairHistory]] = []
        self.history.departs = lambda chair, known: self.departed.append((chair, known))
        self._begins = engine.now
        self._ended, self._speed = 0.0, 1.0
        self.since = since
        self.open = open_store
        self.again: list[Output] = []
        self.away_s = 0.0
        self.known = True
        self.after = ""

    def was_away(self, ended: float, begins: float, speed: float) -> None:
        """Take in how long nobody was watching, by the clock on the wall: no other runs on while the computer is off.

        Args:
            ended: what it said at the end of the record, seconds since 1970.
            begins: what it says now. If that is earlier, it was set back, and nobody knows how long it was.
            speed: service seconds in a real second.
        """
        self._ended, self._speed = ended, speed
        self.away_s, self.known = max(0.0, round((begins - ended) * speed, 6)), begins >= ended
        if not self.known:
            _log.warning("the clock was set back; the record's own time goes on", by_s=round(ended - begins, 3))

    @property
    def minutes(self) -> range:
        """The minutes of the axis from the checkpoint to the end: in the record, if at all, without their last part."""
        return range(int(self._begins // MINUTE_S), int(self.engine.now // MINUTE_S) + 1)

    def wall_of(self, at: float) -> int:
        """The time of day (µs since 1970) at a service second before the end, by the clock as it was then."""
        return round((self._ended - (self.engine.now - at) / self._speed) * US)


def past_of(opened: Opened, open_store: Callable[[], Store]) -> tuple[Past | None, str]:
    """What a record holds to go on from, and what everybody must be told. Whatever it holds, watching begins.

    Args:
        opened: the record.
        open_store: opens it for reading.
    """
    if opened.store is None:
        return None, opened.notice
    found: list[Past] = []
    try:
        resumed = resume(
            opened.store,
            lambda engine, since: found.append(Past(engine, since, open_store)),
            lambda event, at: found[0].history.take([event], at),
            lambda outputs: found[0].history.hear(outputs),
        )
    except Exception as fault:  # noqa: BLE001 - told on every screen and logged
        _log.error("the record cannot be gone on from", exc_info=fault)
        return None, anew("what the record holds cannot be read", fault)
    if resumed is None:
        return None, opened.notice
    past = found[0]
    past.again = resumed.again
    past.after = "stopped" if resumed.stopped else "broken off"
    return past, opened.notice


def anew(why: str, fault: Exception) -> str:
    """The notice that nothing is known any more of the alarms of before."""
    return f"Alarms begin anew: {why} ({fault}). Set limits and pauses again."


def start_of(opened: Opened, past: Past | None, wall: float, speed: float) -> float:
    """Where the service's clock begins: it counts on from the end of the record, so that one axis runs through all.

    Args:
        opened: the record.
        past: what it held; is told how long nobody was watching.
        wall: the time of day now, seconds since 1970; a new record begins there.
        speed: service seconds in a real second.

    Returns:
        service seconds.
    """
    if past is None:
        return max(wall, opened.ends_at)
    past.was_away(opened.ends_wall, wall, speed)
    return max(opened.ends_at, past.engine.now) + past.away_s
