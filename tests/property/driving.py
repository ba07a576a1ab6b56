"""Ways to drive the alarm engine through a plan, which must all come to the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from tests.property.strategies import ClinicPlan, Happening
from vitalwatch.alarms import Engine, Output
from vitalwatch.alarms.events import Event
from vitalwatch.errors import UsageError

Advance = Callable[[Engine, float], list[Output]]


def new(plan: ClinicPlan) -> Engine:
    """The engine of a plan, before anything has happened."""
    return Engine(plan.chairs, plan.start)


def in_one_jump(engine: Engine, to: float) -> list[Output]:
    """Let time pass in one call."""
    return engine.advance(to)


def by_deadlines(engine: Engine, to: float) -> list[Output]:
    """Let time pass as the hub does: wake up exactly when the engine asks for it."""
    outputs: list[Output] = []
    while (due := engine.next_deadline()) is not None and due <= to:
        outputs += engine.advance(due)
        after = engine.next_deadline()
        assert after is None or after > due, f"after the deadline {due} the next is {after}"
    return outputs + engine.advance(to)


def in_small_steps(engine: Engine, to: float, *, of_s: float = 1.7) -> list[Output]:
    """Let time pass in many calls that hit no deadline but by chance."""
    outputs: list[Output] = []
    at = engine._now + of_s
    for _ in range(400):  # enough to be woken often; the rest of a long silence in one jump
        if at >= to:
            break
        outputs += engine.advance(at)
        at += of_s
    return outputs + engine.advance(to)


def take(engine: Engine, event: Event, at: float) -> list[Output]:
    """Let the engine take an event whose time has come; a refused act does nothing."""
    try:
        return engine.step(event, at)
    except UsageError:
        return []


def play(engine: Engine, happenings: Iterable[Happening], advance: Advance = in_one_jump) -> Iterator[list[Output]]:
    """What each happening brings, the time before it included."""
    for at, event in happenings:
        before = advance(engine, at)
        yield before + take(engine, event, at)


def run(plan: ClinicPlan, advance: Advance = in_one_jump, *, after_s: float = 0.0) -> list[Output]:
    """All that the engine says, up to ``after_s`` seconds after the last happening."""
    engine = new(plan)
    outputs = [output for some in play(engine, plan.happenings, advance) for output in some]
    return outputs + advance(engine, plan.end + after_s)


def as_bytes(outputs: list[Output]) -> bytes:
    """The record's lines."""
    return msgspec.json.encode(outputs)


def moments(plan: ClinicPlan, *, after_s: float = 0.0) -> Iterator[tuple[Engine, list[Output]]]:
    """Stop at every moment at which anything can change: the engine then, all due work done, and what it said.

    Between two such moments nothing changes, so that what holds at all of them holds always.
    """
    engine = new(plan)
    yield engine, engine.advance(plan.start)
    for at, event in [*plan.happenings, (plan.end + after_s, None)]:
        while (due := engine.next_deadline()) is not None and due < at:
            yield engine, engine.advance(due)
        outputs = engine.advance(at)
        if event is not None:
            outputs += take(engine, event, at)
        yield engine, outputs + engine.advance(at)
