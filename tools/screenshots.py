"""Takes the pictures of the README: the demo's wall at a moment with alarms.

    python -m tools.screenshots                  both pictures
    python -m tools.screenshots --chairs 36      one of them

The demo's people come from a seed and the picture is taken when two given alarms are there, so it is the same each
time but for the clock and a digit here and there. Needs the built page, a Chromium and an MQTT broker.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import async_playwright

from tools.running import Screen, running, watching

IMAGES: Final = Path(__file__).resolve().parents[1] / "docs" / "images"
USUAL_CHAIRS: Final = 8

SPEED: Final = 5
"""Simulated seconds in one real second: fast enough to wait for, slow enough for both alarms to stand for a while."""

ALARMS: Final = (("2", "SPO2-DESAT"), ("6", "T-PROBE"))
"""By the demo's stories: chair 2 desaturates from 15 to 70 s, the sensor of chair 6 is off from 40 to 75 s."""

PATIENCE_S: Final = 30.0

FLAGS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
"""The last as on a wall screen that is set up: the page may sound without a touch."""


def picture_of(chairs: int) -> Path:
    """Where the picture of a wall with so many chairs is kept."""
    return IMAGES / ("wall.png" if chairs == USUAL_CHAIRS else f"wall-{chairs}.png")


def has_alarms(screen: Screen) -> bool:
    """Whether the alarms of the picture are all there."""
    return all(screen.alarms.get(alarm, {}).get("state") == "active" for alarm in ALARMS)


async def take(chairs: int, chromium: str, log: Path) -> Path:
    """Run the demo and take its picture, 1920 × 1080."""
    command = ("demo", "--no-browser", "--port", "0", "--chairs", str(chairs), "--seed", "1", "--speed", str(SPEED))
    picture = picture_of(chairs)
    picture.parent.mkdir(parents=True, exist_ok=True)
    async with running(*command, log=log) as demo, async_playwright() as playwright:
        address = await demo.address()
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
        await page.goto(address)
        async with watching(address) as screen:
            await screen.until_holds(has_alarms, PATIENCE_S)
        for chair, condition in ALARMS:
            await page.locator(f'[data-chair="{chair}"] [data-strip="{condition}"]').wait_for()
        await page.screenshot(path=picture)
        await browser.close()
    return picture


def main() -> int:
    """Take the pictures that were asked for; returns the exit code."""
    parser = argparse.ArgumentParser(description="Take the README's pictures of the demo.")
    parser.add_argument("--chairs", type=int, action="append", metavar="N", help="8 or more; default: 8, then 36")
    asked = parser.parse_args().chairs or [USUAL_CHAIRS, 36]
    chromium = shutil.which("chromium")
    if chromium is None:
        print("chromium not found. Next: sudo apt-get install chromium", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        for chairs in asked:
            print(asyncio.run(take(chairs, chromium, Path(folder, "log"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
