"""The ``[[device]]`` sections: what is connected, to which chair, and how."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from vitalwatch.config.section import Id, Section
from vitalwatch.driver import Command


class Device(Section):
    """One bedside monitor. When two devices of a chair give the same vital, the one listed first is shown."""

    id: Id = Field(description="short name of the device: 1 to 32 letters, digits, . _ or -")
    chair: Id = Field(description="id of the chair it stands at: 1 to 32 letters, digits, . _ or -")
    driver: str = Field(description="name of the installed driver that understands the device")
    link: str = Field(description="how the device is connected, for example serial:///dev/ttyUSB0?baud=9600")
    allow: list[Command] = Field(
        default_factory=list,
        description='what people may have the device do from the page, for example ["start_nibp"]; nothing if left out',
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="settings of the driver; which there are is up to the driver"
    )
