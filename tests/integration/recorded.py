"""Rehearsals of scenarios whose service keeps a record."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy.engine import URL

from vitalwatch import app
from vitalwatch.clock import Clock
from vitalwatch.config import Config
from vitalwatch.hub import Hub
from vitalwatch.journal.database import parsed
from vitalwatch.journal.packing import Item, Packer
from vitalwatch.journal.record import GENESIS, US
from vitalwatch.journal.recorder import Recorder
from vitalwatch.journal.spool import Spool
from vitalwatch.journal.store import Store
from vitalwatch.links import Links
from vitalwatch_simulators.rehearse import STARTED, Rehearsal, rehearse
from vitalwatch_simulators.scenario import Scenario


class Recorded(NamedTuple):
    """What came of a scenario, and the record of it."""

    came: Rehearsal
    record: URL


def rehearse_with_record(scenario: Scenario, file: Path) -> Recorded:
    """Play a scenario, and keep everything in a SQLite file.

    Virtual time does not wait for a thread, so what the recorder is told is written when all is over.
    """
    url = parsed(f"sqlite:///{file}")
    with Store.open(url, write=True) as store, pytest.MonkeyPatch.context() as patch:
        recorders: list[Recorder] = []

        def make_hub(make: Any, config: Config, clock: Clock, links: Links) -> Hub:
            packer, spool = Packer(), Spool(file.with_suffix(".spool"))
            recorders.append(Recorder(clock, lambda: store, store, packer, spool))
            hub: Hub = make(config, clock, links, recorders[-1])
            return hub

        patch.setattr(app, "make_hub", partial(make_hub, app.make_hub))
        came = rehearse(scenario)
        write(store, list(recorders[0].writer.queue))
    return Recorded(came, url)


def write(store: Store, items: list[Item]) -> None:
    """Write what happened from the beginning of a rehearsal."""

    def wall(at: int) -> int:
        return round((STARTED + timedelta(microseconds=at)).timestamp() * US)

    store.write(Packer().pack(items, wall), GENESIS)
