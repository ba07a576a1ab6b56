"""What programs on this computer may ask of the service, and who is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from vitalwatch.hub import Hub
from vitalwatch.web import make_site

pytestmark = pytest.mark.asyncio

PLACE = "/api/v1/reload"


class Report(msgspec.Struct):
    ok: bool
    dry_run: bool


class Site:
    """The application, and what it was asked to do."""

    def __init__(self, hub: Hub) -> None:
        self.asked: list[tuple[bool, Path | None]] = []
        self._app = make_site(hub, self._reload)

    async def _reload(self, dry_run: bool, file: Path | None) -> Report:
        self.asked.append((dry_run, file))
        return Report(True, dry_run)

    async def post(
        self,
        path: str = PLACE,
        caller: str = "127.0.0.1",
        own: str = "127.0.0.1",
        headers: dict[str, str] | None = None,
        method: str = "POST",
    ) -> httpx.Response:
        """Ask as a program at address ``caller``, of the service at its address ``own``."""
        transport = httpx.ASGITransport(app=self._app, client=(caller, 40_000))
        host = f"[{own}]" if ":" in own else own
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}:8080") as program:
            return await program.request(method, path, headers=headers)


@pytest.fixture
def site(make_hub: Callable[[], Hub]) -> Site:
    return Site(make_hub())


async def test_a_reload_is_asked_for_and_its_report_is_json(site: Site) -> None:
    answer = await site.post()
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "dry_run": False})
    assert answer.headers["content-type"] == "application/json"
    assert site.asked == [(False, None)]


async def test_a_look_ahead_is_asked_for_as_one(site: Site) -> None:
    assert (await site.post(f"{PLACE}?dry_run=true&file=/somewhere/a%20b.toml")).json()["dry_run"] is True
    assert site.asked == [(True, Path("/somewhere/a b.toml"))]


async def test_what_is_neither_true_nor_false_is_refused_and_nothing_is_reloaded(site: Site) -> None:
    assert (await site.post(f"{PLACE}?dry_run=perhaps")).status_code == 422
    assert site.asked == []


async def test_a_link_that_is_followed_reloads_nothing(site: Site) -> None:
    assert (await site.post(method="GET")).status_code in (404, 405)
    assert site.asked == []


@pytest.mark.parametrize(
    ("caller", "own"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.9", "127.0.0.1"),
        ("::1", "::1"),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
    ],
    ids=["loopback", "its other addresses", "IPv6", "IPv4 heard on [::]", "the only address served", "the same, IPv6"],
)
async def test_a_program_of_this_computer_may(site: Site, caller: str, own: str) -> None:
    assert (await site.post(caller=caller, own=own)).status_code == 200


@pytest.mark.parametrize(
    "caller", ["192.0.2.8", "10.0.0.1", "::ffff:192.0.2.8", "2001:db8::8", "fe80::1", "somewhere", ""]
)
async def test_a_program_of_another_computer_may_not_and_is_told_why(site: Site, caller: str) -> None:
    for own in ("127.0.0.1", "192.0.2.7"):
        answer = await site.post(caller=caller, own=own)
        assert (answer.status_code, answer.text) == (
            403,
            "Only programs on the same computer may reload the config.\n",
        )
    assert site.asked == []


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://stray.example", "127.0.0.1:8080"),
        ("http://127.0.0.1:1", "127.0.0.1:8080"),
        ("null", "127.0.0.1:8080"),
        ("http://bent.example:8080", "bent.example:8080"),
    ],
    ids=["another site", "another port", "a page of nowhere", "a name bent to point here"],
)
async def test_a_page_of_another_site_may_not_though_its_browser_runs_here(site: Site, origin: str, host: str) -> None:
    answer = await site.post(headers={"Origin": origin, "Host": host})
    assert answer.status_code == 403
    assert site.asked == []


async def test_the_services_own_page_may(site: Site) -> None:
    answer = await site.post(headers={"Origin": "http://127.0.0.1:8080"})
    assert answer.status_code == 200


async def test_why_gives_the_facts_and_a_sentence(site: Site) -> None:
    answer = await site.post("/api/v1/why?chair=1&condition=SPO2-LOW", method="GET")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["chair"], told["condition"], told["state"]) == ("1", "SPO2-LOW", "idle")
    assert told["sentence"].startswith("SPO2-LOW is idle; ")


@pytest.mark.parametrize("asked", ["chair=99&condition=SPO2-LOW", "chair=1&condition=SPO2"])
async def test_why_of_nothing_is_a_plain_refusal(site: Site, asked: str) -> None:
    answer = await site.post(f"/api/v1/why?{asked}", method="GET")
    assert answer.status_code == 404
    assert answer.text.startswith("there is no c")


@pytest.mark.parametrize("headers", [{"host": "stray.example"}, {"origin": "http://stray.example"}])
async def test_why_is_not_told_to_another_sites_page(site: Site, headers: dict[str, str]) -> None:
    answer = await site.post("/api/v1/why?chair=1&condition=SPO2-LOW", method="GET", headers=headers)
    assert answer.status_code == 403
