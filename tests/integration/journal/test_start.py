"""The start of a service on whatever it finds: monitoring begins, everybody is told, nothing is thrown away."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.engine import URL
from structlog.testing import capture_logs

from tests.integration.journal.service import Service
from tests.integration.journal.stories import BEGIN_S, assert_whole, inputs, keep, same, story, told_in
from vitalwatch.journal import opening
from vitalwatch.journal.database import parsed
from vitalwatch.journal.opening import open_record
from vitalwatch.journal.packing import gathered
from vitalwatch.journal.record import US
from vitalwatch.journal.schema import block
from vitalwatch.journal.spool import Spool
from vitalwatch.journal.store import Store

pytestmark = pytest.mark.usefixtures("impatient")

NOISE = os.urandom(65536)


def test_the_first_start_makes_an_empty_record_and_says_nothing(place: URL, tmp_path: Path) -> None:
    opened = open_record(place, tmp_path / "spool", "then")
    assert opened.store is not None
    assert (opened.notice, opened.ends_at, opened.packer.seq) == ("", 0.0, 0)
    opened.store.close()


def test_a_later_start_knows_where_the_record_ends(place: URL, tmp_path: Path) -> None:
    with Store.open(place, write=True) as store:
        _, packer = keep(store, story(37))
    opened = open_record(place, tmp_path / "spool", "then")
    assert opened.store is not None
    assert (opened.notice, opened.ends_at) == ("", BEGIN_S + 36)
    assert (opened.packer.seq, opened.packer.hash) == (packer.seq, packer.hash)
    opened.store.close()


def test_what_has_waited_since_a_run_before_is_in_the_record_when_it_is_open(place: URL, tmp_path: Path) -> None:
    with Store.open(place, write=True) as store:
        keep(store, story(20))
    waited = Spool(tmp_path / "spool")
    waited.put(gathered(story(5000, BEGIN_S + 20), same), reachable=False)
    waited.close()
    opened = open_record(place, tmp_path / "spool", "then")
    assert opened.store is not None
    assert opened.ends_at == BEGIN_S + 5019
    assert inputs(opened.store) == told_in(story(5020))
    assert_whole(opened.store)
    opened.store.close()
    assert not (tmp_path / "spool").exists()


def test_a_spool_that_cannot_be_read_is_set_aside_and_that_is_told(place: URL, tmp_path: Path) -> None:
    (tmp_path / "spool").write_bytes(NOISE)
    opened = open_record(place, tmp_path / "spool", "then")
    assert opened.store is not None
    opened.store.close()
    assert str(tmp_path / "spool.unreadable") in opened.notice
    assert (tmp_path / "spool.unreadable").read_bytes() == NOISE


# --- damage ---------------------------------------------------------------------------------------------------------


def torn(file: Path) -> None:
    """A page in the middle is noise."""
    with file.open("r+b") as damaged:
        damaged.seek(file.stat().st_size // 8192 * 4096)
        damaged.write(NOISE[:4096])


def overwritten(file: Path) -> None:
    """All of it is noise."""
    file.write_bytes(NOISE)


def cut(file: Path) -> None:
    """Its second half is missing."""
    os.truncate(file, file.stat().st_size // 2)


def beheaded(file: Path) -> None:
    """Its first page is empty."""
    with file.open("r+b") as damaged:
        damaged.write(bytes(4096))


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Path]:
    """The file of a record with something in it, not in use."""
    file = tmp_path / "record.db"
    with Store.open(parsed(f"sqlite:///{file}"), write=True) as store:
        keep(store, story(3000))
    yield file
    file.unlink()


@pytest.mark.asyncio
@pytest.mark.parametrize("damage", [torn, overwritten, cut, beheaded])
async def test_a_damaged_file_is_kept_aside_and_a_new_one_begun(
    record: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    damage(record)
    damaged = record.read_bytes()
    place = parsed(f"sqlite:///{record}")
    service = Service(place, tmp_path / "spool")
    aside = tmp_path / "record.db.damaged-then"
    assert service.record.trouble == f"The record was damaged. It is kept as {aside}; a new one has begun."
    assert aside.read_bytes() == damaged
    service.tell_much()
    await service.act_kept()
    await service.end()
    with Store.open(place) as store:
        assert inputs(store) == service.told
        assert_whole(store)
    again = open_record(place, tmp_path / "spool", "now")
    assert again.notice == ""
    assert again.store is not None
    again.store.close()


@pytest.mark.asyncio
async def test_damage_in_a_large_file_is_found_where_the_record_ends(
    record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "SMALL", 0)  # the whole is not read through
    with record.open("r+b") as damaged:
        damaged.seek(4096)
        for _ in range(record.stat().st_size // 4096 - 1):
            damaged.write(NOISE[:4096])
    service = Service(parsed(f"sqlite:///{record}"), tmp_path / "spool")
    assert service.record.trouble.startswith("The record was damaged.")
    await service.act_kept()
    await service.end()


@pytest.mark.asyncio
async def test_samples_that_cannot_be_read_are_told_and_do_not_hold_up_the_start(place: URL, tmp_path: Path) -> None:
    with Store.open(place, write=True) as store:
        keep(store, story(55))  # five of them after the last seal
        with store.transaction() as connection:
            connection.execute(update(block).values(data=b"no samples"))
    with capture_logs() as logs:
        service = Service(place, tmp_path / "spool")
    assert service.opened.store is not None
    assert any("vitalwatch journal verify" in line["event"] for line in logs)
    await service.act_kept()
    await service.end()


@pytest.mark.asyncio
async def test_what_waits_is_not_lost_with_a_damaged_file(record: Path, tmp_path: Path) -> None:
    waited = Spool(tmp_path / "spool")
    waited.put(gathered(story(50), same), reachable=False)
    waited.close()
    overwritten(record)
    opened = open_record(parsed(f"sqlite:///{record}"), tmp_path / "spool", "then")
    assert opened.store is not None
    assert inputs(opened.store) == told_in(story(50))
    opened.store.close()


@pytest.mark.asyncio
async def test_an_empty_file_is_a_new_record(tmp_path: Path) -> None:
    (tmp_path / "record.db").touch()
    opened = open_record(parsed(f"sqlite:///{tmp_path}/record.db"), tmp_path / "spool", "then")
    assert opened.store is not None
    assert opened.notice == ""
    opened.store.close()


# --- what cannot be used --------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_without_its_folder_everything_waits_until_it_is_there(tmp_path: Path) -> None:
    place = parsed(f"sqlite:///{tmp_path}/disk/record.db")
    service = Service(place, tmp_path / "spool")
    assert service.record.trouble.startswith("The record is not being kept.")
    assert "See that its folder is there" in service.record.trouble
    service.tell_much()
    assert not await service.act()
    (tmp_path / "disk").mkdir()
    await service.trouble()
    await service.act_kept()
    await service.end()
    with Store.open(place) as store:
        assert inputs(store) == service.told
        assert_whole(store)


@pytest.mark.asyncio
async def test_beside_another_service_on_the_same_record_everything_waits_until_that_ends(
    place: URL, tmp_path: Path
) -> None:
    first = Service(place, tmp_path / "spool")
    first.tell_much()
    await first.all_kept()
    second = Service(place, tmp_path / "other spool")
    assert "Another VitalWatch writes this record." in second.record.trouble
    second.tell_much()
    assert not await second.act()
    await first.act_kept()
    await first.end()
    await second.trouble()
    await second.act_kept()
    await second.end()
    with Store.open(place) as store:
        assert inputs(store) == first.told + second.told
        assert_whole(store)


# --- clocks ---------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_after_the_clock_was_set_back_the_record_goes_on_in_its_own_time(place: URL, tmp_path: Path) -> None:
    tomorrow = round(time.time() + 86_400)
    with Store.open(place, write=True) as store:
        keep(store, story(20, tomorrow))
    service = Service(place, tmp_path / "spool")
    assert service.opened.ends_at == tomorrow + 19
    service.tell_much()
    await service.end()
    with Store.open(place) as store:
        ats = [at for at, _ in inputs(store)]
        assert ats == sorted(ats)
        assert ats[-1] < tomorrow + 60, "and not a day more"
        (newest,) = store.entries(newest=1)
        assert abs(newest.wall / US - time.time()) < 60, "the label is what the clock says now"


@pytest.mark.asyncio
async def test_another_time_zone_changes_nothing(place: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    try:
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"):  # 25 hours apart
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            service = Service(place, tmp_path / "spool", told)
            service.tell_much()
            await service.end()
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    with Store.open(place) as store:
        assert inputs(store) == told
        walls = [entry.wall for entry in store.entries()]
        assert walls[-1] - walls[0] < 60 * US
        assert_whole(store)
