"""The wiring of a config: what only the running service would show otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vitalwatch.app import chair_setups
from vitalwatch.config import load


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
