"""Which simulated devices exist, and how one becomes a monitor on a link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Final, Literal, TypeAlias

import msgspec

from vitalwatch.driver import LineSettings
from vitalwatch.errors import ConfigError
from vitalwatch_simulators.berrymed.monitor import BerrymedMonitor
from vitalwatch_simulators.bluetooth.monitor import BluetoothCuff, BluetoothOximeter, BluetoothStrap
from vitalwatch_simulators.casmed.monitor import CasmedMonitor
from vitalwatch_simulators.contec.monitor import ContecEbMonitor, ContecFiveByteMonitor, ContecV7Monitor
from vitalwatch_simulators.dinamap import DinamapMonitor, Pro1000Monitor
from vitalwatch_simulators.esphome.monitor import EsphomeNode
from vitalwatch_simulators.faults import FaultyLine
from vitalwatch_simulators.ge_dri.monitor import GeDriMonitor
from vitalwatch_simulators.ge_unity.monitor import GeUnityMonitor
from vitalwatch_simulators.hl7.monitor import Hl7Monitor
from vitalwatch_simulators.intellivue.monitor import IntellivueLanMonitor, IntellivueMonitor
from vitalwatch_simulators.links import MqttLink, PtyLink, SerialLink, TcpLink, TcpListenLink, UdpLink, parse_link
from vitalwatch_simulators.masimo.monitor import MasimoMonitor
from vitalwatch_simulators.mindray_pds.monitor import MindrayPdsMonitor
from vitalwatch_simulators.monitor import DatagramMonitor, MessageMonitor, Person, StreamMonitor
from vitalwatch_simulators.mqtt_json.monitor import JsonCuff, JsonOximeter
from vitalwatch_simulators.nellcor.monitor import NellcorMonitor
from vitalwatch_simulators.nonin.monitor import NoninMonitor
from vitalwatch_simulators.rig import DatagramRig, MessageRig, Rig, Seen, StreamRig
from vitalwatch_simulators.stx_nibp.monitor import StxNibpMonitor
from vitalwatch_simulators.suntech.monitor import SuntechMonitor
from vitalwatch_simulators.tempus.monitor import TempusMonitor
from vitalwatch_simulators.viatom.monitor import ViatomMonitor
from vitalwatch_simulators.wires.mqtt import OnMqtt
from vitalwatch_simulators.wires.pty import OnPty
from vitalwatch_simulators.wires.serial import OnSerial
from vitalwatch_simulators.wires.station import Station
from vitalwatch_simulators.wires.tcp import OnTcp, OnTcpListen
from vitalwatch_simulators.wires.udp import OnUdp

CUFF_INTERVAL_S: Final = 300.0
"""Seconds between two cuff readings if the plan does not say."""


class DevicePlan(msgspec.Struct, frozen=True):
    """One simulated device.

    Attributes:
        device: what it is; a name in ``DEVICES``.
        link: where it speaks, in one of the forms of ``links.py`` that fit its kind.
        id: its name for itself, for devices that say one.
        interval_s: seconds between two cuff readings, for devices whose interval can be set; more than 25.
    """

    device: str
    link: str
    id: str = ""
    interval_s: float | None = None


class SerialKind(msgspec.Struct, frozen=True):
    """A kind of device that speaks on a serial line; also behind a device server, which puts its line on TCP.

    Attributes:
        summary: one line for people.
        baud: the speed of its line.
        make: gives its monitor; ``started`` is what its own clock reads at the start.
        parity: of its line: ``N`` for none, ``E`` for even, ``O`` for odd.
        bits: data bits of its line.
        stop: stop bits of its line.
    """

    links: ClassVar = (PtyLink, SerialLink, TcpLink, TcpListenLink)

    summary: str
    baud: int
    make: Callable[[Person, datetime], StreamMonitor]
    parity: Literal["N", "E", "O"] = "N"
    bits: int = 8
    stop: float = 1

    @property
    def settings(self) -> LineSettings:
        """Of its line."""
        return LineSettings(self.baud, self.bits, self.parity, self.stop)


class TcpKind(msgspec.Struct, frozen=True):
    """A kind of device that speaks over TCP only.

    Attributes:
        summary: one line for people.
        make: gives its monitor; ``started`` is what its own clock reads at the start.
    """

    links: ClassVar = (TcpLink, TcpListenLink)

    summary: str
    make: Callable[[Person, datetime], StreamMonitor]


class UdpKind(msgspec.Struct, frozen=True):
    """A kind of device that speaks in UDP datagrams.

    Attributes:
        summary: one line for people.
        make: gives its monitor; ``started`` is what its own clock reads at the start.
    """

    links: ClassVar = (UdpLink,)

    summary: str
    make: Callable[[Person, datetime], DatagramMonitor]


class MqttKind(msgspec.Struct, frozen=True):
    """A kind of device that publishes to a broker.

    Attributes:
        summary: one line for people.
        make: gives its monitor; ``started`` is what its own clock reads at the start.
        cuff: whether it measures blood pressure, so that ``interval_s`` means something.
    """

    links: ClassVar = (MqttLink,)

    summary: str
    make: Callable[[Person, datetime, DevicePlan], MessageMonitor]
    cuff: bool = False


Kind: TypeAlias = SerialKind | TcpKind | UdpKind | MqttKind
"""Kinds differ in the links that they can be put on, which are their ``links``."""

DEVICES: Final[dict[str, Kind]] = {
    "nellcor": SerialKind("a Nellcor N-560 oximeter, ASCII table", 9600, NellcorMonitor),
    "masimo": SerialKind("a Masimo oximeter, ASCII 1 lines", 9600, MasimoMonitor),
    "nonin": SerialKind("a Nonin oximeter, format 2 with its curve", 9600, NoninMonitor),
    "berrymed": SerialKind("a BerryMed oximeter behind a Bluetooth bridge, on its line", 115200, BerrymedMonitor),
    "viatom": SerialKind("a Viatom PC-60FW oximeter behind a Bluetooth bridge, on its line", 115200, ViatomMonitor),
    "contec": SerialKind("a Contec oximeter, dialect V7, silent until it is started", 115200, ContecV7Monitor),
    "contec-5-byte": SerialKind("an old Contec oximeter, 5-byte dialect", 19200, ContecFiveByteMonitor, parity="O"),
    "contec-eb": TcpKind(
        "a Contec oximeter behind a bridge that passes on its USB reports, dialect EB", ContecEbMonitor
    ),
    "casmed": SerialKind("a CASMED 740 that is asked, with cuff, oximeter and temperature", 115200, CasmedMonitor),
    "dinamap": SerialKind("a Dinamap V100 that is asked, with cuff and oximeter", 9600, DinamapMonitor),
    "dinamap-pro1000": SerialKind("a Dinamap PRO 1000, binary blocks with ECG", 9600, Pro1000Monitor),
    "ge-dri": SerialKind("a GE B-series monitor, DRI records, silent until asked", 19200, GeDriMonitor, parity="E"),
    "ge-unity": UdpKind("a GE Dash monitor on its network, without values until asked", GeUnityMonitor),
    "hl7": SerialKind("a bedside monitor, HL7 messages in MLLP frames", 115200, Hl7Monitor),
    "mindray-pds": TcpKind("a Mindray monitor that shares its data on TCP, silent until asked", MindrayPdsMonitor),
    "intellivue": SerialKind("a Philips IntelliVue monitor, silent until asked", 115200, IntellivueMonitor),
    "intellivue-lan": UdpKind("a Philips IntelliVue monitor on the network", IntellivueLanMonitor),
    "stx-nibp": SerialKind("a PAR or SINNOR blood pressure module, STX frames of text", 4800, StxNibpMonitor),
    "suntech": SerialKind("a SunTech blood pressure module that answers its host", 9600, SuntechMonitor),
    "tempus": TcpKind("a Tempus Pro monitor, vitals as lines of JSON", TempusMonitor),
    "json-oximeter": MqttKind(
        "an oximeter behind a bridge that publishes JSON over MQTT",
        lambda patient, started, plan: JsonOximeter(patient, plan.id, started),
    ),
    "json-cuff": MqttKind(
        "a blood pressure cuff behind a bridge that publishes JSON over MQTT",
        lambda patient, started, plan: JsonCuff(patient, plan.id, started, plan.interval_s or CUFF_INTERVAL_S),
        cuff=True,
    ),
    "bluetooth-oximeter": MqttKind(
        "an oximeter behind a gateway that passes on its Bluetooth notifications, PLX profile",
        lambda patient, *_: BluetoothOximeter(patient),
    ),
    "bluetooth-strap": MqttKind(
        "a heart rate sensor behind a gateway that passes on its Bluetooth notifications",
        lambda patient, *_: BluetoothStrap(patient),
    ),
    "bluetooth-cuff": MqttKind(
        "a blood pressure cuff behind a gateway that passes on its Bluetooth notifications",
        lambda patient, started, plan: BluetoothCuff(patient, started, plan.interval_s or CUFF_INTERVAL_S),
        cuff=True,
    ),
    "esphome": MqttKind(
        "an ESPHome node beside an oximeter and a cuff that publishes one value a topic over MQTT",
        lambda patient, _, plan: EsphomeNode(patient, plan.interval_s or CUFF_INTERVAL_S),
        cuff=True,
    ),
}
"""Every kind of simulated device by its name."""


def has_cuff(kind: str) -> bool:
    """Whether a kind of device has a cuff whose interval can be set."""
    found = DEVICES[kind]
    return isinstance(found, MqttKind) and found.cuff


def make_rig(plan: DevicePlan, patient: Person, started: datetime, seed: str) -> Rig:
    """Make a device with all that can go wrong with it.

    Args:
        plan: which device.
        patient: whom it watches.
        started: what its own clock reads at the start.
        seed: of its faults.

    Raises:
        ConfigError: if there is no such kind of device.
    """
    kind = DEVICES.get(plan.device)
    if kind is None:
        hint = f"There are: {', '.join(DEVICES)}."
        raise ConfigError(f'There is no device "{plan.device}".', key="kind", hint=hint)
    line: FaultyLine[str] = FaultyLine(seed)
    seen = Seen(patient, line)
    if isinstance(kind, MqttKind):
        return MessageRig(kind.make(seen, started, plan), line)
    if isinstance(kind, UdpKind):
        return DatagramRig(kind.make(seen, started), line)
    return StreamRig(kind.make(seen, started), line)


def put_on_link(plan: DevicePlan, rig: Rig) -> Station:
    """Put a device on the link of its plan.

    Raises:
        ConfigError: if it does not speak there.
        LinkError: if the link cannot be read.
    """
    kind, link = DEVICES[plan.device], parse_link(plan.link)
    match rig, kind, link:
        case StreamRig(), SerialKind(), PtyLink():
            return OnPty(rig, link, kind.settings)
        case StreamRig(), SerialKind(), SerialLink():
            return OnSerial(rig, link, kind.settings)
        case StreamRig(), _, TcpLink():
            return OnTcp(rig, link)
        case StreamRig(), _, TcpListenLink():
            return OnTcpListen(rig, link)
        case DatagramRig(), _, UdpLink():
            return OnUdp(rig, link)
        case MessageRig(), _, MqttLink():
            return OnMqtt(rig, link)
    forms = " or ".join(fitting.form for fitting in kind.links)
    raise ConfigError(f"A {plan.device} does not speak on {link}.", key="link", hint=f"Give it {forms}.")
