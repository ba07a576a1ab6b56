"""``/api/v1/record``: answered from the record in threads, and refused in plain words."""

from __future__ import annotations

import asyncio
import csv
import io
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from fastapi import FastAPI
from pyarrow import parquet

from tests.integration.journal.diary import BEGIN_S, Diary, at_us
from tests.patience import PATIENCE_S
from vitalwatch.alarms.events import Note
from vitalwatch.errors import JournalError
from vitalwatch.hub import Hub
from vitalwatch.journal.database import parsed
from vitalwatch.journal.store import Store
from vitalwatch.web import make_site
from vitalwatch.web.archive import WAITING

pytestmark = pytest.mark.asyncio

RECORD = "/api/v1/record"
SPAN = f"from={int(BEGIN_S)}&until={int(BEGIN_S) + 600}"
LINE = b"29-Dec-17 07:18:%02d    %d      66      61                      \r\n"


async def never_reloaded(dry_run: bool, file: Any) -> msgspec.Struct:
    raise AssertionError("nothing here reloads the config")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens a record of ten minutes: SpO2 is 86 in the second of them."""
    place = parsed(f"sqlite:///{tmp_path}/record.db")
    with Store.open(place, write=True) as store:
        diary = Diary(store)
        diary.minute(0, [97.0] * 60)
        diary.minute(1, [86.0] * 60)
        diary.spo2(97, 1, 60)
        diary.spo2(86, 60, 120)
        diary.spo2(97, 120, 140)
        diary.tell(Note("1", "=cmd()", "Ada"), 150)
        diary.stopped(590)
        assert diary.store is store
        yield lambda: Store.open(place)


@pytest.fixture
def hub(make_hub: Callable[[], Hub]) -> Hub:
    return make_hub()


def asking(site: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=site), base_url="http://127.0.0.1:8080")


@pytest_asyncio.fixture
async def program(hub: Hub, opened: Callable[[], Store]) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(make_site(hub, never_reloaded, opened)) as client:
        yield client


async def told(program: httpx.AsyncClient, question: str) -> Any:
    answer = await program.get(f"{RECORD}/{question}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_timeline_has_values_alarms_acts_and_runs_on_one_axis(program: httpx.AsyncClient) -> None:
    found = await told(program, f"chairs/1/timeline?{SPAN}&points=100")
    assert (found["since"], found["until"], found["step_s"]) == (at_us(0), at_us(600), 6)
    assert found["vitals"]["spo2"]["low"][0] == 97.0
    assert "SPO2-LOW" in {alarm["condition"] for alarm in found["alarms"]}
    assert [deed["text"] for deed in found["deeds"]] == ["=cmd()"]
    assert found["runs"] == [{"began": at_us(0), "ended": at_us(590), "how": "stopped"}]


async def test_values_alarms_acts_statuses_and_burden_are_told_each_for_itself(program: httpx.AsyncClient) -> None:
    assert set((await told(program, f"chairs/1/values?{SPAN}"))["vitals"]) == {"spo2"}
    assert (await told(program, f"alarms?{SPAN}&condition=SPO2-LOW"))["alarms"][0]["value"] == 86.0
    assert (await told(program, f"alarms?{SPAN}&condition=SPO2-LOW&priority=high"))["alarms"] == []
    assert (await told(program, f"acts?{SPAN}&chair=1"))["acts"][0]["actor"] == "Ada"
    assert (await told(program, f"statuses?{SPAN}")) == {
        "since": at_us(0),
        "until": at_us(600),
        "left_off": 0,
        "statuses": [],
    }
    assert (await told(program, f"burden?{SPAN}"))["watched_h"] == 0.16
    assert [chair["id"] for chair in (await told(program, "chairs"))["chairs"]] == ["1"]


async def test_the_seconds_that_are_not_written_yet_come_from_the_running_hub(
    hub: Hub, clock: Any, program: httpx.AsyncClient
) -> None:
    hub.supervisors["ox"].opened()
    for second in range(10):
        clock.time = 120.0 + second
        hub.supervisors["ox"].received(LINE % (second, 93))
    clock.time = 130.0
    found = await told(program, "chairs/1/values?from=10m")
    assert found["vitals"]["spo2"]["mean"][-10:] == [93.0] * 10
    wall = clock.wall().timestamp()
    assert found["vitals"]["spo2"]["t"][-1] == pytest.approx(wall, abs=1.0)


async def test_tables_come_as_csv_and_as_parquet(program: httpx.AsyncClient, tmp_path: Path) -> None:
    answer = await program.get(f"{RECORD}/values.csv?{SPAN}&resolution=second")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="values.csv"'
    assert [row["mean"] for row in csv.DictReader(io.StringIO(answer.text))] == ["97.0"] * 60 + ["86.0"] * 60
    (act,) = csv.DictReader(io.StringIO((await program.get(f"{RECORD}/acts.csv?{SPAN}")).text))
    assert act["text"] == "'=cmd()"
    for name in ("values", "alarms", "acts"):
        answer = await program.get(f"{RECORD}/{name}.parquet?{SPAN}")
        file = tmp_path / f"{name}.parquet"
        file.write_bytes(answer.content)
        rows = parquet.read_table(file).num_rows
        assert rows == len((await program.get(f"{RECORD}/{name}.csv?{SPAN}")).text.splitlines()) - 1


async def test_without_pyarrow_the_answer_says_what_to_install(
    program: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    answer = await program.get(f"{RECORD}/alarms.parquet?{SPAN}")
    assert answer.status_code == 501
    assert 'pip install "vitalwatch[parquet]"' in answer.text
    assert list(tmp_path.glob("*.parquet")) == []


@pytest.mark.parametrize(
    ("question", "status", "words"),
    [
        ("chairs/9/timeline", 404, 'no chair "9"'),
        ("chairs/9/values", 404, 'no chair "9"'),
        ("alarms?from=yesterday", 422, '"yesterday" is no time'),
        ("alarms?from=1h&until=2h", 422, "ends before it begins"),
        ("burden?from=101d", 422, "more than 100 days"),
        ("chairs/1/values?from=500d", 422, "more than 400 days"),
        ("values.csv?from=8d&resolution=second", 422, "more than 7 days"),
        ("values.xlsx", 422, "csv"),
        ("alarms?priority=urgent", 422, "low"),
        ("chairs/1/values?points=5000", 422, "2000"),
    ],
)
async def test_what_cannot_be_answered_is_refused_in_plain_words(
    program: httpx.AsyncClient, question: str, status: int, words: str
) -> None:
    answer = await program.get(f"{RECORD}/{question}")
    assert answer.status_code == status
    assert words in answer.text


async def test_without_a_record_or_with_a_broken_one_the_answer_says_so(hub: Hub) -> None:
    def broken() -> Store:
        raise JournalError("The server does not answer.", url="postgresql://host/db", transient=True)

    for opened, status, words in ((None, 404, "keeps no record"), (broken, 503, "The server does not answer")):
        async with asking(make_site(hub, never_reloaded, opened)) as program:
            for question in ("chairs", "chairs/1/timeline", "burden", "alarms.csv"):
                answer = await program.get(f"{RECORD}/{question}")
                assert (answer.status_code, words in answer.text) == (status, True)


@pytest.mark.parametrize("headers", [{"host": "stray.example"}, {"origin": "http://stray.example"}])
@pytest.mark.parametrize("place", ["chairs", "chairs/1/timeline", "alarms", "burden", "values.csv"])
async def test_another_sites_page_is_told_nothing(
    program: httpx.AsyncClient, place: str, headers: dict[str, str]
) -> None:
    assert (await program.get(f"{RECORD}/{place}", headers=headers)).status_code == 403


async def test_a_long_question_holds_up_no_short_one_and_too_many_are_refused(
    hub: Hub, opened: Callable[[], Store]
) -> None:
    go_on, began = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    slow: set[str] = set()

    def held() -> Store:
        if threading.current_thread().name not in slow and not slow:
            slow.add(threading.current_thread().name)
            loop.call_soon_threadsafe(began.set)
            assert go_on.wait(10)
        return opened()

    async with asking(make_site(hub, never_reloaded, held)) as program, asyncio.timeout(PATIENCE_S):
        first = asyncio.create_task(program.get(f"{RECORD}/burden?{SPAN}"))
        await began.wait()
        waiting = [asyncio.create_task(program.get(f"{RECORD}/alarms?{SPAN}")) for _ in range(WAITING)]
        assert (await program.get(f"{RECORD}/chairs/1/timeline?{SPAN}")).status_code == 200  # another lane
        refused = await program.get(f"{RECORD}/alarms?{SPAN}")
        assert (refused.status_code, "Too many" in refused.text) == (503, True)
        go_on.set()
        assert {(await task).status_code for task in [first, *waiting]} == {200}


async def test_the_description_names_every_question_and_the_form_of_its_answer(program: httpx.AsyncClient) -> None:
    document = (await program.get("/openapi.json")).json()
    asked = ("chairs", "chairs/{chair}/values", "chairs/{chair}/timeline", "alarms", "acts", "statuses", "burden")
    tables = ("values.{form}", "alarms.{form}", "acts.{form}")
    routes = {f"{RECORD}/{name}": document["paths"][f"{RECORD}/{name}"]["get"] for name in (*asked, *tables)}
    assert {name for route in routes.values() for name in [p["name"] for p in route.get("parameters", [])]} >= {
        *("from", "until", "chair", "condition", "priority", "points", "resolution")
    }
    answer = routes[f"{RECORD}/burden"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/Burden"}
    assert {"Burden", "Timeline", "PastAlarm", "Curve", "Curves"} <= document["components"]["schemas"].keys()
    assert all(route["description"] for route in routes.values())
