"""Which clinic file reads simulated devices: the driver and the options of each kind, written as TOML. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec


class Reader(msgspec.Struct, frozen=True):
    """How VitalWatch reads a kind of simulated device.

    Attributes:
        driver: name of the driver.
        options: lines under ``[device.options]`` and below, as they stand in a clinic file.
        topic: what stands behind the topic that the device publishes under, for the link of the clinic file.
    """

    driver: str
    options: str = ""
    topic: str = ""


_JSON_OXIMETER: Final = """
[device.options.vitals]
spo2 = "spo2"
pulse_rate = "pulse_rate"
perfusion_index = "perfusion_index"
"""
_JSON_CUFF: Final = """
[device.options]
period_s = 5.0

[device.options.vitals]
systolic = "nibp.systolic"
diastolic = "nibp.diastolic"
mean_pressure = "nibp.mean"
cuff_pulse_rate = "nibp.pulse"
"""
_ESPHOME: Final = """
[device.options.vitals]
spo2 = "spo2"
pulse_rate = "pulse_rate"
systolic = "systolic"
diastolic = "diastolic"

[device.options.statuses]
sensor_off = "finger_out"
motion = "motion"
cuff_inflating = "cuff_running"
"""

_READERS: Final[dict[str, Reader]] = {
    "contec-5-byte": Reader("contec", '\n[device.options]\ndialect = "5-byte"\n'),
    "contec-eb": Reader("contec", '\n[device.options]\ndialect = "eb"\n'),
    "dinamap-pro1000": Reader("dinamap", '\n[device.options]\nformat = "pro1000"\n'),
    "intellivue-lan": Reader("intellivue"),
    # What each publisher sends and nothing else: a cuff that seemed to give SpO2 would vouch for a probe that is off.
    "json-oximeter": Reader("mqtt-json", _JSON_OXIMETER),
    "json-cuff": Reader("mqtt-json", _JSON_CUFF),
    "bluetooth-oximeter": Reader("bluetooth", '\n[device.options]\ncharacteristics = ["2A5F"]\n', "/#"),
    "bluetooth-strap": Reader("bluetooth", '\n[device.options]\ncharacteristics = ["2A37"]\n', "/#"),
    "bluetooth-cuff": Reader("bluetooth", '\n[device.options]\ncharacteristics = ["2A35"]\n', "/#"),
    "esphome": Reader("esphome", _ESPHOME, "/#"),
}


def reader_of(kind: str) -> Reader:
    """How a kind of device is read; most kinds are named as their driver and need no options."""
    return _READERS.get(kind, Reader(kind))


class WiredDevice(msgspec.Struct, frozen=True):
    """One device of a chair: its id, its kind, and the link by which VitalWatch reads it."""

    id: str
    kind: str
    link: str


class WiredChair(msgspec.Struct, frozen=True):
    """One chair of a clinic file, with what a scenario says of it."""

    id: str
    devices: tuple[WiredDevice, ...]
    profile: str
    nibp_interval_s: float
    same_arm: bool = False


def clinic_toml(name: str, chairs: Iterable[WiredChair]) -> str:
    """The clinic file that reads simulated chairs; each is marked SIMULATED."""
    lines = ["[clinic]", f'name = "{name}"', "simulated = true"]
    for chair in chairs:
        lines += ["", "[[chair]]", f'id = "{chair.id}"', f'profile = "{chair.profile}"']
        lines.append(f"nibp_interval_min = {min(60.0, max(1.0, chair.nibp_interval_s / 60.0)):g}")
        if chair.same_arm:
            lines.append("spo2_nibp_same_limb = true")
        for device in chair.devices:
            reader = reader_of(device.kind)
            lines += ["", "[[device]]", f'id = "{device.id}"', f'chair = "{chair.id}"', f'driver = "{reader.driver}"']
            lines += [
                f'link = "{device.link}{reader.topic if "mqtt:" in device.link else ""}"',
                reader.options.rstrip(),
            ]
    return "\n".join(lines) + "\n"
