"""The clinic: what a clinic file may say (``ClinicFile``), and what the service gets from it (``Config``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from vitalwatch.config.broker import Broker, BrokerBlock, broker_key
from vitalwatch.config.chair import Chair
from vitalwatch.config.device import Device
from vitalwatch.config.fallback import Fallback
from vitalwatch.config.journal import Journal, JournalPlace
from vitalwatch.config.person import Person
from vitalwatch.config.profile import ProfileConfig
from vitalwatch.config.room import Room
from vitalwatch.config.section import Label, ProfileName, Section
from vitalwatch.config.wall import Wall
from vitalwatch.config.web import Web
from vitalwatch.driver import DriverOptions
from vitalwatch.link_url import LinkUrl, ReplayOptions


class Clinic(Section):
    """The ``[clinic]`` section: what holds for all chairs."""

    name: Label = Field(default="Infusion clinic", description="the clinic's name on the screen, 1 to 40 characters")
    profile: ProfileName = Field(
        default="adult-default",
        description="alarm profile of chairs that name none: built-in name or path of a .toml file",
    )
    simulated: bool = Field(
        default=False, description="true marks every chair SIMULATED; alarms come as if it were real"
    )


class ClinicFile(Section):
    """Everything that a clinic file may say; the names are those of the file."""

    include: tuple[str, ...] = Field(
        default=(),
        description="other .toml files whose blocks, or profiles, belong to this file; the line stands at the top",
    )
    clinic: Clinic = Field(default=Clinic(), description="what holds for all chairs")
    web: Web = Field(default=Web(), description="where the page is served")
    wall: Wall = Field(default=Wall(), description="the colours of the values on every screen")
    fallback: Fallback = Field(
        default=Fallback(), description="how the service itself calls somebody when no screen can be relied on"
    )
    journal: Journal = Field(default=Journal(), description="where everything that happens is kept")
    room: tuple[Room, ...] = Field(default=(), description="the rooms, in the order of the screen")
    chair: tuple[Chair, ...] = Field(default=(), description="the chairs, in the order of the screen")
    device: tuple[Device, ...] = Field(
        default=(), description="the devices; of two with the same vital the first is shown"
    )
    broker: tuple[BrokerBlock, ...] = Field(default=(), description="MQTT brokers that want a sign-in or TLS")
    person: tuple[Person, ...] = Field(default=(), description="the people who work here")


@dataclass(frozen=True)
class Config:
    """A checked clinic file with everything that it refers to. Made by :func:`vitalwatch.config.load`.

    Attributes:
        path: the clinic file.
        clinic: what holds for all chairs.
        web: where the page is served.
        wall: the colours of the values.
        rooms: in the order of the file.
        chairs: in the order of the file; at least one.
        devices: in the order of the file.
        profiles: the profiles in use, by the name that a chair or the clinic gives; paths in included files are
            turned into paths from :attr:`folder`.
        links: by device id; the path of a recording, when relative, is meant from :attr:`folder`, also that of a
            link in an included file.
        options: the drivers' own settings, by device id.
        people: in the order of the file.
        fallback: how the service itself calls somebody.
        journal: where the record is kept.
        brokers: how to sign in, by ``host:port`` as :func:`broker_key` writes it; a broker without a block is not here.
        files: every file that was read: the clinic file first, then what it includes, then profiles and those that
            they inherit from. When none of them changes, loading again gives the same.
    """

    path: Path
    clinic: Clinic
    web: Web
    wall: Wall
    rooms: tuple[Room, ...]
    chairs: tuple[Chair, ...]
    devices: tuple[Device, ...]
    profiles: Mapping[str, ProfileConfig]
    links: Mapping[str, LinkUrl]
    options: Mapping[str, DriverOptions]
    people: tuple[Person, ...] = ()
    fallback: Fallback = field(default_factory=Fallback)
    journal: JournalPlace = field(default_factory=lambda: JournalPlace(url="sqlite:///vitalwatch.journal.db"))
    brokers: Mapping[str, Broker] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    @property
    def folder(self) -> Path:
        """The clinic file's folder, from which relative paths in it are meant."""
        return self.path.parent

    def devices_of(self, chair_id: str) -> tuple[Device, ...]:
        """The devices at a chair, the preferred one first."""
        return tuple(device for device in self.devices if device.chair == chair_id)

    def profile_of(self, chair: Chair) -> ProfileConfig:
        """The alarm profile that holds at a chair."""
        return self.profiles[chair.profile or self.clinic.profile]

    def nibp_interval_of(self, chair: Chair) -> float:
        """Minutes from one cuff reading to the next at a chair: its own setting, else its profile's."""
        return chair.nibp_interval_min or self.profile_of(chair).options.nibp_interval_min

    def broker_of(self, link: LinkUrl) -> Broker | None:
        """How to sign in to the broker of a link; none when the file says nothing about it."""
        return self.brokers.get(broker_key(link.host, link.port))

    @property
    def replay_speed(self) -> float:
        """Service seconds in one real second: the speed of the recordings, 1 when there are none."""
        return next((o.speed for link in self.links.values() if isinstance(o := link.options, ReplayOptions)), 1.0)
