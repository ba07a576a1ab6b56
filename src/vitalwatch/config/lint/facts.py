"""What the rules ask of a sound clinic file, worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from vitalwatch.config.chair import Chair
from vitalwatch.config.clinic import Config
from vitalwatch.config.load import Examined
from vitalwatch.driver import Driver, load_driver
from vitalwatch.errors import ConfigError
from vitalwatch.link_url import LinkUrl
from vitalwatch.model import Vital


class Facts:
    """A clinic file without mistakes.

    Args:
        config: its settings.
        examined: where they stand.
    """

    def __init__(self, config: Config, examined: Examined) -> None:
        self.config = config
        self.document = examined.document
        self.profiles = examined.profiles
        self.drivers: list[Driver] = []
        self.chair_of = {chair.id: chair for chair in config.chairs}
        self._vitals: dict[str, set[Vital]] = {}
        kinds = {name: load_driver(name) for name in {device.driver for device in config.devices}}
        for device in config.devices:
            driver = kinds[device.driver](device.id, config.options[device.id])
            self.drivers.append(driver)
            self._vitals.setdefault(device.chair, set()).update(driver.vitals)

    def links(self, *schemes: str) -> Iterator[tuple[int, LinkUrl]]:
        """The links of these kinds, each with its device's index."""
        for index, device in enumerate(self.config.devices):
            if (link := self.config.links[device.id]).scheme in schemes:
                yield index, link

    def vitals_at(self, chair: Chair) -> set[Vital]:
        """What the devices at a chair can give together; nothing when it has none."""
        return self._vitals.get(chair.id, set())


Rule: TypeAlias = Callable[[Facts], Iterator[ConfigError]]
"""A rule yields its warnings, each with its place."""
