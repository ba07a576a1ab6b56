"""The real service killed in the middle of its work, and what its clients were told beside what its record holds."""

from __future__ import annotations

import signal
from pathlib import Path
from random import Random

import pytest

from tools.kills import clinic, compare, live_and_die, record_of
from vitalwatch.journal.record import Kind

pytestmark = pytest.mark.asyncio

KILLS = 3


async def test_three_kills_take_nothing_that_anybody_was_told(tmp_path: Path) -> None:
    rng = Random(7)
    lives = []
    with clinic(tmp_path, chairs=8) as file:
        for number in range(KILLS + 1):
            how = signal.SIGKILL if number < KILLS else signal.SIGTERM
            lives.append(await live_and_die(file, tmp_path / f"life {number}.log", rng, rng.uniform(1.0, 3.0), how))
        with record_of(file) as store:
            found = compare(store, lives)
            away = [entry.body for entry in store.entries(kinds=[Kind.EVENT], names=["resumed"])]
    assert found.missing == []
    assert found.problems == []
    assert found.told["answered"] > 0  # else nothing was tried
    assert found.told["changes"] > 0
    assert len(away) == KILLS
