"""What no single setting can tell: whether the parts of a clinic file fit each other and what is installed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from vitalwatch.config.clinic import Clinic
from vitalwatch.config.document import Document, to_json
from vitalwatch.config.explain import Explainer, nearest, shown
from vitalwatch.config.mistakes import BadConfig
from vitalwatch.config.profile import ProfileConfig
from vitalwatch.config.profile_files import load_profile
from vitalwatch.driver import Driver, DriverInfo, DriverOptions, driver_names, load_driver
from vitalwatch.errors import ConfigError
from vitalwatch.link_url import LinkUrl, ReplayOptions, parse_link

if TYPE_CHECKING:
    from vitalwatch.config.position import KeyPath


class Checks:
    """Checks a clinic file against itself and against what is installed.

    It looks at every setting that is sound in itself, also beside others that are not, so that all mistakes come out
    at once and none of them twice.

    Args:
        document: the clinic file.
        refused: paths of the settings that the models have refused.

    Attributes:
        profiles: the profiles that were asked for, by the name they were asked for.
        links: the devices' links, by the device's index in the file.
        options: the devices' driver options, by the device's index in the file.
    """

    def __init__(self, document: Document, refused: Collection[KeyPath]) -> None:
        self.profiles: dict[str, ProfileConfig] = {}
        self.links: dict[int, LinkUrl] = {}
        self.options: dict[int, DriverOptions] = {}
        self._document = document
        self._installed = driver_names()
        self._drivers: dict[str, type[Driver]] = {}  # finding one reads the folders of all installed packages
        clinic = document.data.get("clinic")
        self._clinic = _sound(clinic, ("clinic",), refused)
        self._rooms, self._chairs, self._devices = (
            [_sound(block, (section, index), refused) for index, block in enumerate(document.blocks(section))]
            for section in ("room", "chair", "device")
        )

    def run(self) -> Iterator[ConfigError]:
        """Find all mistakes; fill in profiles, links and options on the way."""
        for section in ("room", "chair", "device"):
            yield from self._unique_ids(section)
        yield from self._references("chair", self._chairs, "room")
        yield from self._references("device", self._devices, "chair")
        yield from self._profile_names()
        for index, device in enumerate(self._devices):
            yield from self._link(index, device)
            yield from self._driver(index, device)
        yield from self._shared_ports()
        yield from self._speeds()

    def _stated_ids(self, section: str) -> list[str]:
        """All ids of a section as the file has them; a number without its quotes, which is told elsewhere, counts."""
        blocks = self._document.blocks(section)
        return [str(block.get("id", "")) if isinstance(block, dict) else "" for block in blocks]

    def _unique_ids(self, section: str) -> Iterator[ConfigError]:
        first: dict[str, int] = {}
        for index, name in enumerate(self._stated_ids(section)):
            if name in first:
                place = self._document.positions.of_value((section, first[name], "id"))
                before = f" (first on line {place.line})" if place else ""
                reason = f"The {section} id {shown(name)} stands twice{before}."
                yield self._document.mistake((section, index, "id"), reason, "Give each an id of its own.")
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
        for path, name in asked:
            if name in self.profiles or name in told:
                continue
            try:
                self.profiles[name] = load_profile(name, self._document.path.parent)
            except BadConfig as error:
                told.add(name)
                yield from error.mistakes
            except ConfigError as error:
                yield self._document.mistake(path, error.reason, error.hint)

    def _link(self, index: int, device: dict[str, Any]) -> Iterator[ConfigError]:
        if "link" in device:
            try:
                self.links[index] = parse_link(device["link"])
            except ConfigError as error:
                yield self._document.mistake(("device", index, "link"), error.reason, error.hint)

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
        if "options" in device or "options" not in self._document.blocks("device")[index]:
            yield from self._options(index, device.get("options", {}), driver.Options)

    def _options(self, index: int, given: dict[str, Any], model: type[DriverOptions]) -> Iterator[ConfigError]:
        try:
            self.options[index] = model.model_validate_json(to_json(given))
        except ValidationError as error:
            prefix: KeyPath = ("device", index, "options")
            yield from Explainer(model, given, lambda _: self._document, prefix).explain(error)

    def _kind_of_link(self, index: int, driver: DriverInfo) -> Iterator[ConfigError]:
        scheme = self.links[index].scheme if index in self.links else ""
        if driver.takes == "messages" and scheme == "serial":
            reason = f"The driver {shown(driver.name)} reads whole messages; a serial line gives bytes."
        elif driver.takes == "stream" and scheme == "mqtt":
            reason = f"The driver {shown(driver.name)} reads a line's bytes; an MQTT link gives whole messages."
        else:
            return
        yield self._document.mistake(("device", index, "link"), reason, "Check driver and link of this device.")

    def _shared_ports(self) -> Iterator[ConfigError]:
        users: dict[tuple[str, str], int] = {}
        for index, link in self.links.items():
            if link.scheme not in ("serial", "loop"):
                continue  # a broker and a recording serve as many as ask
            end = (link.scheme, link.path or link.host)
            if (user := users.setdefault(end, index)) != index:
                what = "serial port" if link.scheme == "serial" else "loop"
                reason = f"The {what} {shown(end[1])} is already used by {self._device(user)}."
                yield self._document.mistake(("device", index, "link"), reason, "One line serves one device.")

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

    def _device(self, index: int) -> str:
        name = self._devices[index].get("id")
        return f"device {shown(name)}" if name else f"device number {index + 1}"


def _sound(block: object, path: KeyPath, refused: Collection[KeyPath]) -> dict[str, Any]:
    """The settings of a block that the models have not refused."""
    if not isinstance(block, dict):
        return {}
    return {key: value for key, value in block.items() if (*path, key) not in refused}
