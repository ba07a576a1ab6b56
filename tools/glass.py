"""What is on the glass: pixels, colours, and whatever lies where it should not."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final, TypeAlias

from playwright.async_api import Page

Colour: TypeAlias = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


async def pixel(page: Page, x: float, y: float) -> Colour:
    """The colour on the glass at a place of the page."""
    png = await page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})
    packed = b"".join(data for kind, data in _chunks(png) if kind == b"IDAT")
    _filter, red, green, blue, *_ = zlib.decompress(packed)  # one pixel: no filter of PNG changes it
    return red, green, blue


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        size, kind = struct.unpack_from(">I4s", png, at)
        yield kind, png[at + 8 : at + 8 + size]
        at += 12 + size


async def token(page: Page, selector: str, name: str) -> Colour:
    """A colour of ``tokens.css`` as it holds at an element."""
    text = await page.locator(selector).first.evaluate(
        "(it, name) => getComputedStyle(it).getPropertyValue(name)", f"--{name}"
    )
    return tuple(bytes.fromhex(text.strip().lstrip("#")))  # type: ignore[return-value]


def luminance(colour: Colour) -> float:
    """Relative luminance of WCAG 2.2."""
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def parse(colour: str) -> Colour:
    """``rgb(1, 2, 3)`` as numbers."""
    red, green, blue = (int(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return red, green, blue


OUTSIDE: Final = """() => [...document.querySelectorAll('[data-chair]')].flatMap((tile) => {
    const edge = tile.getBoundingClientRect();
    const drawn = '[data-number], [data-part], [data-age], [data-mark], [data-since], [data-audio-paused], ' +
                  '[data-others]';
    return [...tile.querySelectorAll(drawn)].filter((it) => {
        const box = it.getBoundingClientRect();
        return box.right > edge.right + 0.5 || box.left < edge.left - 0.5 ||
               box.bottom > edge.bottom + 0.5 || box.top < edge.top - 0.5;
    }).map((it) => `${tile.dataset.chair}: ${it.innerText} ends at ${it.getBoundingClientRect().right - edge.right}`);
})"""
"""Whatever of a tile's values, ages, marks and times does not lie whole inside the tile."""

CUT_NAMES: Final = """() => [...document.querySelectorAll('[data-chair]')].flatMap((tile) => {
    const names = [...tile.querySelectorAll('[data-own-name]')];
    const parts = [...tile.querySelectorAll('header > *')].map((it) => it.getBoundingClientRect());
    const over = parts.slice(1).some((box, i) => box.width > 0 && box.left < parts[i].right - 1);
    const cut = names.some((it) => it.innerText.trim() === '' || it.scrollWidth > it.clientWidth + 1);
    return cut || over ? [tile.innerText] : [];
})"""
"""Chairs whose own name (the number of `Chair 12`) is not whole, or whose header's parts lie over one another."""

OVERLAPS: Final = """() => [...document.querySelectorAll('[data-chair] [data-vital]')].flatMap((vital) => {
    const boxes = [...vital.children].filter((it) => it.innerText).map((it) => it.getBoundingClientRect());
    return boxes.slice(1).filter((box, i) => box.left < boxes[i].right - 1).map(() => vital.innerText);
})"""
"""Values whose label, number and age lie over one another."""

CAP: Final = """(number) => {
    const type = getComputedStyle(number);
    const pen = document.createElement('canvas').getContext('2d');
    pen.font = `${type.fontWeight} 1000px ${type.fontFamily}`;  // large, for small type is measured in whole pixels
    return pen.measureText('H').actualBoundingBoxAscent * parseFloat(type.fontSize) / 1000;
}"""
"""The height of a capital letter in an element's type, in CSS pixels."""
