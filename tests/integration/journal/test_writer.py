"""The writer beside the event loop, on both databases, while all is well; and what a bug costs."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import msgspec
import pytest
from sqlalchemy.engine import URL

from tests.integration.journal.service import Service
from tests.integration.journal.stories import act, assert_whole, inputs, sample
from tests.patience import PATIENCE_S
from vitalwatch.alarms.events import Acknowledge, Event
from vitalwatch.journal import writer as module
from vitalwatch.journal.packing import Item
from vitalwatch.journal.record import US, Kind, Minute, Started
from vitalwatch.journal.store import Store
from vitalwatch.model import Waveform

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.mark.asyncio
async def test_what_was_told_is_kept_in_its_order_and_nothing_else(place: URL, tmp_path: Path) -> None:
    service = Service(place, tmp_path / "spool")
    service.tell_much()
    await service.act_kept()
    service.tell_much()
    assert await service.end()
    assert service.record.backlog == 0
    with Store.open(place) as store:
        assert inputs(store) == service.told
        assert_whole(store)
    assert not (tmp_path / "spool").exists()
    assert service.troubles == [""]


@pytest.mark.asyncio
async def test_an_act_that_was_confirmed_is_on_the_disk(place: URL, tmp_path: Path) -> None:
    service = Service(place, tmp_path / "spool")
    with Store.open(place) as reader:
        for _ in range(5):
            await service.act_kept()
            assert inputs(reader)[-1] == service.told[-1]
    await service.end()


@pytest.mark.asyncio
async def test_an_act_does_not_wait_for_the_next_flush(
    place: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FLUSH_S", 1000.0)
    service = Service(place, tmp_path / "spool")
    service.tell(sample(97))
    await service.act_kept()
    assert await service.end()


@pytest.mark.asyncio
async def test_runs_after_each_other_make_one_record(place: URL, tmp_path: Path) -> None:
    told: list[tuple[float, Event]] = []
    for _ in range(3):
        service = Service(place, tmp_path / "spool", told)
        service.tell_much()
        assert await service.end()
    with Store.open(place) as store:
        assert inputs(store) == told
        assert [at for at, _ in told] == sorted(at for at, _ in told)
        assert len(list(store.entries(kinds=[Kind.STARTED]))) == 3
        assert_whole(store)


@pytest.mark.asyncio
async def test_every_row_knows_the_time_of_day(place: URL, tmp_path: Path) -> None:
    before = time.time()
    service = Service(place, tmp_path / "spool")
    await service.act()
    service.tell(sample(97))
    minute = Minute("1", "spo2", int(service.clock.now() // 60), 0, 1, 97.0, 97.0, 97.0, None)
    service.record.minute(minute)
    service.record.drew("1", Waveform("ox-1", "pleth", 75.0, (1.0, None, 0.5), service.clock.now()))
    assert await service.end()
    after = time.time()
    with Store.open(place) as store:
        walls = [entry.wall for entry in store.entries()] + [block.wall for block in store.blocks()]
        assert all(before * US - 1000 <= wall <= after * US + 1000 for wall in walls)
        begin = round(minute.minute * 60 * US)
        (kept,) = store.minutes("1", begin - US, begin + US)
        assert abs(kept.wall - begin) <= 1000  # both clocks began together
        assert msgspec.structs.replace(kept, wall=0) == minute


@pytest.mark.asyncio
async def test_nothing_is_confirmed_twice_or_forgotten_when_many_wait(place: URL, tmp_path: Path) -> None:
    service = Service(place, tmp_path / "spool")
    await asyncio.gather(*(service.act_kept() for _ in range(50)))
    await service.end()
    with Store.open(place) as store:
        assert inputs(store) == service.told


# --- bugs -----------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_what_cannot_be_written_down_by_a_bug_costs_only_itself_and_is_told(place: URL, tmp_path: Path) -> None:
    service = Service(place, tmp_path / "spool")
    service.tell_much(30)
    service.record.told(Acknowledge("1", "SPO2-LOW", "\ud800"), service.clock.now())  # no text at all
    service.tell_much(30)
    await service.all_kept()
    assert "Internal fault of the record" in await service.trouble("not written down")
    await service.end()
    with Store.open(place) as store:
        assert inputs(store) == service.told
        assert_whole(store)


@pytest.mark.asyncio
async def test_a_bug_in_the_writer_is_told_and_the_writer_goes_on(
    place: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(place, tmp_path / "spool")
    await service.all_kept()
    with monkeypatch.context() as broken:

        def fail(*_: object) -> None:
            raise ZeroDivisionError("of all things")

        broken.setattr(Store, "write", fail)
        service.tell_much()
        assert "ZeroDivisionError: of all things" in await service.trouble("Internal fault of the record")
    await service.trouble()
    await service.act_kept()
    await service.end()
    with Store.open(place) as store:
        assert inputs(store) == service.told
        assert_whole(store)


# --- chores ---------------------------------------------------------------------------------------------------------


class Chore:
    """Gives something that the record must hold before the next step."""

    trouble = ""

    def __init__(self, at: float) -> None:
        self.steps = 0
        self.done = threading.Event()
        self._at = at

    def step(self, store: Store) -> Item | None:
        """Each step sees what the steps before gave."""
        assert threading.current_thread().name == "record"
        assert len(list(store.entries(kinds=[Kind.PRUNED]))) == self.steps
        self.steps += 1
        if self.steps == 3:
            self.done.set()
        return Item(Kind.PRUNED, self._at, {"step": self.steps})

    def drop(self) -> None:
        """The store is closed."""


@pytest.mark.asyncio
async def test_a_chore_goes_on_beside_and_what_it_gives_is_kept_before_its_next_step(
    place: URL, tmp_path: Path
) -> None:
    service = Service(place, tmp_path / "spool")
    chore = Chore(service.clock.now())
    service.record.writer.chores = chore  # type: ignore[assignment]
    async with asyncio.timeout(PATIENCE_S):  # what the chore asserts fails in the writer's thread, which goes on
        while not chore.done.is_set():
            service.tell(sample(97))
            await service.act_kept()
    assert await service.end()
    assert service.troubles == [""]
    with Store.open(place) as store:
        assert inputs(store) == service.told
        assert_whole(store)


# --- never in the way -----------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_what_is_told_never_waits_for_a_disk_that_hangs(
    place: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(place, tmp_path / "spool")
    await service.all_kept()
    begun, go_on = threading.Event(), threading.Event()
    write = Store.write

    def hang(*given: object) -> bytes:
        begun.set()
        assert go_on.wait(PATIENCE_S)
        return write(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as hanging:
        hanging.setattr(Store, "write", hang)
        hanging.setattr("vitalwatch.journal.recorder.HUNG_S", 0.1)
        hanging.setattr(module, "SLOW_S", 0.2)
        service.tell(act(0))
        assert await asyncio.to_thread(begun.wait, PATIENCE_S)
        service.tell_much(1000)
        assert not await service.act()
        await service.trouble("The database does not answer")
        go_on.set()
        await service.trouble("The disk is slow")
    await service.act()
    await service.trouble()
    assert await service.end()
    with Store.open(place) as store:
        assert inputs(store) == service.told


@pytest.mark.asyncio
async def test_a_chore_that_hangs_is_told_and_it_is_told_that_it_is_over(
    place: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(place, tmp_path / "spool")
    await service.all_kept()
    go_on = threading.Event()

    class Hanging(Chore):
        def step(self, store: Store) -> None:
            assert go_on.wait(PATIENCE_S)

    monkeypatch.setattr("vitalwatch.journal.recorder.HUNG_S", 0.1)
    service.record.writer.chores = Hanging(service.clock.now())  # type: ignore[assignment]
    await service.trouble("The database does not answer")
    go_on.set()
    service.tell(sample(97))
    await service.trouble()
    await service.end()


@pytest.mark.asyncio
async def test_a_disk_that_hangs_for_long_costs_samples_that_are_counted_and_no_act(
    place: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(place, tmp_path / "spool")
    await service.all_kept()
    begun, go_on = threading.Event(), threading.Event()
    write = Store.write

    def hang(*given: object) -> bytes:
        begun.set()
        assert go_on.wait(PATIENCE_S)
        return write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("vitalwatch.journal.recorder.QUEUE", 50)
    with monkeypatch.context() as hanging:
        hanging.setattr(Store, "write", hang)
        service.tell(act(0))
        assert await asyncio.to_thread(begun.wait, PATIENCE_S)
        for number in range(80):
            service.tell(sample(number))
        service.tell(act(1))
        go_on.set()
        await service.all_kept()
    service.tell(sample(99))
    await service.end()
    with Store.open(place) as store:
        (lost,) = store.entries(kinds=[Kind.LOST])
        assert msgspec.json.decode(lost.body)["items"] == 30
        assert inputs(store) == [*service.told[:51], *service.told[81:]]
        started = [msgspec.json.decode(entry.body, type=Started) for entry in store.entries(kinds=[Kind.STARTED])]
        assert len(started) == 1
        checkpoint = store.checkpoint()
        assert checkpoint is not None
        assert checkpoint.seq > lost.seq  # nothing that follows leans on what is missing
