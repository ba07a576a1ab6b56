"""Which simulated devices exist, and how a plan of many becomes monitors on links."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec

from vitalwatch.errors import ConfigError
from vitalwatch_simulators.hl7.monitor import Hl7Monitor
from vitalwatch_simulators.links import MqttLink, PtyLink, parse_link
from vitalwatch_simulators.masimo.monitor import MasimoMonitor
from vitalwatch_simulators.monitor import MessageMonitor, StreamMonitor
from vitalwatch_simulators.mqtt_json.monitor import INFLATING_S, JsonCuff, JsonOximeter
from vitalwatch_simulators.nellcor.monitor import NellcorMonitor
from vitalwatch_simulators.nonin.monitor import NoninMonitor
from vitalwatch_simulators.patient import STORIES, Patient
from vitalwatch_simulators.serve import OnMqtt, OnPty, Station

CUFF_INTERVAL_S: Final = 300.0
"""Seconds between two cuff readings if the plan does not say."""


class DevicePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One simulated device.

    Attributes:
        device: what it is; a name in ``DEVICES``.
        link: where it speaks: ``pty:PATH`` or ``mqtt://host:port/topic``.
        id: its name for itself, for devices that say one; left out, its kind and seed.
        story: what happens to the person; a name in ``STORIES``.
        seed: who the person is. Devices with the same seed and story are on the same person.
        interval_s: seconds between two cuff readings, for devices with a cuff; more than 25.
    """

    device: str
    link: str
    id: str = ""
    story: str = "quiet"
    seed: int = 1
    interval_s: Annotated[float, msgspec.Meta(gt=INFLATING_S)] | None = None


class ClinicPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Many devices in one process.

    Attributes:
        devices: all of them.
        speed: simulated seconds in one real second.
    """

    devices: Annotated[list[DevicePlan], msgspec.Meta(min_length=1)]
    speed: Annotated[float, msgspec.Meta(gt=0)] = 1.0


class SerialKind(msgspec.Struct, frozen=True):
    """A kind of device that speaks on a serial line.

    Attributes:
        summary: one line for people.
        baud: the speed of its line.
        make: gives its monitor; ``started`` is what its own clock reads at the start.
    """

    summary: str
    baud: int
    make: Callable[[Patient, datetime], StreamMonitor]


class MqttKind(msgspec.Struct, frozen=True):
    """A kind of device that publishes to a broker.

    Attributes:
        summary: one line for people.
        make: gives its monitor; ``started`` is what its own clock reads at the start.
        cuff: whether it measures blood pressure, so that ``interval_s`` means something.
    """

    summary: str
    make: Callable[[Patient, datetime, DevicePlan], MessageMonitor]
    cuff: bool = False


DEVICES: Final[dict[str, SerialKind | MqttKind]] = {
    "nellcor": SerialKind("a Nellcor N-560 oximeter, ASCII table, on a pseudo-terminal", 9600, NellcorMonitor),
    "masimo": SerialKind("a Masimo oximeter, ASCII 1 lines, on a pseudo-terminal", 9600, MasimoMonitor),
    "nonin": SerialKind("a Nonin oximeter, format 2 with its curve, on a pseudo-terminal", 9600, NoninMonitor),
    "hl7": SerialKind("a bedside monitor, HL7 messages in MLLP frames, on a pseudo-terminal", 115200, Hl7Monitor),
    "json-oximeter": MqttKind(
        "an oximeter behind a bridge that publishes JSON over MQTT",
        lambda patient, started, plan: JsonOximeter(patient, plan.id, started),
    ),
    "json-cuff": MqttKind(
        "a blood pressure cuff behind a bridge that publishes JSON over MQTT",
        lambda patient, started, plan: JsonCuff(patient, plan.id, started, plan.interval_s or CUFF_INTERVAL_S),
        cuff=True,
    ),
}
"""Every kind of simulated device by its name."""


def load_plan(path: Path) -> ClinicPlan:
    """Read a plan file.

    Raises:
        ConfigError: if it cannot be read or is no plan; the text says where.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=ClinicPlan)
    except OSError as error:
        raise ConfigError(f"the plan cannot be read: {error.strerror}.", file=path) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"the plan cannot be used: {error}.", file=path) from error


def build(devices: list[DevicePlan], started: datetime) -> list[Station]:
    """Make the monitors of a plan.

    Args:
        devices: the plan's devices.
        started: what the devices' own clocks read at the start, with its offset.

    Raises:
        ConfigError: if a name is unknown, an option does not fit its device, or two devices want one link.
        LinkError: if a link cannot be read.
    """
    stations: list[Station] = []
    taken: set[str] = set()
    for number, plan in enumerate(devices):
        station = _build_one(plan, f"devices.{number}", started)
        if str(station.link) in taken:
            raise ConfigError(f"two devices have the link {station.link}.", key=f"devices.{number}.link")
        taken.add(str(station.link))
        stations.append(station)
    return stations


def _build_one(plan: DevicePlan, key: str, started: datetime) -> Station:
    kind = DEVICES.get(plan.device)
    if kind is None:
        raise _unknown("device", plan.device, DEVICES, key)
    if plan.story not in STORIES:
        raise _unknown("story", plan.story, STORIES, key)
    if plan.interval_s is not None and not (isinstance(kind, MqttKind) and kind.cuff):
        raise ConfigError(f"{plan.device} has no cuff.", key=f"{key}.interval_s", hint="Leave it out.")
    link = parse_link(plan.link)
    patient = Patient(plan.seed, plan.story)
    if isinstance(kind, SerialKind):
        if not isinstance(link, PtyLink):
            raise ConfigError(f"{plan.device} speaks on a serial line; give it pty:PATH.", key=f"{key}.link")
        return OnPty(kind.make(patient, started), link, kind.baud)
    if not isinstance(link, MqttLink):
        raise ConfigError(f"{plan.device} speaks MQTT; give it mqtt://host:port/topic.", key=f"{key}.link")
    named = msgspec.structs.replace(plan, id=plan.id or f"{plan.device}-{plan.seed}")
    return OnMqtt(kind.make(patient, started, named), link)


def _unknown(what: str, name: str, known: Iterable[str], key: str) -> ConfigError:
    return ConfigError(f'no {what} is called "{name}".', key=f"{key}.{what}", hint=f"There are: {', '.join(known)}.")
