"""A whole visit at one chair, before a real service: with a keyboard and nothing else, and with one gloved finger."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.async_api import Locator, Page, expect

from tools.hands import TOO_SMALL, keep_touching, tab_to, tap, write_by_touch
from tools.running import Screen, running, watching

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[..., Any]
Axe = Callable[[Page], Awaitable[list[str]]]

GLOVE_PX = 60
PAGES = ("limits", "history", "trends")


class Hands(Protocol):
    """One way to work the page."""

    async def open(self) -> None:
        """Open chair 1."""

    async def press(self, wanted: Locator) -> None:
        """Press a button."""

    async def hold(self, wanted: Locator, until: Locator) -> None:
        """Hold a button until something else is there."""

    async def write(self, wanted: Locator, text: str) -> None:
        """Write a line."""


class Keyboard:
    """Tab, Enter and the page's own keys."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def open(self) -> None:
        await self.page.keyboard.type("1")
        await self.page.keyboard.press("Enter")

    async def press(self, wanted: Locator) -> None:
        await tab_to(self.page, wanted)
        await self.page.keyboard.press("Enter")

    async def hold(self, wanted: Locator, until: Locator) -> None:
        await tab_to(self.page, wanted)
        await self.page.keyboard.down("Enter")
        await expect(until).to_be_visible()
        await self.page.keyboard.up("Enter")

    async def write(self, wanted: Locator, text: str) -> None:
        await tab_to(self.page, wanted)
        await self.page.keyboard.type(text)


class Finger:
    """One finger on a wall screen, in a glove: whatever is touched has to be large enough, and all around it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def open(self) -> None:
        await self.press(self.page.locator('[data-chair="1"] [data-strip]'))

    async def press(self, wanted: Locator) -> None:
        assert await self.page.evaluate(TOO_SMALL, GLOVE_PX) == []
        await tap(self.page, wanted)

    async def hold(self, wanted: Locator, until: Locator) -> None:
        await keep_touching(self.page, wanted, until)

    async def write(self, wanted: Locator, text: str) -> None:
        await write_by_touch(self.page, wanted, text)


@asynccontextmanager
async def at_work(
    kind: type[Keyboard] | type[Finger], open_page: OpenPage, clinic: Path, log: Path
) -> AsyncIterator[tuple[Hands, Page, Screen]]:
    """The recorded clinic while its alarm stands, and hands before its page."""
    async with running("run", str(clinic), log=log) as service:
        address = await service.address()
        query = "?kiosk" if kind is Finger else ""
        async with watching(address) as screen, open_page(address + query) as page:
            await screen.until_alarm("1", "SPO2-LOW", "active")
            await expect(page.locator('[data-chair="1"][data-state="active"]')).to_be_visible()
            yield kind(page), page, screen


async def until_chair(screen: Screen, **wanted: object) -> None:
    """Wait until the service has told this of chair 1; values bring a chair back from standby within a second."""
    await screen.until_holds(lambda seen: wanted.items() <= seen.chairs["1"].items())


@pytest.mark.parametrize("kind", [Keyboard, Finger])
async def test_a_whole_visit(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path, kind: type[Keyboard] | type[Finger]
) -> None:
    async with at_work(kind, open_page, recording_clinic, tmp_path / "log") as (hands, page, screen):
        await hands.open()
        panel = page.locator('[data-panel="1"]')

        def deed(act: str, text: str = "") -> Locator:
            return panel.locator(f'[data-act="{act}"]', has_text=text).first

        await hands.press(deed("acknowledge"))
        await hands.write(panel.locator("[data-actor] input"), "Ada")
        await hands.press(panel.get_by_role("button", name="That is me"))
        await expect(panel.locator("[data-seen-by]")).to_contain_text("Ada")
        await hands.press(deed("pause_audio"))
        await expect(page.locator('[data-chair="1"] [data-audio-paused]')).to_be_visible()
        await hands.press(deed("set_phase", "Preparation"))
        await until_chair(screen, phase="preparation")
        await hands.press(deed("take_baseline"))
        await hands.press(deed("set_phase", "Infusion"))
        await until_chair(screen, phase="infusion")
        for writing, text in (("dose", "ketamine 40 mg"), ("note", "feels dizzy")):
            await hands.press(panel.locator(f'[data-noting="{writing}"]'))
            await hands.write(panel.locator(f'[data-text="{writing}"]'), text)
            await hands.press(deed("note"))
            await expect(panel.locator(f'[data-marks] [data-mark-kind="{writing}"]')).to_contain_text(f"{text} · Ada")
        await page.screenshot(path=pictures / f"session-{kind.__name__.lower()}.png")

        await hands.press(panel.locator("[data-shelving]"))
        await hands.write(panel.locator('[data-text="reason"]'), "probe is on the cuff's arm")
        await hands.press(deed("shelve"))
        await expect(page.locator('[data-chair="1"] [data-kept-quiet]')).to_be_visible()
        await hands.press(deed("unshelve"))
        await expect(page.locator('[data-chair="1"] [data-kept-quiet]')).to_have_count(0)

        await hands.press(panel.locator('[data-go="limits"]'))
        form = panel.locator('[data-limit-form="limits.spo2_low"]')
        await hands.press(form.locator('[data-key="8"]'))
        await hands.press(form.locator('[data-key="5"]'))
        await hands.press(form.locator('[data-step="up"]'))
        await hands.write(form.locator('[data-text="reason"]'), "usual for this patient")
        await hands.write(form.locator('[data-text="second"]'), "Ben")
        await hands.press(form.locator('[data-act="change_limit"]'))
        await until_chair(screen, changed_limits=["limits.spo2_low"])
        await hands.press(panel.locator('[data-go="history"]'))
        await hands.press(panel.locator('[data-past="SPO2-LOW"] button').first)
        await expect(panel.locator('[data-past="SPO2-LOW"] svg').first).to_be_visible()

        await hands.press(deed("set_phase", "Recovery"))
        await until_chair(screen, phase="recovery")
        states = panel.locator('[data-act="set_state"]')
        done = page.locator('[data-progress="done"]')
        for state, index in (("standby", 1), ("watched", 0), ("empty", 2)):
            button = states.nth(index)
            if state == "watched":
                await hands.press(button)
            else:
                await hands.hold(button, until=button.and_(done))
            await until_chair(screen, state=state)
        await hands.press(panel.locator("[data-close]"))
        await expect(panel).to_have_count(0)


async def test_axe_finds_nothing_serious_on_any_page_of_the_panel_nor_on_the_sheets(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path, axe: Axe
) -> None:
    async with at_work(Keyboard, open_page, recording_clinic, tmp_path / "log") as (hands, page, _):
        await page.emulate_media(reduced_motion="reduce")
        await hands.open()
        panel = page.locator('[data-panel="1"]')
        await panel.locator("[data-noting]").first.click()
        for name in PAGES:
            await panel.locator(f'[data-go="{name}"]').click()
            await expect(panel).to_have_attribute("data-page", name)
            assert await axe(page) == [], name
        await panel.locator('[data-go="limits"]').click()
        form = panel.locator("[data-limit-form]")
        await form.locator("[data-limit-value]").fill("86")
        await expect(form.locator('[data-text="second"]')).to_be_visible()
        assert await axe(page) == []
        await panel.locator('[data-explain="SPO2-LOW"]').click()
        await expect(panel.locator("[data-sentence]")).to_be_visible()
        assert await axe(page) == []
        await panel.locator('[data-act="acknowledge"]').click()
        await expect(panel.locator("[data-actor]")).to_be_visible()
        assert await axe(page) == []
        await page.keyboard.press("Escape")
        await panel.locator("[data-close]").click()
        await page.locator("[data-sound]").click()
        await expect(page.locator('[data-sheet="sound"]')).to_be_visible()
        assert await axe(page) == []
