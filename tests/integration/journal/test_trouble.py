"""Trouble with the disk and the server, on real ones: alarms go on, everybody is told, and afterwards the record has
neither a gap nor anything twice.

Each test tells a service's record things before, during and after the trouble, and then compares what was told with
what the record holds. That the test itself goes on meanwhile shows that the event loop never waits.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from sqlalchemy.engine import URL

from tests.integration.journal.cutting import CuttingProxy
from tests.integration.journal.postgres import PostgresServer
from tests.integration.journal.service import Service
from tests.integration.journal.stories import assert_whole, inputs
from tests.patience import PATIENCE_S
from vitalwatch.errors import JournalError
from vitalwatch.journal import spool as spool_module
from vitalwatch.journal import writer as writer_module
from vitalwatch.journal.database import parsed
from vitalwatch.journal.record import Kind, Lost
from vitalwatch.journal.store import Store

pytestmark = pytest.mark.usefixtures("impatient")


def assert_everything_is_there(place: URL, service: Service) -> None:
    """Neither a gap nor anything twice."""
    with Store.open(place) as store:
        assert inputs(store) == service.told
        assert_whole(store)


async def in_trouble(service: Service, *words: str) -> None:
    """Things go on happening; people are told what is wrong, and that what they do is not kept yet."""
    service.tell_much()
    await service.trouble("The record is not being kept.", *words)
    assert not await service.act()
    service.tell_much()


async def over(service: Service) -> None:
    """It passes, and so does the notice."""
    service.tell_much()
    await service.trouble()
    await service.act_kept()
    assert await service.end()


# --- SQLite ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=False, capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"only root can make a small disk: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.asyncio
@pytest.mark.parametrize("spool_too", [False, True], ids=["room for the spool", "no room at all"])
async def test_the_disk_is_full(small_disk: Path, tmp_path: Path, spool_too: bool) -> None:
    place = parsed(f"sqlite:///{small_disk}/record.db")
    service = Service(place, (small_disk if spool_too else tmp_path) / "spool")
    await service.all_kept()
    filler = small_disk / "films"
    with filler.open("wb", buffering=0) as film, suppress(OSError):
        while film.write(bytes(1024)):
            pass
    await in_trouble(service, "The disk is full.", "Make room.")
    if spool_too:
        await service.trouble("it waits in memory")
    filler.unlink()
    await over(service)
    assert_everything_is_there(place, service)
    assert list(small_disk.glob("spool")) == []


@pytest.mark.asyncio
async def test_the_disk_becomes_read_only(small_disk: Path, tmp_path: Path) -> None:
    def remount(how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(small_disk)], check=True)

    place = parsed(f"sqlite:///{small_disk}/record.db")
    service = Service(place, tmp_path / "spool")
    await service.all_kept()
    connection = service.record.writer._store
    assert connection is not None
    connection._engine.dispose()  # a file that is open for writing holds a remount off
    connection.close()
    remount("ro")
    await in_trouble(service, "It cannot be written to.")
    remount("rw")
    await over(service)
    assert_everything_is_there(place, service)


@pytest.mark.asyncio
async def test_another_program_locks_the_file(tmp_path: Path) -> None:
    place = parsed(f"sqlite:///{tmp_path}/record.db")
    service = Service(place, tmp_path / "spool")
    await service.all_kept()
    other = sqlite3.connect(tmp_path / "record.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await in_trouble(service, "Another program has locked it.", "What happens waits in a file.")
    other.close()
    await over(service)
    assert_everything_is_there(place, service)


@pytest.mark.asyncio
@pytest.mark.parametrize("how", ["deleted", "moved away", "replaced"])
async def test_the_file_is_taken_away_under_it(tmp_path: Path, how: str) -> None:
    file, elsewhere = tmp_path / "record.db", tmp_path / "elsewhere.db"
    place = parsed(f"sqlite:///{file}")
    other = Service(parsed(f"sqlite:///{elsewhere}"), tmp_path / "other spool")
    other.tell_much()
    await other.end()
    service = Service(place, tmp_path / "spool")
    service.tell_much()
    await service.all_kept()
    before = list(service.told)
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    if how == "deleted":
        file.unlink()
    elif how == "moved away":
        file.rename(tmp_path / "moved.db")
    else:
        file.rename(tmp_path / "moved.db")
        elsewhere.rename(file)
    service.tell_much()
    service.record.changed = service._note
    await service.all_kept()
    service.tell_much()
    await service.all_kept()
    await service.end()
    assert any("The file was moved away or replaced." in trouble for trouble in service.troubles)
    assert not service.record.trouble
    after = service.told[len(before) :]
    with Store.open(place) as store:
        assert inputs(store) == (other.told + after if how == "replaced" else after)
        assert_whole(store)
        checkpoint = store.checkpoint()
        assert checkpoint is not None, "a record that begins anew needs something to go on from"
    if how != "deleted":
        with Store.open(parsed(f"sqlite:///{tmp_path}/moved.db")) as store:
            assert inputs(store) == before
            assert_whole(store)


@pytest.mark.asyncio
async def test_the_file_is_damaged_while_it_is_used(tmp_path: Path) -> None:
    file = tmp_path / "record.db"
    place = parsed(f"sqlite:///{file}")
    service = Service(place, tmp_path / "spool")
    service.tell_much()
    await service.all_kept()
    before = len(service.told)
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with file.open("r+b") as damaged:
        damaged.write(os.urandom(file.stat().st_size))
    service.tell_much()
    await service.all_kept()
    text = await service.trouble("The record was damaged.", "a new one has begun")
    (aside,) = tmp_path.glob("record.db.damaged-*Z")
    assert str(aside) in text
    await service.act_kept()
    assert service.record.trouble == text, "who comes later must read it too"
    await service.end()
    with Store.open(place) as store:
        assert inputs(store) == service.told[before:]
        assert_whole(store)


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


@pytest.fixture
def server(make_postgres: Callable[..., PostgresServer]) -> PostgresServer:
    """A running server that the test may stop."""
    server = make_postgres(durable=True)
    server.start()
    return server


@pytest.mark.asyncio
async def test_the_server_falls_over_and_comes_back_later(server: PostgresServer, tmp_path: Path) -> None:
    place = server.database()
    service = Service(place, tmp_path / "spool")
    service.tell_much()
    await service.all_kept()
    service.tell_much()
    server.stop()
    await in_trouble(service, "The server does not answer.", "What happens waits in a file.")
    assert (tmp_path / "spool").exists()
    await asyncio.to_thread(server.start)
    await over(service)
    assert_everything_is_there(place, service)
    assert not (tmp_path / "spool").exists()


@pytest.mark.asyncio
async def test_the_server_hangs_and_the_connection_is_cut(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vitalwatch.journal.recorder.HUNG_S", 0.2)
    monkeypatch.setattr("vitalwatch.journal.recorder.CUT_S", 0.5)
    place = server.database()
    service = Service(place, tmp_path / "spool")
    await service.all_kept()
    server.freeze()
    service.tell_much()
    await service.trouble("The database does not answer.")
    assert not await service.act()
    await in_trouble(service, "The server does not answer.", "What happens waits in a file.")
    server.thaw()
    await over(service)
    assert_everything_is_there(place, service)


@pytest.mark.asyncio
async def test_the_server_is_not_there_at_the_start_and_comes_later(server: PostgresServer, tmp_path: Path) -> None:
    place = server.database()
    first = Service(place, tmp_path / "spool")
    first.tell_much()
    await first.end()
    server.stop()
    service = Service(place, tmp_path / "spool", first.told)
    assert "The server does not answer." in service.record.trouble
    await in_trouble(service, "The server does not answer.")
    await asyncio.to_thread(server.start)
    await over(service)
    assert_everything_is_there(place, service)


@pytest.mark.asyncio
async def test_services_that_are_killed_while_the_server_is_gone(server: PostgresServer, tmp_path: Path) -> None:
    place = server.database()
    service = Service(place, tmp_path / "spool")
    await service.all_kept()
    server.stop()
    await in_trouble(service, "The server does not answer.")
    for _ in range(2):
        await filed(service)
        await service.die()
        service = Service(place, tmp_path / "spool", service.told)
        await in_trouble(service, "The server does not answer.")
    await filed(service)
    await service.die()
    await asyncio.to_thread(server.start)
    service = Service(place, tmp_path / "spool", service.told)
    assert service.troubles == [""], "what waited is kept before anything else happens"
    await over(service)
    assert_everything_is_there(place, service)


async def filed(service: Service) -> None:
    """Wait until everything that was told is in the spool's file."""
    writer = service.record.writer
    async with asyncio.timeout(PATIENCE_S):
        while writer.queue or writer._spool._memory:  # noqa: ASYNC110 - the spool has no event
            await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_a_service_that_ends_while_the_server_is_gone(server: PostgresServer, tmp_path: Path) -> None:
    place = server.database()
    service = Service(place, tmp_path / "spool")
    await service.all_kept()
    server.stop()
    service.tell_much()
    assert await service.end()
    await asyncio.to_thread(server.start)
    service = Service(place, tmp_path / "spool", service.told)
    await over(service)
    assert_everything_is_there(place, service)


@pytest.mark.asyncio
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("killed", [False, True], ids=["lives on", "is killed"])
async def test_the_connection_breaks_in_the_very_moment_of_a_commit(
    postgres: URL, tmp_path: Path, when: str, killed: bool
) -> None:
    with CuttingProxy(postgres.port or 0) as proxy:
        through = postgres.set(port=proxy.port)
        service = Service(through, tmp_path / "spool")
        service.tell_much()
        await service.all_kept()
        proxy.cut(when, and_stay_away=True)
        await in_trouble(service, "The server does not answer.")
        assert proxy.cuts == 1
        if killed:
            await filed(service)
            await service.die()
            proxy.come_back()
            service = Service(through, tmp_path / "spool", service.told)
        else:
            proxy.come_back()
        await over(service)
    assert_everything_is_there(postgres, service)


@pytest.mark.asyncio
async def test_someone_else_wrote_meanwhile(postgres: URL, tmp_path: Path) -> None:
    with CuttingProxy(postgres.port or 0) as proxy:
        service = Service(postgres.set(port=proxy.port), tmp_path / "spool")
        service.tell_much()
        await service.all_kept()
        before = list(service.told)
        proxy.cut("before", and_stay_away=True)
        await in_trouble(service, "The server does not answer.")
        other = Service(postgres, tmp_path / "other spool")
        await over(other)
        proxy.come_back()
        await over(service)
    with Store.open(postgres) as store:
        assert inputs(store) == before + other.told + service.told[len(before) :]
        assert_whole(store)


@pytest.mark.asyncio
async def test_the_password_is_wrong(postgres: URL, tmp_path: Path) -> None:
    service = Service(postgres.set(password="wrong"), tmp_path / "spool")
    assert "The password is wrong." in service.record.trouble
    await in_trouble(service, "The password is wrong.", "What happens waits in a file.")
    await service.end()
    service = Service(postgres, tmp_path / "spool", service.told)
    await over(service)
    assert_everything_is_there(postgres, service)


# --- when there is no place left ------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_without_any_place_samples_are_given_up_and_counted_and_acts_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "MEMORY", 20_000)
    monkeypatch.setattr(spool_module.Spool.__init__, "__defaults__", (20_000, spool_module.FILE))
    reachable = False

    def opener(usual: Callable[[], Store]) -> Callable[[], Store]:
        def open_store() -> Store:
            if reachable:
                return usual()
            raise JournalError("It is gone.", url="somewhere", transient=True)

        return open_store

    place = parsed(f"sqlite:///{tmp_path}/no folder/record.db")
    service = Service(place, tmp_path / "no folder" / "spool", open_store=opener)
    for _ in range(30):
        await asyncio.sleep(writer_module.FLUSH_S)
        service.tell_much()
    await service.trouble("It is gone.", "Observations are being lost; alarms and what people do are not.")
    assert service.record.writer._spool._in_memory < 100_000
    (tmp_path / "no folder").mkdir()
    reachable = True
    await over(service)
    with Store.open(place) as store:
        (entry,) = store.entries(kinds=[Kind.LOST])
        lost = msgspec.json.decode(entry.body, type=Lost)
        assert lost.items == len(service.told) - len(inputs(store))
        assert "no folder" in lost.reason
        acts = [told for told in service.told if told[1].__struct_config__.tag == "acknowledge"]
        found = inputs(store)
        assert [told for told in found if told in acts] == acts
        assert_whole(store)
        checkpoint = store.checkpoint()
        assert checkpoint is not None
        assert checkpoint.seq > entry.seq


def test_nothing_of_the_tests_stays_mounted(tmp_path: Path) -> None:
    assert str(tmp_path.parent) not in Path("/proc/mounts").read_text()
