"""Hands on the page: one finger, or a keyboard and nothing else."""

from __future__ import annotations

from typing import Final

from playwright.async_api import CDPSession, Locator, Page, expect

MOST_TABS: Final = 150
"""So many presses of Tab reach whatever can be reached."""

TOO_SMALL: Final = """(px) => [...document.querySelectorAll('button, input, select, a, summary')].filter((it) => {
    const cover = getComputedStyle(it, '::after');
    const covered = cover.position === 'absolute' && cover.content !== 'none';
    const box = it.getBoundingClientRect();
    const width = covered ? parseFloat(cover.width) : box.width;
    const height = covered ? parseFloat(cover.height) : box.height;
    return box.width > 0 && (width < px - 0.5 || height < px - 0.5);
}).map((it) => `${it.outerHTML.slice(0, 90)} ${it.offsetWidth}×${it.offsetHeight}`)"""
"""What takes a touch and is smaller than so many CSS pixels: an element, or the invisible cover that enlarges it."""


async def tap(page: Page, wanted: Locator) -> None:
    """Touch the middle of an element with one finger."""
    touching = await _touch(page, wanted)
    await _let_go(touching)


async def keep_touching(page: Page, wanted: Locator, until: Locator) -> None:
    """Touch the middle of an element until something else is there."""
    touching = await _touch(page, wanted)
    await expect(until).to_be_visible()
    await _let_go(touching)


async def write_by_touch(page: Page, wanted: Locator, text: str) -> None:
    """Touch a line of text and write with the keyboard that a touch screen shows."""
    await tap(page, wanted)
    await expect(wanted).to_be_focused()
    typing = await page.context.new_cdp_session(page)
    await typing.send("Input.insertText", {"text": text})
    await typing.detach()


async def _touch(page: Page, wanted: Locator) -> CDPSession:
    await expect(wanted).to_be_visible()
    await wanted.scroll_into_view_if_needed()
    box = await wanted.bounding_box()
    assert box is not None
    finger = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touching = await page.context.new_cdp_session(page)
    await touching.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    await touching.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
    return touching


async def _let_go(touching: CDPSession) -> None:
    await touching.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await touching.detach()


async def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until an element has the focus, and see that this can be seen.

    Raises:
        AssertionError: if Tab does not reach it, or its focus ring is thinner than 3 px.
    """
    await expect(wanted).to_be_visible()
    for _ in range(MOST_TABS):
        if await wanted.evaluate("(it) => it === document.activeElement"):
            ring = await wanted.evaluate("(it) => parseFloat(getComputedStyle(it).outlineWidth)")
            assert ring >= 3, f"the focus ring is {ring} px"
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {wanted}")
