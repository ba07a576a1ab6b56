"""Simulated devices behind a bridge that publishes VitalWatch's recommended JSON. See README.md."""

from vitalwatch_simulators.mqtt_json.monitor import JsonCuff, JsonOximeter

__all__ = ["JsonCuff", "JsonOximeter"]
