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
        self.drivers: list[Driver] = [
            load_driver(device.driver)(device.id, config.options[device.id]) for device in config.devices
        ]

    def links(self, *schemes: str) -> Iterator[tuple[int, LinkUrl]]:
        """The links of these kinds, each with its device's index."""
        for index, device in enumerate(self.config.devices):
            if (link := self.config.links[device.id]).scheme in schemes:
                yield index, link

    def drivers_at(self, chair: Chair) -> list[Driver]:
        """The drivers of a chair's devices."""
        return [d for d, device in zip(self.drivers, self.config.devices, strict=True) if device.chair == chair.id]

    def vitals_at(self, chair: Chair) -> set[Vital]:
        """What the devices at a chair can give together."""
        return {vital for driver in self.drivers_at(chair) for vital in driver.vitals}


Rule: TypeAlias = Callable[[Facts], Iterator[ConfigError]]
"""A rule yields its warnings, each with its place."""
