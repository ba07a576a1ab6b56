"""The wall in a real Chromium: sizes, places, light, language, hands, and what an accessibility checker says."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tools.glass import CAP, CUT_NAMES, OUTSIDE, OVERLAPS, contrast, luminance, token
from tools.hands import TOO_SMALL, tap
from tools.stage import Stage, alarm, alarm_frame, chair, staged

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[[str], Any]
Axe = Callable[[Page], Awaitable[list[str]]]

FULL_HD = ViewportSize(width=1920, height=1080)
FOUR_K = ViewportSize(width=3840, height=2160)
PHONE = ViewportSize(width=390, height=844)
ARRIVED = """() => document.getAnimations().every(
    (one) => one.playState === 'finished' || one.effect.getComputedTiming().iterations === Infinity)"""
"""No tile is on its way any more; what flashes does so for good."""
LOOKS = [(light, palette) for light in ("bright", "dim") for palette in ("classic", "mono")]


def clinic(count: int, label: str = "Chair") -> list[dict[str, Any]]:
    """Calm chairs with the widest values that there are."""
    return [chair(number, mark="SIMULATED", label=f"{label} {number}") for number in range(1, count + 1)]


def desaturating(count: int, number: int = 2, priority: str = "high") -> list[dict[str, Any]]:
    """The same, and one of them desaturates."""
    chairs = clinic(count)
    it = chairs[number - 1]
    next(value for value in it["values"] if value["vital"] == "spo2")["value"] = 86
    it["alarms"] = [alarm(it["id"], "SPO2-LOW", priority, "SpO2 low 86 < 90", ["spo2"])]
    return chairs


# --- the wall ------------------------------------------------------------------------------------------------------

TABLE = {16: (43, 27.0), 36: (55, 23.5), 64: (55, 17.6)}
"""By number of chairs: a screen's diagonal in inches, and the cap height in millimetres that its heart rates have."""


@pytest.mark.parametrize("screen", [FULL_HD, FOUR_K], ids=["1080p", "4K"])
@pytest.mark.parametrize("count", list(TABLE))
@pytest.mark.parametrize(
    ("language", "label"), [("en", "Chair"), ("es", "Sillón"), ("en", "Behandlungsstuhl")], ids=["en", "es", "de"]
)
async def test_digits_are_large_enough_and_nothing_is_cut(
    open_page: OpenPage, pictures: Path, count: int, screen: ViewportSize, language: str, label: str
) -> None:
    async with staged(clinic(count, label)) as stage, open_page(f"{stage.address}?lang={language}") as page:
        await page.set_viewport_size(screen)
        await expect(page.locator("[data-chair]")).to_have_count(count)
        inches, wanted_mm = TABLE[count]
        mm_per_px = inches * 25.4 / (screen["width"] ** 2 + screen["height"] ** 2) ** 0.5
        for vital in ("heart_rate", "spo2"):
            cap_px = await page.locator(f'[data-chair="1"] [data-vital="{vital}"] [data-number]').evaluate(CAP)
            assert cap_px * mm_per_px >= wanted_mm
        assert await page.evaluate(OUTSIDE) == []
        assert await page.evaluate(OVERLAPS) == []
        assert await page.evaluate(CUT_NAMES) == []
        assert await page.evaluate("document.querySelector('[data-wall]').scrollHeight <= innerHeight")
        await page.screenshot(path=pictures / f"wall-{count}-{screen['height']}-{label}.png")


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 21, 37, 48, 57, 64])
async def test_any_number_of_chairs_fits_without_scrolling(open_page: OpenPage, count: int) -> None:
    async with staged(desaturating(count, 1)) as stage, open_page(stage.address) as page:
        await expect(page.locator("[data-chair]")).to_have_count(count)
        cut = """() => [...document.querySelectorAll('[data-chair]')].filter((tile) => {
            const wall = document.querySelector('[data-wall]').parentElement.getBoundingClientRect();
            const box = tile.getBoundingClientRect();
            return box.bottom > wall.bottom + 0.5 || box.right > wall.right + 0.5;
        }).map((tile) => tile.dataset.chair)"""
        assert await page.evaluate(cut) == []
        assert await page.evaluate(OUTSIDE) == []


async def test_on_a_full_wall_the_alarm_tile_grows_but_not_under_a_finger(open_page: OpenPage, pictures: Path) -> None:
    places = """() => Object.fromEntries([...document.querySelectorAll('[data-chair]')].map((tile) => {
        const { x, y, width, height } = tile.getBoundingClientRect();
        return [tile.dataset.chair, [x, y, width, height].map(Math.round)];
    }))"""
    async with staged(clinic(64)) as stage, open_page(stage.address) as page:
        await expect(page.locator("[data-chair]")).to_have_count(64)
        calm = await page.evaluate(places)
        await page.mouse.move(*middle(calm["40"]))
        await page.mouse.down()
        await stage.play(**alarm_frame(desaturating(64)[1]["alarms"][0]))
        await expect(page.locator('[data-chair="2"]')).to_have_attribute("data-state", "active")
        await page.wait_for_timeout(1000)  # long enough for a tile to move, if it did
        assert await page.evaluate(places) == calm
        await page.mouse.up()
        await page.keyboard.press("Escape")  # the press has opened the chair
        await expect(page.locator('[data-chair="2"]')).to_have_attribute("data-grown", "true")
        await page.wait_for_function(ARRIVED)
        grown = await page.evaluate(places)
        await page.screenshot(path=pictures / "wall-64-grown.png")
        assert grown["2"][2] > 1.7 * calm["2"][2]
        assert grown["2"][3] > 1.7 * calm["2"][3]
        in_other_rows = [name for name in calm if int(name) > 8]
        assert [grown[name][0] for name in in_other_rows] == [calm[name][0] for name in in_other_rows]
        assert [grown[name][2] for name in in_other_rows] == [calm[name][2] for name in in_other_rows]
        assert await page.evaluate(OUTSIDE) == []


async def test_the_rail_shows_the_most_urgent_and_counts_the_rest(open_page: OpenPage) -> None:
    chairs = clinic(20)
    for number, it in enumerate(chairs, 1):
        priority = "high" if number == 13 else "medium"
        it["alarms"] = [alarm(it["id"], "SPO2-LOW", priority, "SpO2 low 86 < 90", ["spo2"], since_age_s=number)]
    async with staged(chairs) as stage, open_page(stage.address) as page:
        listed = page.locator("[data-rail]")
        await expect(listed.first).to_have_attribute("data-rail", "13")
        await expect(listed.nth(1)).to_have_attribute("data-rail", "20")  # the oldest of the others
        await expect(page.locator("[data-rail-more]")).to_have_text(f"+{20 - await listed.count()}")
        await expect(page.locator("[data-counts]")).to_contain_text("1 ***")
        await expect(page.locator("[data-counts]")).to_contain_text("19 **")
        await page.set_viewport_size(PHONE)
        await expect(listed).to_have_count(1)
        await expect(listed.first).to_have_attribute("data-rail", "13")


async def test_a_phone_lists_chairs_by_need_under_an_alarm_card(open_page: OpenPage, pictures: Path) -> None:
    async with staged(desaturating(8, 6)) as stage, open_page(stage.address) as page:
        await page.set_viewport_size(PHONE)
        card = page.locator("[data-alarm-card]")
        await expect(card).to_contain_text("SpO2 low 86 < 90")
        await expect(card).to_contain_text("SIMULATED")
        await page.screenshot(path=pictures / "phone-card.png")
        await card.locator("[data-card-aside]").click()
        await expect(card).to_have_count(0)
        await expect(page.locator("[data-chair]").first).to_have_attribute("data-chair", "6")
        await expect(page.locator("[data-rail]")).to_be_visible()
        await page.screenshot(path=pictures / "phone.png")
        again = copy.deepcopy(stage.chairs[5]["alarms"][0]) | {"count": 2}
        await stage.play(**alarm_frame(again))
        await expect(card).to_be_visible()


# --- light, palette, language ----------------------------------------------------------------------------------------


async def test_a_dark_room_darkens_all_but_keeps_the_alarm_readable(open_page: OpenPage, pictures: Path) -> None:
    async with staged(desaturating(16)) as stage, open_page(stage.address) as page:
        await expect(page.locator('[data-chair="2"]')).to_have_attribute("data-state", "active")
        bright = {name: await token(page, "html", name) for name in ("tile", "hr", "text", "medium")}
        await page.locator("[data-dim]").click()
        await expect(page.locator("html")).to_have_attribute("data-light", "dim")
        for name, before in bright.items():
            assert luminance(await token(page, "html", name)) < luminance(before)
        assert contrast(await token(page, "html", "high"), await token(page, "html", "tile")) >= 3
        await page.screenshot(path=pictures / "wall-dim.png")
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("data-light", "dim")


async def test_the_clinics_colours_are_drawn_and_a_screen_may_be_white(open_page: OpenPage, pictures: Path) -> None:
    colours = {"hr": "#b8f28c", "spo2": "#c7a6ff", "pressure": "#ffffff"}
    look = {"palette": "clinic", "colours": colours}
    async with staged(clinic(4), look=look) as stage, open_page(stage.address) as page:
        number = page.locator('[data-chair="1"] [data-vital="spo2"] [data-number]')
        await expect(number).to_have_css("color", "rgb(199, 166, 255)")
        await page.locator("[data-screen-choices]").click()
        await page.screenshot(path=pictures / "screen-choices.png")
        await page.locator('[data-choice="mono"]').click()
        await expect(number).to_have_css("color", "rgb(242, 244, 245)")


async def test_the_page_speaks_spanish_and_says_so_to_readers(open_page: OpenPage) -> None:
    async with staged(clinic(2)) as stage, open_page(stage.address + "?lang=es") as page:
        await expect(page.locator("[data-second-pair]")).to_contain_text("monitor de cabecera")
        await expect(page.locator("html")).to_have_attribute("lang", "es")
        await expect(page.locator('[data-chair="1"] [data-vital="heart_rate"]')).to_contain_text("FC")
        await page.locator("[data-screen-choices]").click()
        await page.locator('[data-choice="en"]').click()
        await expect(page.locator("html")).to_have_attribute("lang", "en")


# --- hands -----------------------------------------------------------------------------------------------------------


async def test_a_session_by_keyboard_alone(open_page: OpenPage) -> None:
    async with staged(desaturating(12)) as stage, open_page(stage.address) as page:
        await expect(page.locator("[data-chair]")).to_have_count(12)
        await page.keyboard.type("2")
        await page.keyboard.press("Enter")
        await expect(page.locator('[data-panel="2"]')).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.locator('[data-panel="2"] [data-act="acknowledge"]').first).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.type("Ada")
        await page.keyboard.press("Enter")
        await until_asked(page, stage, "acknowledge")
        assert [(act["act"], act["actor"]) for act in stage.acts] == [("acknowledge", "Ada")]
        await page.keyboard.press("p")
        await expect(page.locator('[data-panel="2"] [data-act="pause_audio"]')).to_be_focused()
        await page.keyboard.press("Enter")
        await until_asked(page, stage, "pause_audio")
        await page.keyboard.press("Escape")
        await expect(page.locator("[data-panel]")).to_have_count(0)

        await page.keyboard.press("/")
        await page.keyboard.type("chair 11")
        await page.keyboard.press("Enter")
        await expect(page.locator('[data-panel="11"]')).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("?")
        await expect(page.locator('[data-sheet="help"]')).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("[data-sheet]")).to_have_count(0)
        await page.keyboard.press("d")
        await expect(page.locator("html")).to_have_attribute("data-light", "dim")
        await page.keyboard.press("s")
        await expect(page.locator("[data-wall]")).to_have_attribute("data-order", "need")
        await expect(page.locator("[data-chair]").first).to_have_attribute("data-chair", "2")
        for _ in range(40):  # the tiles can be reached one after another, and the focus can be seen
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.matches('[data-strip]')"):
                break
        ring = "getComputedStyle(document.activeElement, '::after').outline"
        assert "3px" in await page.evaluate(ring)


async def test_a_session_by_touch_alone_with_gloves(open_page: OpenPage, pictures: Path) -> None:
    async with staged(desaturating(12)) as stage, open_page(stage.address) as page:
        await page.evaluate("localStorage.setItem('vitalwatch.actor', 'Ada')")
        await page.goto(stage.address + "?kiosk")
        await tap(page, page.locator('[data-chair="2"]'))
        await expect(page.locator('[data-panel="2"]')).to_be_visible()
        await page.screenshot(path=pictures / "kiosk-panel.png")
        assert await page.evaluate(TOO_SMALL, 60) == []
        await tap(page, page.locator('[data-panel="2"] [data-act="acknowledge"]'))
        await until_asked(page, stage, "acknowledge")
        await tap(page, page.locator('[data-panel="2"] [data-close]'))
        await expect(page.locator("[data-panel]")).to_have_count(0)
        await tap(page, page.locator("[data-screen-choices]"))
        assert await page.evaluate(TOO_SMALL, 60) == []
        await tap(page, page.locator('[data-sheet="screen"] [data-close]'))
        await expect(page.locator("[data-sheet]")).to_have_count(0)


# --- a wall that nobody tends --------------------------------------------------------------------------------------


async def test_a_wall_screen_has_no_pointer_and_no_menu_of_the_browser(open_page: OpenPage) -> None:
    menu = "(it) => it.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }))"
    pointer = "getComputedStyle(document.querySelector('[data-strip]')).cursor"
    async with staged(clinic(2)) as stage, open_page(stage.address + "?kiosk") as page:
        tile = page.locator('[data-chair="1"]')
        await tile.hover()
        assert await page.evaluate(pointer) == "pointer"
        assert await tile.evaluate(menu) is False  # nothing opens
        await page.wait_for_function(f"{pointer} === 'none'")
        await page.mouse.move(500, 500)
        assert await page.evaluate(pointer) == "pointer"
        await page.goto(stage.address)
        assert await tile.evaluate(menu) is True


async def test_a_wall_screen_loads_a_new_version_only_once_nobody_is_infusing(open_page: OpenPage) -> None:
    chairs = clinic(3)
    async with staged(chairs) as stage, open_page(stage.address + "?kiosk") as page:
        await expect(page.locator("[data-chair]")).to_have_count(3)
        await page.evaluate("window.old = true")
        stage.clinic["version"] = "1"
        await stage.show(chairs)
        await expect(page.locator("[data-outdated]")).to_contain_text("loaded when nobody is infusing")
        calm = [{**one, "phase": "recovery"} for one in chairs]
        await stage.show([*calm[:2], {**chairs[2], "phase": "unknown"}])  # it may be infusing
        await expect(page.locator('[data-phase="recovery"]')).to_have_count(2)
        assert await page.evaluate("window.old")
        await stage.show([*calm[:2], {**chairs[2], "state": "empty"}])
        await page.wait_for_function("!window.old")
        await expect(page.locator("[data-outdated]")).to_have_count(0)


async def test_any_other_screen_offers_to_load_the_new_version(open_page: OpenPage) -> None:
    async with staged([chair(1, phase="recovery")]) as stage, open_page(stage.address) as page:
        await expect(page.locator("[data-chair]")).to_have_count(1)
        stage.clinic["version"] = "1"
        await stage.show(stage.chairs)
        await page.locator("[data-outdated] [data-load-again]").click()
        await expect(page.locator(".version")).to_contain_text("1")
        await expect(page.locator("[data-outdated]")).to_have_count(0)


# --- eyes ------------------------------------------------------------------------------------------------------------


async def test_axe_finds_nothing_serious_on_any_view(open_page: OpenPage, axe: Axe) -> None:
    chairs = desaturating(16)
    chairs[3]["alarms"] = [alarm("4", "SPO2-LOW", "medium", "SpO2 97, was 86 < 90", ["spo2"], state="latched")]
    async with staged(chairs, notices=["A notice"]) as stage, open_page(stage.address) as page:
        await expect(page.locator("[data-chair]")).to_have_count(16)
        await page.emulate_media(reduced_motion="reduce")
        assert await axe(page) == []
        await page.keyboard.press("2")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-panel]")).to_be_visible()
        assert await axe(page) == []
        await page.keyboard.press("Escape")
        for key, name in (("?", "help"), ("/", "find")):
            await page.keyboard.press(key)
            await expect(page.locator(f'[data-sheet="{name}"]')).to_be_visible()
            assert await axe(page) == []
            await page.keyboard.press("Escape")
        await page.locator("[data-screen-choices]").click()
        await page.locator('[data-choice="scheduled"]').click()
        assert await axe(page) == []
        await page.locator('[data-choice="dim"]').click()
        await page.keyboard.press("Escape")
        assert await axe(page) == []
        await page.set_viewport_size(PHONE)
        await expect(page.locator("[data-alarm-card]")).to_be_visible()
        assert await axe(page) == []


async def test_axe_finds_nothing_serious_in_any_state_of_a_tile(open_page: OpenPage, axe: Axe) -> None:
    for light, palette in LOOKS:
        query = f"dev/tiles/?light={light}&palette={palette}"
        async with staged([]) as stage, open_page(stage.address + query) as page:
            await page.emulate_media(reduced_motion="reduce")
            await expect(page.locator("[data-scene]").first).to_be_visible()
            assert await axe(page) == []


# --- helpers ----------------------------------------------------------------------------------------------------


def middle(box: list[float]) -> tuple[float, float]:
    """The middle of ``[x, y, width, height]``."""
    return box[0] + box[2] / 2, box[1] + box[3] / 2


async def until_asked(page: Page, stage: Stage, act: str) -> None:
    """Wait until the page has asked for an act, and shows that it was agreed to."""
    await expect(page.locator(f'[data-act="{act}"][data-progress="done"]').first).to_be_visible()
    assert stage.acts[-1]["act"] == act
