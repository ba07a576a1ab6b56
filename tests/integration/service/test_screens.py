"""Screens that are lost, over real connections: what the service notices, and how soon."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tools.attending import CUTS, attending
from tools.running import watching

pytestmark = pytest.mark.asyncio

Clinics = Callable[..., Any]

NOTICED_S = 5.0


async def test_a_screen_that_draws_and_sounds_can_alarm_and_the_others_are_told(clinic: Clinics) -> None:
    async with clinic() as here, watching(here.address) as program:
        assert (program.snapshot["screens"], program.snapshot["fallback"]) == ([], False)
        async with attending(here.address):

            def can_alarm(_: Any, frame: dict[str, Any]) -> bool:
                return [
                    (screen["screen"], screen["alive"], screen["sound"], screen["visible"])
                    for screen in frame.get("screens", [])
                ] == [("desk", True, "on", True)]

            await program.until(can_alarm)
            assert here.hub.screens.alarm_grade == 1
        await program.until(lambda _, frame: frame.get("screens") == [])


async def test_however_a_screen_is_lost_somebody_is_missed_within_five_seconds(clinic: Clinics) -> None:
    async def loss(how: str) -> float:
        async with clinic() as here, watching(here.address) as program:
            now = asyncio.get_running_loop().time
            async with attending(here.address) as screen:
                await here.until(lambda: here.hub.screens.alarm_grade)
                began = now()
                await screen.cut(how)
                await program.until_alarm("", "T-NOVIEW", "active", timeout_s=2 * NOTICED_S)
                return now() - began

    took = dict(zip(CUTS, await asyncio.gather(*map(loss, CUTS)), strict=True))
    assert all(seconds <= NOTICED_S for seconds in took.values()), took


async def test_a_high_alarm_on_a_page_that_draws_nothing_any_more_is_undelivered(clinic: Clinics) -> None:
    """The page's connection stands, and its browser still reads."""
    now = asyncio.get_running_loop().time
    async with (
        clinic(speed=20.0) as here,
        watching(here.address) as program,
        attending(here.address) as screen,
        here.sending("1", 80),
    ):
        await here.until(lambda: here.hub.screens.alarm_grade)
        await screen.cut("undrawn")
        await program.until_alarm("1", "SPO2-DESAT", "active")
        began = now()
        await program.until_alarm("1", "T-UNDELIVERED", "active")
        assert now() - began == pytest.approx(5.0, abs=0.5)


async def test_a_receipt_for_a_frame_that_was_never_sent_proves_nothing(clinic: Clinics) -> None:
    async with clinic() as here, watching(here.address) as screen:
        await screen.socket.send('{"type":"hello","screen":"liar"}')
        await screen.socket.send('{"type":"drew","seq":1000000}')
        assert (await screen.act("pause_audio", "1", "Ada"))["ok"]  # it has been read by now
        assert here.hub.screens.alive == 0
