"""The wiring of a config: what only the running service would show otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vitalwatch.app import begin_record, chair_setups, fallback_means, hub_that_goes_on, make_hub, make_links
from vitalwatch.clock import SystemClock
from vitalwatch.config import Fallback, load
from vitalwatch.hub import Hub


class Opened:
    """Stands for the opener of links and keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: dict[str, dict[str, Any]] = {}

    def open(self, url: object, **asked: Any) -> object:
        self.asked[asked["device"]] = asked
        return url


def test_every_link_gets_its_drivers_redaction(project: Path) -> None:
    links = Opened()
    setups = chair_setups(load(project / "config/clinic.example.toml"), links)  # type: ignore[arg-type]
    devices = [device for chair in setups for device in chair.devices]
    assert devices
    for device in devices:
        assert links.asked[device.id]["driver"] == device.driver_name
        assert links.asked[device.id]["redact"] == device.driver.redact


def test_each_means_of_the_fallback_is_one_that_the_config_names() -> None:
    means = fallback_means(Fallback(sound=True, command=("/usr/local/bin/call-nurse", "-v")))
    assert [each.name for each in means] == ["sound", "/usr/local/bin/call-nurse"]
    assert fallback_means(Fallback()) == []


def fallback_shown(path: Path) -> tuple[bool, list[str]]:
    """What a screen is told: whether the fallback works, and the notices that speak of it too."""
    config, clock = load(path), SystemClock()
    told = json.loads(make_hub(config, clock, make_links(config, clock)).snapshot())
    return told["fallback"], [notice for notice in told["notices"] if "fallback" in notice.lower()]


@pytest.mark.asyncio
async def test_a_clinic_without_a_fallback_says_so_once_on_every_screen(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text('[[chair]]\nid = "1"\n')
    assert fallback_shown(path) == (False, [])
    path.write_text('[[chair]]\nid = "1"\n[fallback]\nsound = true\n')
    assert fallback_shown(path) == (True, [])


@pytest.mark.asyncio
async def test_a_bug_in_taking_up_the_alarms_of_before_is_told_and_watching_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text('[[chair]]\nid = "1"\n')
    config = load(path)
    for fails in (False, True):
        clock, record, past = begin_record(config, 1.0)
        assert (past is not None) is fails  # the second goes on from the first
        if fails:
            monkeypatch.setattr(Hub, "_go_on", lambda *_: 1 / 0)
        hub, _ = hub_that_goes_on(config, clock, record, past)
        told = json.loads(hub.snapshot())
        record.start()
        assert await record.end(hub.last_state())
    assert [chair["id"] for chair in told["chairs"]] == ["1"]
    assert any("Alarms begin anew" in notice for notice in told["notices"])
