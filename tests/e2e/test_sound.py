"""What the page lets people hear: alarms, pauses, and that it says so when it cannot be heard."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.patience import PATIENCE_S
from tools.running import running, watching

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[..., Any]

EARS = Path(__file__).with_name("ears.js").read_text()
BLOCKED = "--autoplay-policy=document-user-activation-required"
SPEED = 10
"""Recorded seconds that pass in one real second; an audio pause of 120 s is over in 12 s."""

PULSES = {"high": 10, "medium": 3, "low": 2}
QUIET = "() => ears.loudAt !== null && performance.now() - ears.loudAt > 400"
"""Nothing has been heard for longer than any gap inside a burst of medium priority."""


def named(screen: str, **kept: str) -> str:
    """A script that gives the browser a screen's name and what else it has kept from earlier days."""
    return "".join(
        f"localStorage.setItem('vitalwatch.{key}', '{text}');" for key, text in {"screen": screen, **kept}.items()
    )


async def bursts(page: Page) -> list[int]:
    """How many pulses each burst had that was started so far."""
    return [burst["pulses"] for burst in await page.evaluate("ears.bursts")]


async def until_bursts(page: Page, count: int) -> list[int]:
    """Wait for the count of bursts, and give their pulses."""
    await page.wait_for_function("(count) => ears.bursts.length >= count", arg=count)
    return await bursts(page)


async def untouched(page: Page, method: str, **parameters: object) -> dict[str, Any]:
    """Ask the browser itself. Playwright's own questions count as a touch, and would let the page sound."""
    session = await page.context.new_cdp_session(page)
    return dict(await session.send(method, parameters))


async def until_untouched(page: Page, condition: str) -> None:
    """Wait until a condition holds in the page, without touching it."""
    look = (
        f"new Promise((done) => {{ const look = () => ({condition}) ? done() : requestAnimationFrame(look); look(); }})"
    )
    async with asyncio.timeout(PATIENCE_S):
        await untouched(page, "Runtime.evaluate", expression=look, awaitPromise=True, userGesture=False)


async def test_without_a_touch_a_bar_says_that_the_sound_is_off_and_a_touch_ends_it(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as program, open_page(address, BLOCKED, script=EARS + named("desk")) as page:
            await program.until_screen("desk", sound="blocked")
            await until_untouched(page, "document.querySelector('[data-state=active]')")
            await until_untouched(page, "document.querySelector('[data-sound-off]')?.innerText.includes('SOUND OFF')")
            await until_untouched(page, "ears.bursts.length === 0")
            shot = await untouched(page, "Page.captureScreenshot")
            (pictures / "sound-off.png").write_bytes(base64.b64decode(shot["data"]))

            await page.mouse.click(960, 100)
            await until_untouched(page, "!document.querySelector('[data-sound-off]')")
            await program.until_screen("desk", sound="on")
            assert await until_bursts(page, 1) == [PULSES["medium"]]  # what nobody could hear is heard now


async def test_a_browser_that_lets_the_page_sound_has_no_bar(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as program, open_page(address, script=EARS + named("desk")) as page:
            await program.until_screen("desk", sound="on", visible=True, alive=True)
            await expect(page.locator("[data-sound-off]")).to_have_count(0)
            assert await until_bursts(page, 1) == [PULSES["medium"]]
            await page.wait_for_function("() => ears.loudAt !== null")  # not only started: heard


async def test_an_audio_pause_stops_the_sound_alone_and_ends_by_itself(
    open_page: OpenPage, sinking_clinic: Callable[..., Path], tmp_path: Path
) -> None:
    clinic = sinking_clinic((97, 6), (86, 600))
    async with running("run", str(clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as program, open_page(address, script=EARS) as page:
            assert await until_bursts(page, 1) == [PULSES["medium"]]
            await page.wait_for_function("() => ears.loudAt !== null")
            assert (await program.act("pause_audio", "1", "Ada"))["ok"]
            tile = page.locator('[data-chair="1"]')
            await expect(tile.locator("[data-audio-paused]")).to_be_visible()
            await page.wait_for_function(QUIET)
            await expect(tile).to_have_attribute("data-state", "active")
            await expect(tile.locator(".flashing")).not_to_have_count(0)
            assert len(await bursts(page)) == 1

            soft = PULSES["low"]  # the reminder, after a minute
            assert await until_bursts(page, 3) == [PULSES["medium"], soft, PULSES["medium"]]
            await expect(tile.locator("[data-audio-paused]")).to_have_count(0)


async def test_a_high_alarm_breaks_through_an_audio_pause(
    open_page: OpenPage, sinking_clinic: Callable[..., Path], tmp_path: Path
) -> None:
    clinic = sinking_clinic((97, 6), (86, 60), (78, 600))
    async with running("run", str(clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as program, open_page(address, script=EARS) as page:
            await until_bursts(page, 1)
            assert (await program.act("pause_audio", "1", "Ada"))["ok"]
            tile = page.locator('[data-chair="1"]')
            await expect(tile.locator("[data-audio-paused]")).to_be_visible()
            assert await until_bursts(page, 2) == [PULSES["medium"], PULSES["high"]]
            await expect(tile).to_have_attribute("data-priority", "high")
            await expect(tile.locator("[data-audio-paused]")).to_have_count(0)


async def test_the_only_screen_that_sounds_can_neither_be_set_to_nothing_nor_to_quiet(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        script = EARS + named("desk", loudness="0")
        async with open_page(await service.address(), script=script) as page:
            assert await until_bursts(page, 1) == [PULSES["medium"]]
            await page.wait_for_function("() => ears.loudAt !== null")  # kept as 0, and heard

            await page.locator("[data-sound]").click()
            panel = page.locator("[data-sheet='sound']")
            await expect(panel.locator("[data-softer]")).to_be_disabled()
            await expect(panel.locator('[data-place="room"]')).to_be_disabled()
            await expect(panel.locator("[data-only-one]")).to_be_visible()
            await page.screenshot(path=pictures / "sound-panel.png")


async def test_a_wall_screen_in_the_quiet_room_only_lights_while_the_desk_sounds(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with (
            open_page(address, script=EARS + named("desk")) as desk,
            watching(address) as program,
            open_page(f"{address}?kiosk", script=EARS + named("wall")) as wall,
        ):
            await program.until_screen("wall", kind="kiosk", sound="off", alive=True)
            await expect(wall.locator("[data-sound-off]")).to_have_count(0)
            await until_bursts(desk, 1)
            await expect(wall.locator('[data-chair="1"]')).to_have_attribute("data-state", "active")
            assert await bursts(wall) == []

            await desk.context.close()
            await until_bursts(wall, 1)


async def test_the_self_test_is_asked_for_once_a_day_and_plays_every_priority(
    open_page: OpenPage, sinking_clinic: Callable[..., Path], tmp_path: Path
) -> None:
    clinic = sinking_clinic((97, 600))
    started = running("run", str(clinic), log=tmp_path / "log")
    async with started as service, open_page(await service.address(), script=EARS) as page:
        button = page.locator("[data-sound]")
        await expect(button).to_have_attribute("data-test-due", "")
        await button.click()
        await page.locator("[data-sound-test]").click()
        assert await until_bursts(page, 1) == [sum(PULSES.values())]
        await page.wait_for_function("() => ears.loudAt !== null")
        await page.locator("[data-test-heard]").click()
        await expect(button).not_to_have_attribute("data-test-due", "")
        await page.reload()
        await expect(button).to_have_attribute("data-sound", "on")
        await expect(button).not_to_have_attribute("data-test-due", "")


async def test_what_one_person_acknowledges_is_seen_and_quiet_at_the_other_screen_within_half_a_second(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with (
            open_page(address, script=named("desk", actor="Ada")) as desk,
            open_page(address, script=EARS + named("second")) as other,
        ):
            for page in (desk, other):
                await expect(page.locator('[data-chair="1"]')).to_have_attribute("data-state", "active")
                await page.locator('[data-chair="1"] [data-strip]').click()
            await other.evaluate(
                """() => new MutationObserver(() => {
                    const by = document.querySelector('[data-panel="1"] [data-seen-by]');
                    if (by?.innerText.includes('Ada')) window.seenAt ??= Date.now();
                }).observe(document.body, { childList: true, subtree: true, characterData: true })"""
            )
            pressed = await desk.locator('[data-panel="1"] [data-act="acknowledge"]').evaluate(
                "(button) => { const now = Date.now(); button.click(); return now; }"
            )
            seen_at = await (await other.wait_for_function("() => window.seenAt")).json_value()
            assert seen_at - pressed <= 500
            await other.wait_for_function(QUIET)
            assert len(await bursts(other)) == 1
