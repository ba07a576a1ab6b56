"""Which serial ports there are, under names that stay the same. Opens none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from serial.tools import list_ports

STABLE_NAMES: Final = (Path("/dev/serial/by-id"), Path("/dev/serial/by-path"))
"""Where Linux keeps names that outlive an unplugging, best first: by the adapter's own number, then by its socket."""


class Port(msgspec.Struct, frozen=True):
    """A serial port of this computer.

    Attributes:
        path: the name to use: one that stays the same if there is one.
        device: the device file that it leads to at present.
        vendor: who made the adapter; empty when it does not say.
        product: what the adapter calls itself; empty when it does not say.
    """

    path: str
    device: str
    vendor: str = ""
    product: str = ""

    @property
    def stable(self) -> bool:
        """Whether the name stays with the adapter, and is not just the next free number."""
        return self.path != self.device

    @property
    def adapter(self) -> str:
        """Vendor and product for people; the vendor's name is not said twice."""
        named = self.product.lower().startswith(self.vendor.lower())
        return self.product if named else f"{self.vendor} {self.product}".strip()


def find_ports(
    asked: Sequence[str] = (),
    *,
    stable_names: Sequence[Path] = STABLE_NAMES,
    listing: Callable[[], Iterable[Any]] = list_ports.comports,
) -> list[Port]:
    """List the serial ports, or those that were asked for, in the order of asking, each device once.

    Args:
        asked: paths of ports; empty for all that the system knows. They need not exist.
        stable_names: folders of links to device files, best first.
        listing: gives pyserial's description of each port.
    """
    known = {info.device: info for info in listing()}
    names: dict[str, str] = {}
    for folder in stable_names:
        for link in sorted(folder.iterdir()) if folder.is_dir() else ():
            names.setdefault(str(link.resolve()), str(link))
    ports: dict[str, Port] = {}
    for path in [str(Path(each).absolute()) for each in asked] or sorted(known):
        device = str(Path(path).resolve())
        info = known.get(device)
        # A link that a person names, for example one made by a udev rule, is as good a name as any.
        name = names.get(device, path) if path == device else path
        ports.setdefault(device, Port(name, device, _text(info, "manufacturer"), _text(info, "product")))
    return list(ports.values())


def _text(info: Any, field: str) -> str:
    """What an adapter says about itself, on one line; adapters send strange characters."""
    said = str(getattr(info, field, None) or "")
    return " ".join("".join(c if c.isprintable() else " " for c in said).split())
