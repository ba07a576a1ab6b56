"""The web application as a browser and a program see it, without a socket in between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from vitalwatch.hub import Hub
from vitalwatch.web import site


async def never_reloaded(dry_run: bool) -> msgspec.Struct:
    raise AssertionError("nothing here reloads the config")


@asynccontextmanager
async def browsing(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=site.make_site(hub, never_reloaded))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of the built page's, empty."""
    folder = tmp_path / "static"
    folder.mkdir()
    monkeypatch.setattr(site, "static_folder", lambda: folder)
    return folder


@pytest.mark.asyncio
async def test_the_built_page_is_served_at_the_root(make_hub: Callable[[], Hub], page: Path) -> None:
    (page / "index.html").write_text("<title>the page</title>")
    (page / "app.js").write_text("1")
    async with browsing(make_hub()) as browser:
        root, script = await browser.get("/"), await browser.get("/app.js")
    assert (root.status_code, root.text) == (200, "<title>the page</title>")
    assert script.headers["content-type"].startswith("text/javascript")


@pytest.mark.asyncio
async def test_without_a_built_page_the_next_step_is_said(make_hub: Callable[[], Hub], page: Path) -> None:
    async with browsing(make_hub()) as browser:
        answer = await browser.get("/")
    assert answer.status_code == 503
    assert "python hatch_build.py" in answer.text


@pytest.mark.asyncio
async def test_every_answer_keeps_foreign_scripts_and_frames_out(make_hub: Callable[[], Hub], page: Path) -> None:
    (page / "index.html").write_text("x")
    async with browsing(make_hub()) as browser:
        answers = [await browser.get(path) for path in ("/", "/healthz", "/metrics", "/nothing-here")]
    for answer in answers:
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.asyncio
async def test_files_outside_the_page_are_not_served(make_hub: Callable[[], Hub], page: Path) -> None:
    (page / "index.html").write_text("x")
    (page.parent / "secret.txt").write_text("secret")
    async with browsing(make_hub()) as browser:
        for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"):
            assert (await browser.get(path)).status_code == 404


@pytest.mark.asyncio
async def test_health_says_what_is_watched(make_hub: Callable[[], Hub], page: Path) -> None:
    hub = make_hub()
    async with browsing(hub) as browser:
        before = (await browser.get("/healthz")).json()
        hub.supervisors["ox"].opened()
        after = (await browser.get("/healthz")).json()
    assert (before["status"], before["chairs"], before["devices"], before["devices_up"]) == ("ok", 1, 1, 0)
    assert after["devices_up"] == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("speed", [1.0, 20.0])
async def test_a_hub_that_has_stood_still_for_5_real_seconds_is_not_healthy(
    make_hub: Callable[[], Hub], clock: Any, page: Path, speed: float
) -> None:
    clock.speed = speed
    async with browsing(make_hub()) as browser:
        clock.time += 4.9 * speed
        assert (await browser.get("/healthz")).status_code == 200
        clock.time += 0.2 * speed
        answer = await browser.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "stalled")


@pytest.mark.asyncio
async def test_metrics_are_plain_text_for_prometheus(make_hub: Callable[[], Hub], page: Path) -> None:
    async with browsing(make_hub()) as browser:
        answer = await browser.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "vitalwatch_device_up" in answer.text
