"""What no single setting can tell: whether the parts of a clinic file fit each other and what is installed."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

import msgspec
from pydantic import ValidationError

from vitalwatch.config.clinic import Clinic
from vitalwatch.config.document import to_json
from vitalwatch.config.explain import Explainer, nearest, shown
from vitalwatch.config.includes import Assembled
from vitalwatch.config.mistakes import BadConfig
from vitalwatch.config.profile_files import LoadedProfile, profile_names, read_profile
from vitalwatch.config.sign_in import check_brokers, check_journal
from vitalwatch.driver import Command, Driver, DriverInfo, DriverOptions, driver_names, load_driver
from vitalwatch.errors import ConfigError
from vitalwatch.link_url import LinkUrl, ListenOptions, ReplayOptions, UdpOptions, parse_link

if TYPE_CHECKING:
    from vitalwatch.config.position import KeyPath

_ID_OF = {"room": "id", "chair": "id", "device": "id", "person": "id", "broker": "name"}
"""The key by which the blocks of a section are told apart."""

_SHARED = ("mqtt", "mqtts", "replay")
"""Links whose far end serves as many as ask: a broker, a recording. All others serve one device."""


class Checks:
    """Checks a clinic file against itself and against what is installed.

    It looks at every setting that is sound in itself, also beside others that are not, so that all mistakes come out
    at once and none of them twice.

    Args:
        document: the clinic file with all it includes.
        refused: paths of the settings that the models have refused.

    Attributes:
        profiles: the profiles that were asked for, by the name that :meth:`profile_key` gives them.
        links: the devices' links, by the device's index in the file.
        options: the devices' driver options, by the device's index in the file.
    """

    def __init__(self, document: Assembled, refused: Collection[KeyPath]) -> None:
        self.profiles: dict[str, LoadedProfile] = {}
        self.links: dict[int, LinkUrl] = {}
        self.options: dict[int, DriverOptions] = {}
        self._document = document
        self._installed = driver_names()
        self._drivers: dict[str, type[Driver]] = {}  # finding one reads the folders of all installed packages
        clinic = document.data.get("clinic")
        self._clinic = _sound(clinic, ("clinic",), refused)
        self._chairs, self._devices, self._brokers = (
            [_sound(block, (section, index), refused) for index, block in enumerate(document.blocks(section))]
            for section in ("chair", "device", "broker")
        )

    def run(self) -> Iterator[ConfigError]:
        """Find all mistakes; fill in profiles, links and options on the way."""
        for section in _ID_OF:
            yield from self._unique_ids(section)
        if self._document.complete:  # what is not found may stand in a file that could not be read
            yield from self._references("chair", self._chairs, "room")
            yield from self._references("device", self._devices, "chair")
        yield from self._profile_names()
        for index, device in enumerate(self._devices):
            yield from self._link(index, device)
            yield from self._driver(index, device)
        yield from self._shared_ports()
        yield from self._speeds()
        yield from check_brokers(self._document, self._brokers, self.links)
        yield from check_journal(self._document)

    def profile_key(self, path: KeyPath, name: str) -> str:
        """The name of a profile that stands at a place: a path becomes one from the clinic file's own folder."""
        folder, main = self._document.folder_of(path), self._document.path.parent
        return name if folder == main or not name.endswith(".toml") else os.path.relpath(folder / name, main)

    def _stated_ids(self, section: str) -> list[str]:
        """All ids of a section as the file has them; a number without its quotes, which is told elsewhere, counts."""
        blocks = self._document.blocks(section)
        return [str(block.get(_ID_OF[section], "")) if isinstance(block, dict) else "" for block in blocks]

    def _unique_ids(self, section: str) -> Iterator[ConfigError]:
        first: dict[str, int] = {}
        key = _ID_OF[section]
        for index, name in enumerate(self._stated_ids(section)):
            if name in first:
                before = self._place_of((section, first[name], key), seen_from=(section, index))
                reason = f"The {section} {key} {shown(name)} stands twice (first {before})."
                yield self._document.mistake((section, index, key), reason, f"Give each {key} only once.")
            elif name:
                first[name] = index

    def _references(self, section: str, blocks: list[dict[str, Any]], key: str) -> Iterator[ConfigError]:
        known = [name for name in self._stated_ids(key) if name]
        if key == "room" and not known:
            return  # a file without [[room]] blocks has the rooms that its chairs name
        for index, block in enumerate(blocks):
            if key in block and block[key] not in known:
                hint = nearest(block[key], known, f"{key.capitalize()}s here:")
                yield self._document.mistake((section, index, key), f"There is no {key} {shown(block[key])}.", hint)

    def _profile_names(self) -> Iterator[ConfigError]:
        asked: list[tuple[KeyPath, str]] = [
            (("clinic", "profile"), self._clinic.get("profile", Clinic().profile)),
            *(
                (("chair", i, "profile"), chair["profile"])
                for i, chair in enumerate(self._chairs)
                if "profile" in chair
            ),
        ]
        told: set[str] = set()
        included = self._document.profiles
        for path, name in asked:
            key = self.profile_key(path, name)
            if key in self.profiles or key in told:
                continue
            if name in included:
                self.profiles[key] = included[name]
                continue
            if not self._document.complete and not name.endswith(".toml") and name not in profile_names():
                continue  # it may stand in a file that could not be read
            try:
                self.profiles[key] = read_profile(name, self._document.folder_of(path), included)
            except BadConfig as error:
                told.add(key)
                yield from error.mistakes
            except ConfigError as error:
                yield self._document.mistake(path, error.reason, error.hint)

    def _link(self, index: int, device: dict[str, Any]) -> Iterator[ConfigError]:
        if "link" in device:
            path: KeyPath = ("device", index, "link")
            try:
                link = parse_link(device["link"])
            except ConfigError as error:
                yield self._document.mistake(path, error.reason, error.hint)
                return
            self.links[index] = self._from_main_folder(path, link)

    def _from_main_folder(self, path: KeyPath, link: LinkUrl) -> LinkUrl:
        """A link of an included file with the files it names made whole; those of the main file stay as written."""
        folder = self._document.folder_of(path)
        if folder == self._document.path.parent:
            return link
        whole = {"record": link.record, "path": link.path if link.scheme == "replay" else ""}
        return msgspec.structs.replace(
            link, **{key: str(folder.absolute() / name) for key, name in whole.items() if name}
        )

    def _driver(self, index: int, device: dict[str, Any]) -> Iterator[ConfigError]:
        if "driver" not in device:
            return
        name, path = device["driver"], ("device", index, "driver")
        if name not in self._installed:
            hint = nearest(name, self._installed, "Installed are")
            yield self._document.mistake(path, f"There is no driver {shown(name)}.", hint)
            return
        try:
            driver = self._drivers.get(name) or self._drivers.setdefault(name, load_driver(name))
        except (ImportError, AttributeError) as error:
            reason = f"The driver {shown(name)} is installed but cannot be started: {error}."
            yield self._document.mistake(path, reason, "Install the package that it comes from again.")
            return
        yield from self._kind_of_link(index, driver.info)
        yield from self._commands(index, device.get("allow", []), driver.info)
        if "options" in device or "options" not in self._document.blocks("device")[index]:
            yield from self._options(index, device.get("options", {}), driver.Options)

    def _options(self, index: int, given: dict[str, Any], model: type[DriverOptions]) -> Iterator[ConfigError]:
        try:
            self.options[index] = model.model_validate_json(to_json(given))
        except ValidationError as error:
            prefix: KeyPath = ("device", index, "options")
            yield from Explainer(model, given, self._document.home, prefix).explain(error)

    def _commands(self, index: int, allowed: list[str], driver: DriverInfo) -> Iterator[ConfigError]:
        known = [str(command) for command in driver.commands]
        for place, command in enumerate(allowed):
            if command in list(Command) and command not in known:  # a word that is no command is told already
                reason = f"The driver {shown(driver.name)} cannot have its device do {shown(command)}."
                hint = f"It can: {', '.join(known)}." if known else "Take it out: this protocol has no such command."
                yield self._document.mistake(("device", index, "allow", place), reason, hint)

    def _kind_of_link(self, index: int, driver: DriverInfo) -> Iterator[ConfigError]:
        link = self.links.get(index)
        if link is None or link.gives in (driver.takes, "either") or (link.scheme == "udp" and driver.datagrams):
            return
        forms = {"stream": "a line's bytes", "messages": "whole messages"}
        gives, name = forms[link.gives], link.scheme.upper() if link.scheme in ("mqtt", "mqtts", "udp") else link.scheme
        reason = f"The driver {shown(driver.name)} reads {forms[driver.takes]}, and the {name} link gives {gives}."
        yield self._document.mistake(("device", index, "link"), reason, "Check driver and link of this device.")

    def _shared_ports(self) -> Iterator[ConfigError]:
        users: dict[tuple[object, ...], int] = {}
        for index, link in self.links.items():
            if link.scheme in _SHARED:
                continue
            sender = link.options.sender if isinstance(link.options, ListenOptions | UdpOptions) else None
            end = (link.scheme, os.path.normpath(link.path), link.host.lower(), link.port, sender)
            if (user := users.setdefault(end, index)) != index:
                what = {"serial": f"serial port {shown(link.path)}", "loop": f"loop {shown(link.host)}"}
                end_of = what.get(link.scheme, f"{link.scheme} link at {link.place}")
                reason = f"The {end_of} is already used by {self._device(user)}."
                hint = "One line serves one device."
                if link.scheme in ("tcp-listen", "udp"):
                    hint = "Tell the devices apart by their addresses: add ?from=ADDRESS to each link."
                yield self._document.mistake(("device", index, "link"), reason, hint)

    def _speeds(self) -> Iterator[ConfigError]:
        """The service has one clock: all recordings run at one speed, and beside a real device at a speed of 1."""
        speeds = {i: o.speed for i, link in self.links.items() if isinstance(o := link.options, ReplayOptions)}
        real = next((index for index in self.links if index not in speeds), None)
        first = next(iter(speeds), 0)
        for index, speed in speeds.items():
            if real is not None and speed != 1:
                reason = f"speed={speed:g} would make {speed:g} seconds of each second of {self._device(real)}."
                hint = "Beside a device that is not a recording write speed=1."
            elif speed != speeds[first]:
                reason = f"speed={speed:g} differs from speed={speeds[first]:g} of {self._device(first)}."
                hint = "The service has one clock: give all recordings the same speed."
            else:
                continue
            yield self._document.mistake(("device", index, "link"), reason, hint)

    def _place_of(self, path: KeyPath, seen_from: KeyPath) -> str:
        """Where a value stands, as told beside another place: the file is named when it is not the same."""
        document, own_path = self._document.home(path)
        place = document.positions.of_value(own_path)
        line = f"line {place.line}" if place else "there"
        return f"on {line}" if document is self._document.home(seen_from)[0] else f"in {document.path.name}, {line}"

    def _device(self, index: int) -> str:
        name = self._devices[index].get("id")
        return f"device {shown(name)}" if name else f"device number {index + 1}"


def _sound(block: object, path: KeyPath, refused: Collection[KeyPath]) -> dict[str, Any]:
    """The settings of a block that the models have not refused."""
    if not isinstance(block, dict):
        return {}
    return {key: value for key, value in block.items() if (*path, key) not in refused}
