"""The past on a socket of its own, and questions that play it: beside live chairs, and never mixed with them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError

from tests.integration.journal.chronicle import BEGIN_S, Chronicle
from tests.patience import PATIENCE_S
from tests.unit.hub.test_wire import faults
from vitalwatch.journal.database import parsed
from vitalwatch.journal.store import Store
from vitalwatch.web.replays import NOT_NOW, NOT_THERE

pytestmark = pytest.mark.asyncio


@pytest.fixture
def record(tmp_path: Path) -> URL:
    """Two chairs: the first at 97 %, from second 90 on at 80 %; both silent after second 180."""
    url = parsed(f"sqlite:///{tmp_path}/record.db")
    with Store.open(url, write=True) as store:
        chronicle = Chronicle(store)
        chronicle.spo2(97.0, 90)
        chronicle.spo2(80.0, 90)
        chronicle.write()
    return url


class Past:
    """A viewer of a replay."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def frame(self, kind: str, wanted: Callable[[Any], object] = lambda _: True) -> Any:
        """The next frame of this type that is wanted."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                frame = json.loads(await self._socket.recv())
                if frame["type"] == kind and wanted(frame):
                    return frame

    async def say(self, **frame: object) -> None:
        await self._socket.send(json.dumps(frame))

    async def playing(self) -> Any:
        """The snapshot with which it begins to play."""
        return await self.frame("snapshot", lambda frame: frame["replay"]["state"] == "playing")


@asynccontextmanager
async def replay(address: str, since: float = 60, **query: object) -> AsyncIterator[Past]:
    asked = "&".join(f"{key}={value}" for key, value in {"from": int(BEGIN_S + since), **query}.items())
    async with connect(f"{address.replace('http', 'ws')}ws/replay?{asked}") as socket:
        yield Past(socket)


async def refusal(address: str, **query: object) -> tuple[int, str]:
    """How a socket is closed that gets no replay."""
    with pytest.raises(ConnectionClosedError) as closed:
        async with replay(address, **query) as past:  # type: ignore[arg-type]
            await past.frame("nothing")
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


async def test_the_past_is_played_with_its_alarms_and_every_chair_is_marked(clinic: Any, record: URL) -> None:
    async with clinic(record=record) as live, replay(live.address, 80, speed=20) as past:
        first = await past.frame("snapshot")
        assert first["replay"]["state"] == "preparing"
        begin = await past.playing()
        assert faults(first, "Snapshot", "snapshot") == faults(await past.frame("live"), "LiveBeside", "live") == []
        assert {chair["mark"] for chair in [*first["chairs"], *begin["chairs"]]} == {"REPLAY"}
        assert [chair["label"] for chair in begin["chairs"]] == ["Chair 1", "2"]
        assert begin["now"] == BEGIN_S + 80
        assert begin["speed"] == 20
        values = {value["vital"]: value["value"] for value in begin["chairs"][0]["values"]}
        assert values["spo2"] == 97.0
        change = await past.frame("alarm", lambda frame: frame["transition"].get("to") == "active")
        assert change["alarm"]["condition"].startswith("SPO2-")
        assert BEGIN_S + 90 < change["now"] < BEGIN_S + 110
        assert (await past.frame("vitals"))["values"][0]["value"] is not None


async def test_nothing_of_it_reaches_the_live_chairs(clinic: Any, record: URL) -> None:
    async with clinic(record=record) as live, replay(live.address, speed=60) as past:
        before = live.hub.last_state()
        await past.say(type="hello", screen="wall", kind="kiosk")
        await past.say(type="state", sound="on", visible=True)
        await past.say(type="drew", seq=1)
        await past.say(type="act", id=7, act="set_state", chair="1", state="empty", actor="Ana")
        reply = await past.frame("reply")
        assert (reply["id"], reply["ok"]) == (7, False)
        assert "replay of the past" in reply["error"]
        assert (len(live.hub.viewers), live.hub.screens.views(), live.hub.screens.alarm_grade) == (0, [], 0)
        chairs = [json.loads(text)["chairs"]["1"] for text in (before, live.hub.last_state())]
        assert chairs[0]["state"] == chairs[1]["state"] == "watched"


async def test_a_live_alarm_is_told_beside_it(clinic: Any, record: URL) -> None:
    async with clinic(record=record, speed=20) as live, replay(live.address) as past:
        assert (await past.frame("live"))["alarms"]["high"] == 0
        async with live.sending("1", 75):
            told = (await past.frame("live", lambda frame: frame["alarms"]["high"]))["alarms"]
        assert (told["chair"], told["priority"]) == ("Chair 1", "high")
        assert "75" in told["text"]


async def test_time_stands_still_and_goes_on_as_the_viewer_wants(clinic: Any, record: URL) -> None:
    async with clinic(record=record) as live, replay(live.address, speed=4) as past:
        await past.playing()
        await past.say(type="play", paused=True)
        still = await past.frame("snapshot")
        assert (still["replay"]["state"], still["speed"], still["replay"]["speed"]) == ("paused", 0, 4)
        assert [(await past.frame("heartbeat"))["now"] for _ in range(2)] == [still["now"]] * 2
        await past.say(type="play", speed=1000)
        assert (await past.frame("snapshot"))["replay"] == {**still["replay"], "speed": 120.0}
        await past.say(type="play", paused=False)
        assert (await past.frame("snapshot"))["speed"] == 120.0
        end = await past.frame("snapshot")
        assert (end["replay"]["state"], end["speed"], end["now"]) == ("ended", 0, BEGIN_S + 180)


async def test_it_ends_where_it_was_asked_to_and_shows_the_chairs_that_were_asked_for(clinic: Any, record: URL) -> None:
    query = {"until": int(BEGIN_S + 100), "chairs": "2", "speed": 120}
    async with clinic(record=record) as live, replay(live.address, **query) as past:
        assert [chair["id"] for chair in (await past.playing())["chairs"]] == ["2"]
        end = await past.frame("snapshot")
        assert (end["replay"]["state"], end["now"]) == ("ended", BEGIN_S + 100)


async def test_a_gap_is_passed_over_and_named(clinic: Any, tmp_path: Path) -> None:
    url = parsed(f"sqlite:///{tmp_path}/gap.db")
    with Store.open(url, write=True) as store:
        chronicle = Chronicle(store)
        chronicle.spo2(97.0, 70)
        chronicle.anew(5000.0)
        chronicle.spo2(97.0, 30)
        chronicle.write()
    async with clinic(record=url) as live, replay(live.address, 68, speed=4) as past:
        await past.playing()
        after = await past.frame("snapshot")
        assert after["now"] == BEGIN_S + 5000
        assert "alarms began anew here" in after["notices"][0]


async def test_only_two_are_watched_at_a_time(clinic: Any, record: URL) -> None:
    async with clinic(record=record) as live:
        async with replay(live.address) as one, replay(live.address) as two:
            await one.playing()
            await two.playing()
            code, why = await refusal(live.address)
            assert (code, "2 replays are being watched" in why) == (NOT_NOW, True)
        await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE_S):
            while True:  # the service hears of a closed socket a moment later
                async with replay(live.address) as again:
                    try:
                        await again.playing()
                    except ConnectionClosedError:
                        continue
                    return


@pytest.mark.parametrize(
    ("query", "words"),
    [({"from": "soon"}, '"soon" is no time'), ({"until": "never"}, '"never" is no time')],
)
async def test_what_cannot_be_played_is_refused_in_plain_words(
    clinic: Any, record: URL, query: dict[str, str], words: str
) -> None:
    async with clinic(record=record) as live:
        code, why = await refusal(live.address, **query)
        assert code == NOT_THERE
        assert words in why


async def test_a_service_without_a_record_says_so(clinic: Any) -> None:
    async with clinic() as live:
        assert await refusal(live.address) == (NOT_THERE, "This service keeps no record.")


# --- questions that play the record ---------------------------------------------------------------------------------


@asynccontextmanager
async def asking(clinic: Any, record: URL) -> AsyncIterator[httpx.AsyncClient]:
    async with clinic(record=record) as live, httpx.AsyncClient(base_url=live.address) as client:
        yield client


async def test_why_of_a_moment_is_answered_from_the_record(clinic: Any, record: URL) -> None:
    async with asking(clinic, record) as client:
        asked = {"chair": "1", "condition": "SPO2-LOW", "at": str(int(BEGIN_S + 50))}
        then = (await client.get("api/v1/why", params=asked)).json()
        assert then["explanation"]["state"] == "idle"
        assert "97 against a limit of 90" in then["explanation"]["sentence"]
        assert then["after"]["change"]["to"] == "pending"
        wrong = await client.get("api/v1/why", params={**asked, "at": "soon"})
        assert (wrong.status_code, "is no time" in wrong.text) == (422, True)
        early = await client.get("api/v1/why", params={**asked, "at": str(int(BEGIN_S - 50))})
        assert (early.status_code, "begins later" in early.text) == (503, True)


TRIALS = "api/v1/record/backtest"


async def settled(client: httpx.AsyncClient, number: int) -> Any:
    async with asyncio.timeout(60):
        while True:
            view = (await client.get(f"{TRIALS}/{number}")).json()
            if view["state"] != "running":
                return view
            await asyncio.sleep(0.05)


async def test_a_limit_is_tried_on_the_record_in_another_process(clinic: Any, record: URL) -> None:
    async with asking(clinic, record) as client:
        wish = {"key": "limits.spo2_low", "value": 98, "days": 30}
        begun = await client.post(TRIALS, content=json.dumps(wish))
        assert (begun.status_code, begun.json()["state"]) == (202, "running")
        second = await client.post(TRIALS, content=json.dumps(wish))
        assert (second.status_code, "Another trial" in second.text) == (409, True)
        view = await settled(client, begun.json()["id"])
        assert (view["state"], view["error"]) == ("done", "")
        difference = view["result"]["difference"]
        assert difference["appear"]["count"] + difference["earlier"]["count"] >= 1
        assert (await client.post(TRIALS, content=json.dumps(wish))).status_code == 202


async def test_a_trial_can_be_cancelled(clinic: Any, record: URL) -> None:
    async with asking(clinic, record) as client:
        wish = json.dumps({"key": "limits.spo2_low", "value": 98, "days": 1})
        number = (await client.post(TRIALS, content=wish)).json()["id"]
        assert (await client.delete(f"{TRIALS}/{number}")).json()["state"] == "cancelled"
        assert (await settled(client, number))["result"] is None
        assert (await client.get(f"{TRIALS}/99")).status_code == 404


@pytest.mark.parametrize(
    "wish",
    [
        {"key": "limits.nothing", "value": 90},
        {"key": "limits.spo2_low", "value": 9000},
        {"key": "limits.spo2_low", "value": 90, "days": 400},
        {"key": "limits.spo2_low"},
        {"key": "limits.spo2_low", "value": 90, "more": 1},
    ],
)
async def test_a_trial_that_makes_no_sense_is_refused(clinic: Any, record: URL, wish: dict[str, object]) -> None:
    async with asking(clinic, record) as client:
        assert (await client.post(TRIALS, content=json.dumps(wish))).status_code == 422


async def test_a_trial_that_fails_says_why(clinic: Any, record: URL, tmp_path: Path) -> None:
    async with asking(clinic, record) as client:
        (tmp_path / "record.db").rename(tmp_path / "elsewhere.db")
        number = (await client.post(TRIALS, content=json.dumps({"key": "limits.spo2_low", "value": 95}))).json()["id"]
        view = await settled(client, number)
        assert view["state"] == "failed"
        assert "no such file" in view["error"]


async def test_another_sites_page_gets_none_of_it(clinic: Any, record: URL) -> None:
    async with asking(clinic, record) as client:
        wish = json.dumps({"key": "limits.spo2_low", "value": 95})
        refused = await client.post(TRIALS, content=wish, headers={"origin": "http://elsewhere.example"})
        assert refused.status_code == 403
