"""A running clinic asked over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from vitalwatch.errors import ConfigError
from vitalwatch_simulators.clinic import DevicePlan
from vitalwatch_simulators.control import make_control, parse_address
from vitalwatch_simulators.live import LiveClinic
from vitalwatch_simulators.plan import ChairPlan, ClinicPlan
from vitalwatch_simulators.scenario import load_scenario

pytestmark = pytest.mark.asyncio

STARTED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OURS = "http://127.0.0.1:8099"


@pytest.fixture
def clinic() -> LiveClinic:
    devices = {
        "masimo": DevicePlan("masimo", "pty:/tmp/never-opened"),
        "cuff": DevicePlan("json-cuff", "mqtt://nurse:secret@127.0.0.1/never/opened"),
    }
    chair = ChairPlan("3", load_scenario("quiet"), 42, devices, "quiet")
    return LiveClinic(ClinicPlan((chair,)), STARTED)


@pytest.fixture
def client(clinic: LiveClinic) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(make_control(clinic)), base_url=OURS)


async def asked(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200
    return answer.json()


async def test_every_device_is_told_with_its_faults_and_no_password(client: httpx.AsyncClient) -> None:
    masimo, cuff = await asked(client, "/devices")
    assert (masimo["id"], masimo["kind"], masimo["link"]) == ("3/masimo", "masimo", "pty:/tmp/never-opened")
    assert (masimo["plugged_in"], masimo["faults"]) == (True, [])
    assert cuff["link"] == "mqtt://127.0.0.1:1883/never/opened"
    assert "broker_restart" in cuff["possible_faults"]
    assert "broker_restart" not in masimo["possible_faults"]


async def test_every_patient_is_told_as_they_are_now(client: httpx.AsyncClient) -> None:
    (patient,) = await asked(client, "/patients")
    assert (patient["chair"], patient["scenario"], patient["seed"]) == ("3", "quiet", 42)
    assert 90 <= patient["vitals"]["spo2"] <= 100
    assert patient["vitals"]["sensor"] == "on"


async def test_a_fault_is_begun_told_and_ended(client: httpx.AsyncClient) -> None:
    begun = await client.post("/devices/3/masimo/faults", json={"fault": "silence", "lasts": "30s"})
    assert (begun.status_code, begun.json()) == (
        200,
        {"done": "3/masimo: the monitor says nothing, and its line stands, for 30 s."},
    )
    await client.post("/devices/3/masimo/faults", json={"fault": "unplug"})
    masimo, cuff = await asked(client, "/devices")
    assert masimo["faults"] == [{"fault": "silence", "left_s": 30.0}, {"fault": "unplug", "left_s": None}]
    assert not masimo["plugged_in"]
    assert cuff["faults"] == []
    assert (await client.delete("/devices/3/masimo/faults")).status_code == 200
    assert (await asked(client, "/devices"))[0]["faults"] == []


async def test_a_chair_stands_for_all_of_its_devices(client: httpx.AsyncClient) -> None:
    await client.post("/devices/3/faults", json={"fault": "silence"})
    assert all(device["faults"] for device in await asked(client, "/devices"))


async def test_something_befalls_a_patient(client: httpx.AsyncClient, clinic: LiveClinic) -> None:
    for wanted in ({"event": "probe_off", "lasts": "30s"}, {"set": {"spo2": 84}, "over": "1s"}):
        assert (await client.post("/patients/3/events", json=wanted)).status_code == 200
    vitals = clinic.chairs["3"].patient.vitals(20.0)
    assert (vitals.sensor, round(vitals.spo2)) == ("off", 84)


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/devices/9/faults", '{"fault": "silence"}', 404, "There are: 3"),
        ("/devices/3/nellcor/faults", '{"fault": "silence"}', 404, "masimo, cuff"),
        ("/devices/3/masimo/faults", '{"fault": "boredom"}', 422, "silence"),
        ("/devices/3/masimo/faults", "silence", 422, "not JSON"),
        ("/devices/3/masimo/faults", '["silence"]', 422, "an object"),
        ("/devices/3/masimo/faults", "\xff", 422, "not JSON"),
        ("/patients/9/events", '{"event": "vasovagal"}', 404, "There are: 3"),
        ("/patients/3/events", '{"event": "holiday"}', 422, "vasovagal"),
        ("/patients/3/events", '{"set": {"spo2": "low"}}', 422, "number"),
        ("/patients/3/events", "{}", 422, "Say what happens"),
    ],
)
async def test_what_cannot_be_is_refused_in_a_plain_sentence_that_says_what_there_is(
    path: str, body: str, status: int, words: str, client: httpx.AsyncClient
) -> None:
    answer = await client.post(path, content=body.encode("latin-1"))
    assert answer.status_code == status
    assert words in answer.json()["error"]


async def test_a_page_of_another_site_is_kept_out(client: httpx.AsyncClient) -> None:
    for headers in ({"origin": "http://elsewhere.example"}, {"host": "bent.example"}):
        answer = await client.post("/devices/3/faults", json={"fault": "silence"}, headers=headers)
        assert answer.status_code == 403
    assert not any(device["faults"] for device in await asked(client, "/devices"))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("8099", ("127.0.0.1", 8099)),
        (":8099", ("127.0.0.1", 8099)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
        ("[::1]:0", ("::1", 0)),
    ],
)
async def test_only_this_computer_is_let_in_unless_an_address_is_named(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", "here", "127.0.0.1", "a:b", "1:99999", "1:-5"])
async def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_address(text)
