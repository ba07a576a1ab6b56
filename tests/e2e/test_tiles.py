"""Every state of a tile in a real Chromium: its colours, words and signs, its flashing, and eyes that see otherwise."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tools.glass import OUTSIDE, OVERLAPS, contrast, parse, pixel, token
from tools.stage import staged

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[[str], Any]

LOOKS = [(light, palette) for light in ("bright", "dim") for palette in ("classic", "mono")]
FILLED = [f"{state}-{priority}" for state in ("active", "acknowledged") for priority in ("high", "medium", "low")]


@pytest.mark.parametrize(("light", "palette"), LOOKS)
@pytest.mark.parametrize("density", ["S", "M", "L"])
async def test_every_state_has_its_colours_words_and_signs(
    open_page: OpenPage, pictures: Path, light: str, palette: str, density: str
) -> None:
    query = f"dev/tiles/?light={light}&palette={palette}&density={density}"
    async with staged([]) as stage, open_page(stage.address + query) as page:
        await page.emulate_media(reduced_motion="reduce")  # a flash would be caught at either colour
        await expect(page.locator("[data-scene]").first).to_be_visible()
        assert await page.evaluate(OUTSIDE) == []
        assert await page.evaluate(OVERLAPS) == []
        assert await page.locator("[data-chair]:not(:has([data-mark]))").count() == 0

        for name in FILLED:
            priority = name.split("-")[1]
            scene = f'[data-scene="{name}"]'
            strip = page.locator(f"{scene} [data-strip]")
            await strip.scroll_into_view_if_needed()
            box = await strip.bounding_box()
            assert box is not None
            assert await pixel(page, box["x"] + 6, box["y"] + box["height"] - 3) == await token(
                page, scene, priority
            ), name
            assert await pixel(page, box["x"] + 0.5, box["y"] + box["height"] / 2) == await token(
                page, f"{scene} [data-chair]", f"{priority}-frame"
            ), name
            if density == "S":  # a thin frame is too weak there: the header is filled too
                assert await pixel(page, box["x"] + box["width"] / 2, box["y"] - 4) == await token(
                    page, scene, priority
                )
            inverted = page.locator(f'{scene} [data-vital="spo2"] [data-number]')
            assert await inverted.evaluate("(it) => getComputedStyle(it).backgroundColor") == (
                "rgb({}, {}, {})".format(*await token(page, scene, priority))
            )

        for name in ("offline", "connection-lost", "technical-low", "technical-high"):
            value = page.locator(f'[data-scene="{name}"] [data-vital="spo2"]')
            await expect(value.locator("[data-number]")).to_have_text("--")
            assert "repeating-linear-gradient" in await value.evaluate("(it) => getComputedStyle(it).backgroundImage")
        stale = page.locator('[data-scene="stale"] [data-vital="spo2"]')
        await expect(stale.locator("[data-age]")).to_have_text("18 s")
        await stale.scroll_into_view_if_needed()
        box = await stale.bounding_box()
        assert box is not None
        ground = await pixel(page, box["x"] + box["width"] - 2, box["y"] + 2)
        assert ground == await token(page, "section", "tile-stale")
        assert await stale.locator("[data-number]").evaluate("(it) => getComputedStyle(it).color") == (
            "rgb({}, {}, {})".format(*await token(page, "section", "stale-text"))
        )
        for name, glyph in {
            "active-high": "high",
            "active-medium": "medium",
            "active-low": "low",
            "technical-low": "technical",
            "acknowledged-high": "seen",
            "latched-high": "over",
            "pending": "pending",
            "audio-paused": "paused",
            "kept-quiet": "quiet",
            "standby": "standby",
            "offline": "offline",
            "trend": "falling",
            "recovery": "changed",
        }.items():
            await expect(page.locator(f'[data-scene="{name}"] [data-glyph="{glyph}"]').first).to_be_visible()
        await expect(page.locator('[data-scene="audio-paused"] [data-audio-paused]')).to_contain_text("1:42")
        await expect(page.locator('[data-scene="standby"] [data-strip]')).to_contain_text("Standby")
        over = page.locator('[data-scene="latched-high"] [data-strip]')
        await expect(over).to_contain_text("was 86 < 90")
        await expect(over.locator("[data-since]")).to_have_text("at 14:02")
        cut = "(it) => it.scrollWidth > it.clientWidth + 1 || it.scrollHeight > it.clientHeight + 4"
        assert not await over.locator(".text").evaluate(cut)
        await page.screenshot(path=pictures / f"tiles-{light}-{palette}-{density}.png", full_page=True)


async def test_flashes_keep_their_rate_and_are_in_step_on_all_tiles(open_page: OpenPage) -> None:
    sample = """() => new Promise((done) => {
        const names = ['active-high', 'several', 'active-medium', 'pressure', 'active-low'];
        const strips = names.map((name) => document.querySelector(`[data-scene="${name}"] [data-strip]`));
        const seen = [];
        const began = performance.now();
        const look = () => {
            seen.push(strips.map((strip) => getComputedStyle(strip).backgroundColor));
            if (performance.now() - began < 5000) requestAnimationFrame(look); else done(seen);
        };
        look();
    })"""
    async with (
        staged([]) as stage,
        open_page(stage.address + "dev/tiles/?light=bright&palette=classic&density=M") as page,
    ):
        await expect(page.locator("[data-scene]").first).to_be_visible()
        high, high_too, medium, medium_too, low = (
            list(colours) for colours in zip(*await page.evaluate(sample), strict=True)
        )
        assert high == high_too
        assert medium == medium_too
        assert len(set(low)) == 1
        for colours, least, most in ((high, 1.4, 2.8), (medium, 0.4, 0.8)):
            changes = sum(now != before for before, now in itertools.pairwise(colours))
            assert least <= changes / 2 / 5 <= most

        await page.emulate_media(reduced_motion="reduce")
        assert [len(set(shown)) for shown in zip(*await page.evaluate(sample), strict=True)] == [1] * 5


async def test_with_the_systems_high_contrast_colours_alarms_still_stand_out(
    open_page: OpenPage, pictures: Path
) -> None:
    async with staged([]) as stage, open_page(stage.address + "dev/tiles/?light=bright&palette=classic") as page:
        await page.emulate_media(forced_colors="active", reduced_motion="reduce")
        await expect(page.locator("[data-scene]").first).to_be_visible()
        for density in ("S", "M", "L"):
            part = f'[data-part="bright-classic-{density}"]'
            calm, alarmed = [
                await page.locator(f'{part} [data-scene="{name}"] [data-strip]').evaluate(
                    "(it) => getComputedStyle(it).backgroundColor"
                )
                for name in ("calm", "active-high")
            ]
            assert calm != alarmed
            number = page.locator(f'{part} [data-scene="active-high"] [data-vital="spo2"] [data-number]')
            colours = await number.evaluate(
                "(it) => [getComputedStyle(it).color, getComputedStyle(it).backgroundColor]"
            )
            assert contrast(*(parse(colour) for colour in colours)) >= 4.5
        await page.screenshot(path=pictures / "tiles-forced-colours.png", full_page=True)


@pytest.mark.parametrize("eyes", ["none", "protanopia", "deuteranopia", "tritanopia", "achromatopsia"])
async def test_alarms_are_told_without_colour(open_page: OpenPage, pictures: Path, eyes: str) -> None:
    async with (
        staged([]) as stage,
        open_page(stage.address + "dev/tiles/?light=bright&palette=classic&density=S") as page,
    ):
        await page.emulate_media(reduced_motion="reduce")
        seeing = await page.context.new_cdp_session(page)
        await seeing.send("Emulation.setEmulatedVisionDeficiency", {"type": eyes})
        calm = page.locator('[data-scene="calm"] [data-strip]')
        box = await calm.bounding_box()
        assert box is not None
        tile = await pixel(page, box["x"] + box["width"] - 4, box["y"] + 4)
        for priority, stars in (("high", "***"), ("medium", "**"), ("low", "*")):
            strip = page.locator(f'[data-scene="active-{priority}"] [data-strip]')
            await expect(strip.locator(f'[data-glyph="{priority}"]')).to_be_visible()
            text = await strip.inner_text()
            assert re.search(rf"(?<!\*){re.escape(stars)}(?!\*)", text)
            assert "SpO2 low 86 < 90" in " ".join(text.split())
            box = await strip.bounding_box()
            assert box is not None
            # Red is dark to eyes without its cones: there the brighter frame makes the step.
            filled = await pixel(page, box["x"] + box["width"] / 2, box["y"] + 2)
            frame = await pixel(page, box["x"] + 0.5, box["y"] + box["height"] / 2)
            dark_red = eyes == "protanopia" and priority == "high"
            assert contrast(frame if dark_red else filled, tile) >= 3, (priority, filled, frame, tile)
        await page.screenshot(path=pictures / f"eyes-{eyes}.png")
