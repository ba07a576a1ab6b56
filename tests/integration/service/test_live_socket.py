"""The live socket over a real connection: one hub, the real server, and programs that listen."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.patience import PATIENCE_S
from tools.running import watching

pytestmark = pytest.mark.asyncio

Clinics = Callable[..., Any]


def live(clinic: Any) -> str:
    return clinic.address.replace("http", "ws", 1) + "ws/live"


async def test_a_screen_gets_a_snapshot_then_values_at_most_four_times_a_second(
    clinic: Clinics, nellcor_line: Any
) -> None:
    async with clinic() as here, watching(here.address) as screen:
        assert screen.seq == 1
        assert [chair["id"] for chair in screen.snapshot["chairs"]] == ["1"]
        batches, ended = 0, asyncio.get_running_loop().time() + 1.05
        while asyncio.get_running_loop().time() < ended:
            here.send("1", nellcor_line(90 + batches))
            frame = await screen.frame()
            batches += frame["type"] == "vitals"
        assert 1 <= batches <= 5
        assert screen.values["1", "spo2"]["value"] == 89 + batches


async def test_an_alarm_is_told_acknowledged_and_answered_to_every_screen(clinic: Clinics) -> None:
    async with clinic(speed=20.0) as here, watching(here.address) as ada, watching(here.address) as bo:
        async with here.sending("1", 80):
            active = await ada.until_alarm("1", "SPO2-LOW", "active")
            assert active["transition"]["at"] <= active["now"] <= active["transition"]["at"] + 0.05 * 20
            assert active["alarm"]["text"] == "SpO2 low 80 < 90"
            reply = await ada.act("acknowledge", "1", "Ada", condition="SPO2-LOW")
            assert (reply["ok"], reply["error"]) == (True, "")
            assert ada.alarms["1", "SPO2-LOW"]["actor"] == "Ada"
            seen = await bo.until_alarm("1", "SPO2-LOW", "acknowledged")
        assert (seen["transition"]["actor"], seen["alarm"]["actor"]) == ("Ada", "Ada")


async def test_an_impossible_act_is_answered_with_a_sentence(clinic: Clinics) -> None:
    async with clinic() as here, watching(here.address) as screen:
        for act, more in (("acknowledge", {"condition": "SPO2-LOW"}), ("set_phase", {"phase": "lunch"})):
            reply = await screen.act(act, "1", "Ada", **more)
            assert not reply["ok"]
            assert " " in reply["error"]
        assert not (await screen.act("pause_audio", "1", "  "))["ok"]


async def test_what_a_screen_says_of_itself_is_known(clinic: Clinics) -> None:
    async with clinic() as here, watching(here.address) as screen:
        await screen.socket.send('{"type":"hello","screen":"wall","kind":"kiosk"}')
        await screen.socket.send('{"type":"state","sound":"on","visible":true}')
        await screen.socket.send('{"type":"drew","seq":1}')
        (viewer,) = here.hub.viewers
        await here.until(lambda: viewer.glass.drew_seq == 1)
        assert (viewer.screen, viewer.kind, viewer.sound, viewer.visible) == ("wall", "kiosk", "on", True)


@pytest.mark.parametrize("junk", ["", "no json", '{"type":"act","id":1}', b"\x01\x00\xff"])
async def test_junk_from_a_screen_costs_it_nothing(clinic: Clinics, junk: Any) -> None:
    async with clinic() as here, watching(here.address) as screen:
        await screen.socket.send(junk)
        assert (await screen.act("pause_audio", "1", "Ada"))["ok"]


async def test_a_page_of_another_site_is_refused_before_it_hears_anything(clinic: Clinics) -> None:
    async with clinic() as here:
        for origin in ("http://stray.example", "http://127.0.0.1:1"):
            async with connect(live(here), origin=origin) as stray:
                with pytest.raises(ConnectionClosed) as closed:
                    await stray.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4003
        async with connect(live(here), origin=here.address.rstrip("/")) as own:
            assert json.loads(await own.recv())["type"] == "snapshot"
        assert here.hub.viewers.cuts == 0


async def test_a_screen_that_goes_is_forgotten_and_starts_again_from_a_snapshot(
    clinic: Clinics, nellcor_line: Any
) -> None:
    async with clinic() as here:
        async with watching(here.address):
            assert len(here.hub.viewers) == 1
        await here.until(lambda: not here.hub.viewers)
        here.send("1", nellcor_line(93))
        async with watching(here.address) as screen:
            assert screen.seq == 1
            assert screen.values["1", "spo2"]["value"] == 93


async def test_a_screen_that_stops_reading_is_cut_and_dropped_while_another_misses_nothing(clinic: Clinics) -> None:
    async with clinic() as here, watching(here.address) as quick:
        small = socket.socket()
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        small.connect(here.listener.getsockname())
        small.setblocking(False)
        stalled = await connect(live(here), sock=small, max_queue=1, max_size=None, ping_interval=None)
        await here.until(lambda: len(here.hub.viewers) == 2)
        assert len(here.server.server_state.connections) == 2
        sent = 0
        while not here.hub.viewers.cuts:
            assert sent < 500
            here.hub.viewers.put(json.dumps({"type": "padding", "number": sent, "text": "x" * 100_000}).encode())
            frame = await quick.until(lambda _, frame: frame["type"] == "padding")
            assert frame["number"] == sent
            sent += 1
        await here.until(lambda: len(here.server.server_state.connections) == 1)
        assert len(here.hub.viewers) == 1
        assert (await quick.act("pause_audio", "1", "Ada"))["ok"]
        stalled.transport.abort()
        await stalled.wait_closed()


async def test_what_happens_to_one_chair_stays_at_that_chair(clinic: Clinics, nellcor_line: Any) -> None:
    async with clinic(chairs=2, speed=20.0) as here, watching(here.address) as screen:
        here.cut("1")
        async with here.sending("2", 97):
            told = await screen.until_alarm("1", "T-LINK", "active")
            assert "cut" in told["alarm"]["note"]
            await screen.until(lambda screen, _: screen.chairs["1"]["devices"][0]["link"] == "lost")
            assert screen.chairs["2"]["devices"][0]["link"] == "up"
            here.heal("1")
            await screen.until(lambda screen, _: screen.chairs["1"]["devices"][0]["link"] == "up")
            here.send("1", nellcor_line(95))
            await screen.until(lambda screen, _: screen.values.get(("1", "spo2"), {}).get("value") == 95)
        assert {chair for chair, _ in screen.alarms} == {"1"}


async def test_a_faulty_driver_is_a_lost_link_at_its_own_chair_and_is_counted(
    clinic: Clinics, nellcor_line: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with clinic(chairs=2, speed=20.0) as here, watching(here.address) as screen:
        driver = here.hub.supervisors["ox-1"].driver
        monkeypatch.setattr(driver, "receive", lambda *_: 1 / 0)
        here.send("1", nellcor_line(97))
        told = await screen.until_alarm("1", "T-LINK", "active")
        assert "fault in the nellcor driver" in told["alarm"]["note"]
        monkeypatch.undo()
        here.send("1", nellcor_line(97))
        await screen.until(lambda screen, _: screen.chairs["1"]["devices"][0]["link"] == "up")
        async with httpx.AsyncClient() as browser:
            metrics = (await browser.get(f"{here.address}metrics")).text
        assert 'vitalwatch_driver_faults_total{chair="1",device="ox-1"} 1.0' in metrics
        assert 'vitalwatch_driver_faults_total{chair="2",device="ox-2"} 0.0' in metrics


async def test_waves_come_as_binary_frames_to_a_screen_that_asks_until_it_asks_no_more(clinic: Clinics) -> None:
    async with clinic() as here, connect(live(here)) as drawing, watching(here.address) as program:
        await drawing.send('{"type":"waves","on":true}')
        await here.until(here.hub.viewers.want_waves)
        here.hub.viewers.put_wave(b"\x01 a wave")
        async with asyncio.timeout(PATIENCE_S):
            while (frame := await drawing.recv()) != b"\x01 a wave":
                assert isinstance(frame, str)
        await drawing.send('{"type":"waves","on":false}')
        await here.until(lambda: not here.hub.viewers.want_waves())
        await program.until(lambda _, frame: frame["type"] == "heartbeat")  # it was sent nothing but text


async def test_a_screen_that_reads_too_slowly_gets_its_alarm_and_not_the_waves_before_it(clinic: Clinics) -> None:
    """Without a limit the system's buffers take megabytes of waves, and the alarm stands behind them."""
    async with clinic(speed=20.0) as here:
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect(("127.0.0.1", here.listener.getsockname()[1]))
            slow.setblocking(False)
            async with connect(live(here), sock=slow, max_queue=1, compression=None) as screen:
                await screen.recv()
                await screen.send('{"type":"waves","on":true}')
                await here.until(here.hub.viewers.want_waves)
                for _ in range(2000):
                    here.hub.viewers.put_wave(bytes(2000))  # as fast as the loop goes, and nobody reads
                    await asyncio.sleep(0)
                async with here.sending("1", 80):
                    await here.until(lambda: here.hub.present_alarms())
                    waves = 0
                    async with asyncio.timeout(PATIENCE_S):
                        while isinstance(frame := await screen.recv(), bytes) or '"type":"alarm"' not in frame:
                            waves += isinstance(frame, bytes)
        assert waves < 200
