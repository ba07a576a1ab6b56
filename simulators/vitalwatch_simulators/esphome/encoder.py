"""The messages of an ESPHome node, written from its documentation. Pure: values in, messages out.

Source: ESPHome documentation, MQTT Client Component and Sensor Component, as in the protocol notes on oximeters,
section 12.
"""

from __future__ import annotations

from vitalwatch_simulators.monitor import Publication


def encode_sensor(entity: str, value: float | None, decimals: int = 0) -> Publication:
    """Write a sensor's state with as many decimals as its config asks for; ``nan`` when there is none."""
    text = "nan" if value is None else f"{value:.{decimals}f}"
    return Publication(f"/sensor/{entity}/state", text.encode(), 0)


def encode_binary_sensor(entity: str, *, on: bool) -> Publication:
    """Write a binary sensor's state."""
    return Publication(f"/binary_sensor/{entity}/state", b"ON" if on else b"OFF", 0)


def encode_status(*, online: bool) -> Publication:
    """Write the node's availability: its birth message, or its last will."""
    return Publication("/status", b"online" if online else b"offline", 0)
