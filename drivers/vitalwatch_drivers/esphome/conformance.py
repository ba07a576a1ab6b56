"""States with a known meaning, for ``vitalwatch conform esphome``. Written by hand after the documentation."""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Message, Sample

DOCS: Final = "ESPHome documentation, MQTT Client Component, and protocol notes on oximeters, section 12"

EVERY_VITAL: Final = {
    "vitals": {
        "heart_rate": "ecg_hr",
        "pulse_rate": "pulse",
        "spo2": "spo2",
        "perfusion_index": "pi",
        "respiration_rate": "resp",
        "etco2": "etco2",
        "temperature": "temp",
        "systolic": "sys",
        "diastolic": "dia",
        "mean_pressure": "map",
        "cuff_pulse_rate": "cuff_pulse",
    },
    "statuses": {"sensor_off": "finger_out", "motion": "motion", "demo": "demo_mode"},
    "temperature_unit": "°F",
}
"""A node that names everything in its own way."""

STREAMS: Final = ("ecg_hr", "pulse", "spo2", "pi", "resp", "etco2", "temp")


def _sensor(entity: str, state: str, *, retained: bool = False) -> Message:
    return Message(state.encode(), f"ox-1/sensor/{entity}/state", retained)


def _binary(entity: str, state: str, *, retained: bool = False) -> Message:
    return Message(state.encode(), f"ox-1/binary_sensor/{entity}/state", retained)


CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="one value a message",
            source=DOCS,
            frames=(_sensor("spo2", "97"), _sensor("pulse_rate", "71.0"), _sensor("spo2", "97.0")),
            expect=("spo2 97 valid", "pulse_rate 71 valid", "spo2 97 valid"),
        ),
        Sample(
            name="every vital, by a node's own names",
            source="README, Options",
            options=EVERY_VITAL,
            frames=(
                *(_sensor("ecg_hr", "61"), _sensor("pulse", "128"), _sensor("spo2", "98"), _sensor("pi", "3.1")),
                *(_sensor("resp", "14"), _sensor("etco2", "38"), _sensor("temp", "98.6")),
                *(_sensor("sys", "121"), _sensor("dia", "79"), _sensor("map", "93"), _sensor("cuff_pulse", "62")),
            ),
            expect=(
                *("heart_rate 61 valid", "pulse_rate 128 valid", "spo2 98 valid", "perfusion_index 3.1 valid"),
                *("respiration_rate 14 valid", "etco2 38 valid", "temperature 37 valid"),
                *("systolic 121 valid", "diastolic 79 valid", "mean_pressure 93 valid", "cuff_pulse_rate 62 valid"),
            ),
        ),
        Sample(
            name="no values",
            source="README, Vitals",
            options=EVERY_VITAL,
            frames=(*(_sensor(entity, "nan") for entity in STREAMS), _sensor("spo2", "0"), _sensor("pulse", "unknown")),
            expect=(
                *("heart_rate none unavailable", "pulse_rate none unavailable", "spo2 none unavailable"),
                *("perfusion_index none unavailable", "respiration_rate none unavailable", "etco2 none unavailable"),
                *("temperature none unavailable", "spo2 none unavailable", "pulse_rate none unavailable"),
            ),
        ),
        Sample(
            name="old numbers beside sensor off, then motion, then demo",
            source="README, Statuses",
            options=EVERY_VITAL,
            frames=(
                *(_binary("finger_out", "ON"), _sensor("spo2", "97"), _binary("finger_out", "OFF")),
                *(_binary("motion", "ON"), _sensor("spo2", "96"), _binary("motion", "OFF")),
                *(_binary("demo_mode", "ON"), _sensor("spo2", "95"), _binary("demo_mode", "OFF")),
            ),
            expect=(
                "+sensor_off",
                *("pulse_rate none unavailable", "spo2 none unavailable", "perfusion_index none unavailable"),
                *("spo2 none unavailable", "-sensor_off"),
                *("+motion", "spo2 96 questionable", "-motion", "+demo", "spo2 95 valid demo", "-demo"),
            ),
        ),
        Sample(
            name="kept by the broker",
            source="README, Vitals",
            options=EVERY_VITAL,
            frames=(
                _sensor("spo2", "97", retained=True),
                _binary("motion", "OFF", retained=True),
                _binary("demo_mode", "ON", retained=True),
            ),
            expect=("+demo",),
        ),
    ),
    exempt={
        "bit flips": "a state has no checksum; TCP, which carries MQTT, has its own",
        "every truncation": "half of a number is a number too; MQTT delivers messages whole",
    },
)
