"""What the page asks over ``/api/v1``: told to this service's own page and programs, and refused in plain words."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from vitalwatch.alarms.events import Acknowledge, Note
from vitalwatch.hub import Hub
from vitalwatch.web import make_site

pytestmark = pytest.mark.asyncio

LINE = b"29-Dec-17 07:18:%02d    %d      66      61                      \r\n"
CHAIR = "/api/v1/chairs/1"


async def never_reloaded(dry_run: bool, file: Any) -> msgspec.Struct:
    raise AssertionError("nothing here reloads the config")


@pytest.fixture
def hub(make_hub: Callable[[], Hub]) -> Hub:
    return make_hub()


@pytest_asyncio.fixture
async def program(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=make_site(hub, never_reloaded))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client


def alarm(hub: Hub, clock: Any) -> None:
    """SpO2 80 for 9 s, one frame a second: both SpO2 alarms, the milder answered by a careless name."""
    hub.supervisors["ox"].opened()
    for second in range(10):
        clock.time = 100.0 + second
        hub.supervisors["ox"].received(LINE % (second, 80))
    hub.act(Acknowledge("1", "SPO2-LOW", "=cmd()"))


async def test_the_history_of_a_chair_has_its_values_alarms_and_marks(
    hub: Hub, clock: Any, program: httpx.AsyncClient
) -> None:
    alarm(hub, clock)
    hub.act(Note("1", "feels dizzy", "Ada"))
    clock.time = 110.0
    told = (await program.get(f"{CHAIR}/history?seconds=5")).json()
    assert told["now"] == 110.0
    assert told["vitals"]["spo2"] == {"t": [5.0, 4.0, 3.0, 2.0, 1.0], "value": [80.0] * 5}
    assert {record["condition"] for record in told["alarms"]} == {"SPO2-LOW", "SPO2-DESAT"}
    assert told["marks"] == [{"age_s": 1.0, "kind": "note", "text": "feels dizzy", "actor": "Ada", "reason": ""}]
    assert (told["cuff"], told["baseline"], told["visit_age_s"]) == ([], None, 10.0)
    earlier = (await program.get(f"{CHAIR}/history?seconds=5&before_s=3")).json()
    assert earlier["vitals"]["spo2"]["t"] == [5.0, 4.0, 3.0]


async def test_alarms_are_listed_by_chair_time_and_priority(hub: Hub, clock: Any, program: httpx.AsyncClient) -> None:
    alarm(hub, clock)

    async def listed(query: str) -> set[str]:
        return {each["condition"] for each in (await program.get(f"/api/v1/alarms?{query}")).json()["alarms"]}

    assert await listed("") == {"SPO2-LOW", "SPO2-DESAT"}
    assert await listed("chair=1&priority=high") == {"SPO2-DESAT"}
    assert await listed("chair=") == set()  # the clinic as a whole
    assert await listed("since_s=0") == {"SPO2-LOW", "SPO2-DESAT"}  # still there


async def test_the_table_has_times_of_day_and_no_cell_that_a_spreadsheet_would_run(
    hub: Hub, clock: Any, program: httpx.AsyncClient
) -> None:
    alarm(hub, clock)
    answer = await program.get("/api/v1/alarms.csv?priority=medium")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["condition"], row["over"], row["label"]) == ("SPO2-LOW", "no", "Chair 1")
    assert row["began_utc"].startswith("2026-03-02T10:14:5")
    assert row["acknowledged_by"] == "'=cmd()"


async def test_limits_are_told_and_tried_and_nothing_changes(hub: Hub, clock: Any, program: httpx.AsyncClient) -> None:
    alarm(hub, clock)
    limits = {each["key"]: each for each in (await program.get(f"{CHAIR}/limits")).json()}
    assert limits["limits.spo2_low"]["value"] == limits["limits.spo2_low"]["own"] == 90.0
    tried = (await program.get(f"{CHAIR}/limits/try?key=limits.heart_rate_low&value=70")).json()
    assert [(each["condition"], each["starts"]) for each in tried["changes"]] == [("HR-LOW", True)]
    refused = (await program.get(f"{CHAIR}/limits/try?key=limits.spo2_low&value=99")).json()
    assert refused["error"] == "limits.spo2_low must be from 80 to 98, not 99"
    assert (await program.get(f"{CHAIR}/limits")).json() == list(limits.values())


@pytest.mark.parametrize(
    "place", ["chairs/9/history", "chairs/9/limits", "chairs/9/limits/try?key=a&value=1", "alarms?chair=9"]
)
async def test_an_unknown_chair_is_a_plain_refusal(program: httpx.AsyncClient, place: str) -> None:
    answer = await program.get(f"/api/v1/{place}")
    assert (answer.status_code, answer.text) == (404, 'there is no chair "9"\n')


@pytest.mark.parametrize("asked", ["history?seconds=7201", "history?seconds=-1", "history?before_s=soon"])
async def test_what_cannot_be_remembered_cannot_be_asked_for(program: httpx.AsyncClient, asked: str) -> None:
    assert (await program.get(f"{CHAIR}/{asked}")).status_code == 422


@pytest.mark.parametrize("headers", [{"host": "stray.example"}, {"origin": "http://stray.example"}])
@pytest.mark.parametrize("place", ["chairs/1/history", "chairs/1/limits", "alarms", "alarms.csv"])
async def test_another_sites_page_is_told_nothing(
    program: httpx.AsyncClient, place: str, headers: dict[str, str]
) -> None:
    assert (await program.get(f"/api/v1/{place}", headers=headers)).status_code == 403
