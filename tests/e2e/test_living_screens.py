"""What a screen does when it is not alive any more, or nothing is behind it: it says so, sounds, others learn it."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from tools.running import running, watching
from tools.wire import wire_to

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[..., Any]

EARS = Path(__file__).with_name("ears.js").read_text()
BAR = "[data-connection-lost]"

LOST_MS = 5000
"""How soon after the last thing heard the bar has to stand and the tone to sound: 3 s are promised, and the page counts
2.5 s (`feed.test.ts`); the rest is for looking, on a computer that does other things besides."""

GONE_MS = 10_000
"""How soon no value may be shown any more."""

LEARNT_S = 5.0
"""How soon the service has to know that a screen does not watch."""

LOUD = "() => ears.peak() > 0.01"


def named(screen: str) -> str:
    """A script that gives the browser this screen's name."""
    return f"localStorage.setItem('vitalwatch.screen', '{screen}');"


async def until_live(page: Page) -> None:
    """Wait until the page shows a number as live, and that it can be heard."""
    await expect(page.locator('[data-chair="1"] [data-vital="spo2"][data-freshness="live"]')).to_be_visible()
    await expect(page.locator("[data-sound]")).to_have_attribute("data-sound", "on")


async def all_gone(page: Page) -> None:
    """Wait until no value is drawn any more."""
    await page.wait_for_function(
        """() => [...document.querySelectorAll('[data-chair] [data-number]')]
            .every((one) => ['--', ''].includes(one.innerText.trim()))""",
        timeout=GONE_MS,
    )


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "standing still"])
async def test_a_service_that_is_gone_makes_the_page_say_so_and_sound_until_it_is_back(
    how: signal.Signals, open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    start = ("run", str(recording_clinic))
    async with (
        running(*start, log=tmp_path / "log") as service,
        open_page(await service.address(), script=EARS) as page,
    ):
        await until_live(page)
        service.process.send_signal(how)
        async with asyncio.timeout(LOST_MS / 1000):
            await expect(page.locator(BAR)).to_be_visible()
            await page.wait_for_function(LOUD)
        await all_gone(page)
        await expect(page.locator("[data-screens]")).to_have_count(0)  # nobody knows now who watches
        await page.screenshot(path=pictures / f"connection-lost-{how.name.lower()}.png")

        if how is signal.SIGKILL:
            await service.process.wait()
        else:
            service.process.send_signal(signal.SIGKILL)
            await service.process.wait()
        async with running(*start, log=tmp_path / "log again") as again:
            await again.address()
            await expect(page.locator(BAR)).to_have_count(0, timeout=GONE_MS)
            await until_live(page)


async def test_the_tone_can_be_paused_with_a_countdown_and_is_there_again_at_the_next_loss(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    async with (
        running("run", str(recording_clinic), log=tmp_path / "log") as service,
        wire_to(await service.address()) as (wire, address),
        open_page(address, script=EARS) as page,
    ):
        await until_live(page)
        wire.cut()
        await page.wait_for_function(LOUD, timeout=LOST_MS)
        await page.locator("[data-pause-tone]").click()
        await expect(page.locator("[data-tone-paused]")).to_contain_text("1:5")
        await page.wait_for_function("() => performance.now() - ears.loudAt > 1200")  # longer than its own gaps
        await expect(page.locator(BAR)).to_be_visible()

        wire.is_cut = False
        await expect(page.locator(BAR)).to_have_count(0, timeout=GONE_MS)
        wire.cut()
        await page.wait_for_function(LOUD, timeout=LOST_MS)


async def test_after_a_short_loss_the_snapshot_restores_the_page_and_no_alarm_sounds_twice(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        address = await service.address()
        # A second screen stays, so that the service does not alarm that nobody watches.
        async with (
            open_page(address, script=named("desk")),
            wire_to(address) as (wire, far),
            open_page(far, script=EARS + named("cut")) as page,
        ):
            await page.wait_for_function("() => ears.bursts.length === 1")
            wire.cut()
            await expect(page.locator(BAR)).to_be_visible(timeout=LOST_MS)
            wire.is_cut = False
            await expect(page.locator(BAR)).to_have_count(0, timeout=GONE_MS)
            await expect(page.locator('[data-chair="1"]')).to_have_attribute("data-state", "active")
            await page.wait_for_function("() => performance.now() - ears.bursts[0].atMs > 10_000", timeout=11_000)
            assert await page.evaluate("ears.bursts.length") == 1


async def test_a_page_that_hangs_sounds_by_itself_and_the_service_learns_that_it_does_not_watch(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as program, open_page(address, script=EARS + named("desk")) as page:
            await until_live(page)
            await program.until_screen("desk", alive=True)
            # Nothing of the page runs for 5 s; what the audio thread did meanwhile is asked in the same breath.
            hang = asyncio.create_task(
                page.evaluate(
                    """() => {
                        const from = performance.now();
                        let loudest = 0;
                        while (performance.now() - from < 5000)
                            if (performance.now() - from > 2900) loudest = Math.max(loudest, ears.peak());
                        return loudest;
                    }"""
                )
            )
            async with asyncio.timeout(LEARNT_S):
                await program.until_screen("desk", alive=False)
            assert await hang > 0.01
            await program.until_screen("desk", alive=True)
            await page.wait_for_function("() => performance.now() - ears.loudAt > 1200")


async def test_a_worker_that_hangs_is_noticed_by_the_page_itself(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    deaf = """
        const listen = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
        Object.defineProperty(Worker.prototype, 'onmessage', {
            set(take) { listen.set.call(this, (event) => window.deaf || take(event)); },
        });
    """
    started = running("run", str(recording_clinic), log=tmp_path / "log")
    async with started as service, open_page(await service.address(), script=EARS + deaf) as page:
        await until_live(page)
        await page.evaluate("window.deaf = true")
        await expect(page.locator(BAR)).to_be_visible(timeout=LOST_MS)
        await page.wait_for_function(LOUD, timeout=LOST_MS)


async def test_numbers_that_come_ever_later_over_a_slow_line_are_not_taken_for_live(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    async with (
        running("run", str(recording_clinic), log=tmp_path / "log") as service,
        wire_to(await service.address()) as (wire, address),
        open_page(address, script=EARS) as page,
    ):
        await until_live(page)
        wire.bytes_per_s = 1200  # about half of what is sent: something comes all the time, and each time older
        await expect(page.locator(BAR)).to_contain_text("CONNECTION LOST")
        assert "the line is too slow" in (await page.locator(f"{BAR} .why").get_attribute("title") or "")


async def test_a_fault_in_the_worker_is_shown_and_a_new_connection_ends_it(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    keep = """
        window.workers = [];
        window.Worker = class extends Worker {
            constructor(...how) { super(...how); workers.push(this); }
        };
    """
    started = running("run", str(recording_clinic), log=tmp_path / "log")
    async with started as service, open_page(await service.address(), script=EARS + keep) as page:
        await until_live(page)
        await page.evaluate("workers[0].dispatchEvent(new ErrorEvent('error', { message: 'a bug' }))")
        await expect(page.locator(BAR)).to_be_visible(timeout=LOST_MS)
        await expect(page.locator(BAR)).to_have_count(0, timeout=GONE_MS)
        await until_live(page)


async def test_a_hidden_page_is_told_to_the_service_and_named_on_the_other_screens(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with (
            watching(address) as program,
            open_page(address, script=named("desk")) as desk,
            open_page(address, script=named("wall")) as wall,
        ):
            await program.until_screen("wall", visible=True, alive=True)
            # Playwright keeps every page in front, so the page is told what a browser would tell it.
            await wall.evaluate(
                """() => {
                    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
                    document.dispatchEvent(new Event('visibilitychange'));
                }"""
            )
            async with asyncio.timeout(LEARNT_S):
                await program.until_screen("wall", visible=False)
            await expect(desk.locator('[data-screen="wall"]')).to_have_attribute("data-visible", "false")


async def test_a_refused_wake_lock_is_said_on_the_screen_and_asked_for_again_when_it_is_seen(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    refuse = """
        window.asked = 0;
        navigator.wakeLock.request = () => {
            window.asked += 1;
            return window.grants ? Promise.resolve(new EventTarget()) : Promise.reject(new DOMException('no'));
        };
    """
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as program, open_page(address, script=refuse + named("wall")) as page:
            async with asyncio.timeout(LEARNT_S):
                await program.until_screen("wall", awake=False)
            await expect(page.locator("[data-awake]")).to_contain_text("may go dark")
            await page.evaluate(
                """() => {
                    window.grants = true;
                    for (const now of ['hidden', 'visible']) {
                        Object.defineProperty(document, 'visibilityState', { value: now, configurable: true });
                        document.dispatchEvent(new Event('visibilitychange'));
                    }
                }"""
            )
            await expect(page.locator("[data-awake]")).to_have_count(0)
            await program.until_screen("wall", awake=True)
            assert await page.evaluate("window.asked") == 2


async def test_a_page_opened_without_https_names_what_is_missing_and_still_alarms(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        port = urlsplit(await service.address()).port
        name = f"{socket.gethostname().lower()}.local"  # a name of this computer, as the service asks for
        flag = f"--host-resolver-rules=MAP {name} 127.0.0.1"
        async with open_page(f"http://{name}:{port}/", flag, script=EARS) as page:
            assert not await page.evaluate("isSecureContext")
            await expect(page.locator("[data-missing]")).to_contain_text("keeping the screen awake")
            await page.wait_for_function("() => ears.bursts.length > 0 && ears.loudAt !== null")
            await expect(page.locator('[data-chair="1"]')).to_have_attribute("data-state", "active")
            await page.screenshot(path=pictures / "plain-http.png")


async def test_the_foot_of_the_page_says_who_watches_and_that_nothing_stands_behind_it(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with open_page(address, script=named("desk")) as desk:
            await expect(desk.locator("[data-screens]")).to_have_attribute("data-screens", "1")
            await expect(desk.locator("[data-no-fallback]")).to_be_visible()
            assert (await desk.locator("[data-footer]").inner_text()).lower().count("fallback") == 1
            async with open_page(f"{address}?kiosk", script=named("wall")):
                await expect(desk.locator("[data-screens]")).to_have_attribute("data-screens", "2")
            await expect(desk.locator("[data-screen-gone]")).to_contain_text("wall")
