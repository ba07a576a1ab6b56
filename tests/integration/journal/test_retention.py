"""A running service takes out what is old and makes its backup, while it writes; nobody waits for it."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests.integration.journal.service import Service
from tests.integration.journal.stories import BEGIN_S, keep, story
from tests.patience import PATIENCE_S
from vitalwatch.journal.database import parsed
from vitalwatch.journal.packing import Item
from vitalwatch.journal.pages import take
from vitalwatch.journal.record import Kind, Started
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep import chores, copier
from vitalwatch.journal.upkeep.chores import Chores
from vitalwatch.journal.upkeep.compact import Policy
from vitalwatch.journal.upkeep.copier import Backups
from vitalwatch.journal.upkeep.verify import verify

LONG_AGO_S = BEGIN_S - 220_000_000.0  # in January 2020


@pytest.mark.asyncio
async def test_old_samples_go_and_a_backup_is_made_while_acts_are_confirmed(
    place: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "FIRST_S", 0.0)
    monkeypatch.setattr(copier, "LOOK_S", 0.05)
    folder = tmp_path / "backups"
    folder.mkdir()
    with Store.open(place, write=True) as store:
        keep(store, [Item(Kind.STARTED, LONG_AGO_S, Started("1.0", resumed=False)), *story(500, LONG_AGO_S)])
    service = Service(place, tmp_path / "spool")
    service.record.writer.chores = Chores(Policy(), service.clock)
    service.record.copied_to(Backups(folder, "clinic"), partial(Store.open, place))
    assert service.record.copier is not None
    service.record.copier.start()
    with Store.open(place) as reading:
        async with asyncio.timeout(PATIENCE_S):
            while service.record.copier.newest is None or next(reading.blocks()).at < LONG_AGO_S * 1e6 + 500e6:
                service.tell_much()
                await service.act_kept()
    assert await service.end()
    assert service.record.trouble == service.record.copier.trouble == ""
    with Store.open(place) as store:
        assert next(store.entries(kinds=[Kind.PRUNED])).body.startswith('{"what":"samples"')
        assert take(verify(store)).good
    (made,) = folder.iterdir()
    with Store.open(parsed(f"sqlite:///{made}")) as copy:
        assert take(verify(copy)).good
