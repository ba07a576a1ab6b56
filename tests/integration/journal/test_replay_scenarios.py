"""Everything that the alarm engine said in a rehearsal, it says again from the record: equal to the byte."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.recorded import Recorded
from vitalwatch.journal.store import Store
from vitalwatch.replay.span import SpanPlayer, span_of
from vitalwatch_simulators.scenario import scenario_names


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_is_replayed_to_the_byte(name: str, recorded: Callable[[str], Recorded]) -> None:
    with Store.open(recorded(name).record) as store:
        player = SpanPlayer(store, span_of(store, None, None))
        said = list(player.play())
    same = player.comparison
    assert same.unlike is None
    assert same.said_sha256 == same.kept_sha256
    assert same.said == same.kept == len(said) - same.undecided
    assert same.said >= len(recorded(name).came.alarms)
    assert (player.missed, player.versions, same.undecided) == ([], [], 0)
