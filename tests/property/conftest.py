"""A guard for every property: an engine whose time stands still fails its test, and does not hang it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vitalwatch.alarms.chair_engine import ChairEngine, Output

ENOUGH = 50


@pytest.fixture(autouse=True, scope="module")
def _time_goes_on() -> Iterator[None]:
    """Fail when one chair is woken again and again at one moment."""
    tick = ChairEngine.tick

    def guarded(engine: ChairEngine, now: float) -> Iterator[Output]:
        last, times = getattr(engine, "_woken", (None, 0))
        engine._woken = (now, times + 1 if last == now else 1)  # type: ignore[attr-defined]
        assert engine._woken[1] < ENOUGH, f"woken {ENOUGH} times at {now}: {engine._due}"  # type: ignore[attr-defined]
        return tick(engine, now)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ChairEngine, "tick", guarded)
        yield
