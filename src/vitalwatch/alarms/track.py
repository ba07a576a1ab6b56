"""The life of one condition at one chair: the state machine of the alarm core, whole, in one file.

Theory of operation. A rule looks at the chair and gives a :class:`Finding`: *beyond* its limit, *clear* of it by the
hysteresis, *between*, or *unknown*. :func:`observe` takes each new finding, :func:`due` tells when the passing of time
alone will change something, and :func:`settle` does what is due. Both sides use one set of rules:

* idle → pending when beyond; the delay clock starts at 0 and runs only while the newest finding is beyond, else it
  stands still (a flicker does not reset it);
* pending → active at the first moment at which the finding is beyond and the clock has reached that finding's delay;
* pending → idle (or back to latched) after ``reset_s`` in a row not beyond, unknown included, or ``clear_s`` in a row
  clear;
* active or acknowledged ends after ``clear_s`` in a row clear, or ``inside_s`` in a row known and not beyond. Unknown
  time ends nothing, and starts those runs anew. A latching alarm that nobody has answered goes to latched, everything
  else to idle;
* acknowledged → active when the time allowed by its priority is over, or when its priority has risen;
* a low or medium condition that comes back within a minute of having been acknowledged joins the old alarm.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import msgspec

from vitalwatch.alarms.transition import Priority, State

ACK_TIMEOUT_S: Final = {Priority.HIGH: 120.0, Priority.MEDIUM: 300.0}
"""How long an acknowledgement holds while the condition goes on; low has no end."""

ESCALATE_S: Final = {Priority.HIGH: (30.0, 60.0), Priority.MEDIUM: (120.0,)}
"""When an unanswered alarm calls further people, seconds after it began to sound."""

REMINDER_S: Final = 60.0
"""A latched alarm, or one that is kept quiet, reminds this often."""

REJOIN_S: Final = 60.0
"""An acknowledged low or medium condition that comes back within this time joins the old alarm."""

CHATTER_COUNT: Final = 3
"""So many activations of one condition within three minutes are chatter."""

PRESENT: Final = frozenset({State.ACTIVE, State.ACKNOWLEDGED})
"""States in which the condition itself exists."""


class Side(StrEnum):
    """On which side of its limit a condition's input lies."""

    BEYOND = "beyond"
    BETWEEN = "between"
    CLEAR = "clear"
    UNKNOWN = "unknown"


class Finding(msgspec.Struct, frozen=True):
    """What a rule sees at one moment.

    Attributes:
        side: where the input lies.
        value: the value judged, in its vital's unit.
        limit: the limit it was judged by.
        limit_key: dotted name of that limit in the profile.
        delay_s: how long the condition must hold, given how far beyond this sample is.
        priority: ``None`` for the catalogue's.
        rises: ``(seconds, priority)``: the priority once the clock has run that long.
        ready_at: when the condition becomes active if this goes on, whatever the delay clock says (the SpO2
            integral counts by itself); ``None`` = by the delay.
        depth: how bad it is, in units of its own, where that can grow while nobody is told again.
        causes: what it is made of, where that can change: lost devices, missing vitals. One that is new since
            somebody answered sounds again.
        until: when this finding ends by the passing of time alone (a sample that no longer stands); ``None`` = never.
        text: the message, where the rule alone can word it.
        note: what the text must not be read without.
    """

    side: Side
    value: float | None = None
    limit: float | None = None
    limit_key: str = ""
    delay_s: float = 0.0
    priority: Priority | None = None
    rises: tuple[float, Priority] | None = None
    ready_at: float | None = None
    depth: float | None = None
    causes: tuple[str, ...] = ()
    until: float | None = None
    text: str = ""
    note: str = ""


UNKNOWN: Final = Finding(Side.UNKNOWN)
CLEAR: Final = Finding(Side.CLEAR)


class Timing(msgspec.Struct, frozen=True):
    """How long a run must be to end a condition: seconds for streams, at once for cuff readings.

    Attributes:
        clear_s: in a row clear: ends pending, active and acknowledged.
        inside_s: in a row known and not beyond: ends active and acknowledged.
        reset_s: in a row not beyond, unknown included: ends pending.
        rejoin_s: an acknowledged low or medium alarm that comes back within this time joins the old one.
        step: by how much worse (in ``Finding.depth``) than when it was acknowledged it must get to alarm again
            within that time; ``None`` = not.
    """

    clear_s: float = 3.0
    inside_s: float = 30.0
    reset_s: float = 10.0
    rejoin_s: float = REJOIN_S
    step: float | None = None


STREAM: Final = Timing()
CUFF: Final = Timing(clear_s=0.0, reset_s=0.0)

TREND_HOLD_OFF_S: Final = 600.0
"""A trend alarm is held off this long after an acknowledgement, unless it got worse by its step again."""


class Change(msgspec.Struct, frozen=True):
    """What the state machine did: a new state, or an event beside the states (then ``target`` is ``None``)."""

    at: float
    source: State
    target: State | None
    reason: str
    event: str = ""
    step: int = 0


class Track(msgspec.Struct):
    """The state of one condition at one chair. Times are service seconds.

    Attributes:
        state: where it stands.
        finding: the newest finding.
        found_at: when that was found.
        priority: the priority while it is anything but idle.
        since: when the condition became active; kept through acknowledging, latching and joining again.
        began_at: when the delay clock last started from 0.
        entered_at: when the present state was entered, or when its priority rose.
        clock: seconds beyond that the delay clock has counted up to ``found_at``.
        quiet_since: start of the run in which it is not beyond, unknown included.
        inside_since: start of the run in which it is known and not beyond.
        clear_since: start of the run in which it is clear.
        beyond_value: the newest value that was beyond.
        beyond_limit: the limit which that was beyond.
        delay_used: the delay with which it last became active.
        count: how often this alarm became active, joinings and returns from latched included.
        was_latched: pending again on top of a latched alarm that nobody has answered.
        acknowledged_at: when it was last acknowledged.
        actor: who acknowledged or shelved it.
        escalated: how many escalation steps have been taken since it began to sound.
        reminded_at: when it last reminded.
        acknowledged_depth: how bad it was when it was acknowledged.
        acknowledged_causes: what it was made of then.
        activations: when it last became active, newest last, at most three.
        shelved_until: when it comes back from the shelf.
        masked: kept dark and quiet by the worse member of its pair.
        causes: what it was last made of.
        text: the last message of a rule that words its own.
        note: that message's note.
    """

    state: State = State.IDLE
    finding: Finding = UNKNOWN
    found_at: float = 0.0
    priority: Priority = Priority.LOW
    since: float = 0.0
    began_at: float = 0.0
    entered_at: float = 0.0
    clock: float = 0.0
    quiet_since: float | None = None
    inside_since: float | None = None
    clear_since: float | None = None
    beyond_value: float | None = None
    beyond_limit: float | None = None
    delay_used: float = 0.0
    count: int = 0
    was_latched: bool = False
    acknowledged_at: float | None = None
    actor: str = ""
    escalated: int = 0
    reminded_at: float = 0.0
    acknowledged_depth: float | None = None
    acknowledged_causes: tuple[str, ...] = ()
    activations: list[float] = []
    shelved_until: float | None = None
    masked: bool = False
    causes: tuple[str, ...] = ()
    text: str = ""
    note: str = ""


def observe(track: Track, finding: Finding, now: float) -> None:
    """Take a new finding at ``now``: stop or go on with the delay clock and the runs. Changes no state."""
    beyond = track.finding.side is Side.BEYOND
    if track.state is State.PENDING and beyond:
        track.clock += now - track.found_at
    track.finding, track.found_at = finding, now
    side = finding.side
    if side is Side.BEYOND:
        track.quiet_since = track.inside_since = track.clear_since = None
        track.beyond_value, track.beyond_limit = finding.value, finding.limit
        return
    if track.quiet_since is None:
        track.quiet_since = now
    if side is Side.UNKNOWN:
        track.inside_since = track.clear_since = None
        return
    if track.inside_since is None:
        track.inside_since = now
    if side is Side.CLEAR:
        if track.clear_since is None:
            track.clear_since = now
    else:
        track.clear_since = None


def due(track: Track, timing: Timing) -> float | None:
    """When the passing of time alone next changes this track or its finding; ``None`` = never."""
    until = track.finding.until
    if track.state is State.IDLE:
        return until
    moments = [moment for moment in _moments(track, timing) if moment is not None]
    if until is not None:
        moments.append(until)
    return round(min(moments), 6) if moments else None


def _moments(track: Track, timing: Timing) -> Iterator[float | None]:
    finding = track.finding
    if track.state is State.PENDING:
        if finding.side is Side.BEYOND:
            yield _full(track)
        else:
            yield _after(track.quiet_since, timing.reset_s)
            yield _after(track.clear_since, timing.clear_s)
        if track.was_latched:
            yield track.reminded_at + REMINDER_S
    elif track.state in PRESENT:
        yield _after(track.clear_since, timing.clear_s)
        yield _after(track.inside_since, timing.inside_s)
        rises = finding.rises
        if rises is not None and rises[1].rank > track.priority.rank:
            yield track.began_at + rises[0]
        if track.state is State.ACKNOWLEDGED:
            timeout = _ack_timeout(track, timing)
            if timeout is not None:
                yield _after(track.acknowledged_at, timeout)
        else:
            yield _next_step(track)
    elif track.state is State.LATCHED:
        yield track.reminded_at + REMINDER_S
    else:
        yield track.shelved_until


def _full(track: Track) -> float:
    """When the delay clock reaches the delay of the newest finding, if that goes on being beyond."""
    if track.finding.ready_at is not None:
        return track.finding.ready_at
    return round(track.found_at + max(0.0, track.finding.delay_s - track.clock), 6)


def _next_step(track: Track) -> float | None:
    """When an unanswered alarm calls the next person; ``None`` when all are called or its worse twin does it."""
    steps = ESCALATE_S.get(track.priority, ())
    if track.masked or track.escalated >= len(steps):
        return None
    return track.entered_at + steps[track.escalated]


def _after(start: float | None, seconds: float) -> float | None:
    return None if start is None else start + seconds


def _over(start: float | None, seconds: float, now: float) -> bool:
    return start is not None and now >= round(start + seconds, 6)


def settle(track: Track, timing: Timing, latching: bool, default: Priority, now: float) -> list[Change]:
    """Do what the state machine must do at ``now``, given the newest finding. Give the changes, in order."""
    changes: list[Change] = []
    if track.state is State.SHELVED:
        if not (_over(track.shelved_until, 0.0, now) or _is_high(track.finding)):
            return changes
        changes.append(unshelve(track, now, "the time on the shelf is over"))
    if track.state in (State.IDLE, State.LATCHED) and track.finding.side is Side.BEYOND:
        track.was_latched = track.state is State.LATCHED
        track.clock, track.began_at = 0.0, now
        changes.append(_enter(track, State.PENDING, now, "beyond the limit"))
    if track.state is State.PENDING:
        changes.extend(_settle_pending(track, timing, default, now))
    elif track.state in PRESENT:
        changes.extend(_settle_present(track, timing, latching, now))
    latched = track.state is State.LATCHED or (track.state is State.PENDING and track.was_latched)
    if latched and _over(track.reminded_at, REMINDER_S, now):
        track.reminded_at = now
        changes.append(Change(now, track.state, None, "nobody has answered", "reminder"))
    return changes


def _settle_pending(track: Track, timing: Timing, default: Priority, now: float) -> Iterator[Change]:
    finding = track.finding
    if finding.side is Side.BEYOND:
        track.priority = finding.priority or default
        if now >= _full(track):
            yield _activate(track, timing, now)
    elif _over(track.clear_since, timing.clear_s, now) or _over(track.quiet_since, timing.reset_s, now):
        back = State.LATCHED if track.was_latched else State.IDLE
        track.was_latched = False
        yield _enter(track, back, now, "did not hold for its delay")


def _activate(track: Track, timing: Timing, now: float) -> Change:
    """Pending → active; or → acknowledged, when it is the return of what somebody has just answered."""
    answered = track.acknowledged_at is not None and now - track.acknowledged_at <= timing.rejoin_s
    rejoins = (
        answered and not track.was_latched and track.priority is not Priority.HIGH and not _worse_since(track, timing)
    )
    if not rejoins and not track.was_latched:
        track.since, track.count = now, 0
    track.count += 1
    track.activations = [*track.activations, now][-CHATTER_COUNT:]
    track.delay_used = track.finding.delay_s
    track.was_latched = False
    track.escalated = 0
    if rejoins:
        return _enter(track, State.ACKNOWLEDGED, now, "back soon after it was acknowledged")
    track.acknowledged_at, track.acknowledged_depth, track.actor = None, None, ""
    return _enter(track, State.ACTIVE, now, "held for its delay" if track.finding.delay_s else "at once")


def _ack_timeout(track: Track, timing: Timing) -> float | None:
    """How long an acknowledgement holds while the condition goes on: at least as long as it holds off a return."""
    timeout = ACK_TIMEOUT_S.get(track.priority)
    return None if timeout is None else max(timeout, timing.rejoin_s)


def _worse_since(track: Track, timing: Timing) -> bool:
    """Whether it is worse than what somebody acknowledged: by the condition's step, or for another cause."""
    finding = track.finding
    if finding.side is Side.BEYOND and not set(finding.causes) <= set(track.acknowledged_causes):
        return True
    depth, then = finding.depth, track.acknowledged_depth
    return timing.step is not None and depth is not None and then is not None and depth - then >= timing.step


def _is_high(finding: Finding) -> bool:
    return finding.side is Side.BEYOND and finding.priority is Priority.HIGH


def _settle_present(track: Track, timing: Timing, latching: bool, now: float) -> Iterator[Change]:
    if _over(track.clear_since, timing.clear_s, now) or _over(track.inside_since, timing.inside_s, now):
        reason = "back inside" if track.clear_since is not None else "no longer beyond the limit"
        latches = latching and track.state is State.ACTIVE
        track.reminded_at = now
        yield _enter(track, State.LATCHED if latches else State.IDLE, now, reason)
        return
    risen = _risen(track, now)
    if risen is not None:
        track.priority, track.escalated = risen, 0
        if track.state is State.ACKNOWLEDGED:
            yield _enter(track, State.ACTIVE, now, f"now of {risen} priority")
        else:
            track.entered_at = now  # the call for further people is timed anew at the higher priority
            yield Change(now, track.state, None, f"now of {risen} priority", "updated")
    if track.state is State.ACKNOWLEDGED:
        if _worse_since(track, timing):
            track.escalated = 0
            yield _enter(track, State.ACTIVE, now, "worse again since it was acknowledged")
            return
        timeout = _ack_timeout(track, timing)
        if timeout is not None and _over(track.acknowledged_at, timeout, now):
            track.escalated = 0
            yield _enter(track, State.ACTIVE, now, f"still there {timeout:.0f} s after it was acknowledged")
        return
    step = _next_step(track)
    while step is not None and now >= step:
        track.escalated += 1
        yield Change(
            now, track.state, None, f"unanswered for {step - track.entered_at:.0f} s", "escalated", track.escalated
        )
        step = _next_step(track)


def _risen(track: Track, now: float) -> Priority | None:
    """A priority above the present one that the newest finding asks for, or ``None``."""
    finding = track.finding
    if finding.side is not Side.BEYOND:
        return None
    wanted = finding.priority
    if finding.rises is not None and now >= track.began_at + finding.rises[0]:
        wanted = finding.rises[1]
    return wanted if wanted is not None and wanted.rank > track.priority.rank else None


def acknowledge(track: Track, actor: str, now: float) -> Change | None:
    """A named person has seen it: active → acknowledged, latched → idle; ``None`` when there is nothing to answer."""
    if track.state is State.ACTIVE:
        target = State.ACKNOWLEDGED
    elif track.state is State.LATCHED:
        target = State.IDLE
    elif track.state is State.PENDING and track.was_latched:
        target = None  # what had latched is answered; the new delay runs on
    else:
        return None
    track.acknowledged_at, track.actor = now, actor
    track.acknowledged_depth, track.acknowledged_causes = track.finding.depth, track.causes
    track.was_latched = False
    if target is None:
        return Change(now, track.state, None, "acknowledged", "updated")
    return _enter(track, target, now, "acknowledged")


def shelve(track: Track, until: float, actor: str, reason: str, now: float) -> Change:
    """A named person puts it aside until a stated time and for a reason, whatever its state."""
    track.shelved_until, track.actor = until, actor
    track.was_latched = False
    return _enter(track, State.SHELVED, now, f"shelved: {reason}")


def unshelve(track: Track, now: float, reason: str) -> Change:
    """It comes back from the shelf; the rule decides anew, with its whole delay."""
    track.shelved_until, track.actor = None, ""
    track.acknowledged_at = track.acknowledged_depth = None
    return _enter(track, State.IDLE, now, reason)


def end(track: Track, now: float, reason: str) -> Change | None:
    """A named act took the chair out of watching: whatever it was, it is idle now."""
    if track.state is State.IDLE:
        return None
    track.was_latched = False
    track.shelved_until = None
    track.acknowledged_at, track.acknowledged_depth, track.actor = None, None, ""
    return _enter(track, State.IDLE, now, reason)


def _enter(track: Track, state: State, now: float, reason: str) -> Change:
    change = Change(now, track.state, state, reason)
    track.state, track.entered_at = state, now
    return change
