"""What a monitor says of itself: its mode, and in a connect indication who and where it is. Pure.

Source: protocol notes on monitors, section 1; the fields of a connect indication as they stand in a recorded one of an
866062 (IntelliVue MX450 class).
"""

from __future__ import annotations

from typing import Final

import msgspec

from vitalwatch_drivers.intellivue.frames import Attributes, Reader

MODE: Final = 0x0946
MODE_DEMO, MODE_STANDBY = 0x2000, 0x0002

SYSTEM_TYPE, SYSTEM_MODEL, PRODUCTION = 0x0986, 0x0928, 0x092D
IP_ADDRESS, PROTOCOLS = 0xF100, 0xF101
DATA_EXPORT_APPLICATION, UDP = 5, 1
SERIAL_NUMBER, PART_NUMBER, REVISION = 1, 2, 4
SOFTWARE: Final = 0x0058
"""Component of the production specification that is the monitor's software."""


class Service(msgspec.Struct, frozen=True):
    """A protocol that the monitor speaks: application 1 is association, 5 is data export; transport 1 is UDP."""

    application: int
    transport: int
    port: int
    options: int


class Identity(msgspec.Struct, frozen=True):
    """Who and where a monitor is; empty where it does not say.

    Attributes:
        partition: table that its type is from.
        type: what kind of system it is; 0x114D is a monitor of many parameters.
        maker: such as Philips.
        model: its number, such as 866062.
        serial: its serial number.
        software: part number of its software.
        revision: revision of its software.
        mac: address of its network card.
        address: IP address.
        mask: of its network.
        services: what it speaks, and at which port.
    """

    partition: int
    type: int
    maker: str
    model: str
    serial: str
    software: str
    revision: str
    mac: str
    address: str
    mask: str
    services: tuple[Service, ...]

    @property
    def shown(self) -> str:
        """One line for people."""
        ports = [each.port for each in self.services if (each.application, each.transport) == (5, UDP)]
        where = f" at {self.address}" if self.address else ""
        return f"{self.maker} {self.model}{where}{f', data export on UDP port {ports[0]}' if ports else ''}".strip()


def read_identity(attributes: Attributes) -> Identity:
    """Read what a connect indication or an MDS create event says.

    Raises:
        DecodeError: if a field is shorter than it says.
    """
    kind = Reader(attributes.get(SYSTEM_TYPE, bytes(4)))
    model = Reader(attributes.get(SYSTEM_MODEL, bytes(4)))
    network = Reader(attributes.get(IP_ADDRESS, b""))
    known = IP_ADDRESS in attributes
    produced = _production(attributes.get(PRODUCTION, bytes(4)))
    return Identity(
        partition=kind.u16(),
        type=kind.u16(),
        maker=_text(model.take(model.u16())),
        model=_text(model.take(model.u16())),
        serial=next((text for (part, _), text in produced.items() if part == SERIAL_NUMBER), ""),
        software=produced.get((PART_NUMBER, SOFTWARE), ""),
        revision=produced.get((REVISION, SOFTWARE), ""),
        mac=network.take(6).hex(":") if known else "",
        address=".".join(map(str, network.take(4))) if known else "",
        mask=".".join(map(str, network.take(4))) if known else "",
        services=_services(attributes.get(PROTOCOLS, bytes(4))),
    )


def _services(data: bytes) -> tuple[Service, ...]:
    count, part = Reader(data).counted()
    return tuple(Service(part.u16(), part.u16(), part.u16(), part.u16()) for _ in range(count))


def _production(data: bytes) -> dict[tuple[int, int], str]:
    """Texts by what they are and the component that they are of."""
    count, part = Reader(data).counted()
    return {(part.u16(), part.u16()): _text(part.take(part.u16())) for _ in range(count)}


def _text(raw: bytes) -> str:
    """A text of one byte a character, without the padding and control characters behind it."""
    return "".join(char for char in raw.decode("ascii", "replace") if char.isprintable()).strip()
