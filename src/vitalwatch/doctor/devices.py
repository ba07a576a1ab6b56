"""Serial ports and recordings that the config names: are they there, and may this account use them?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from vitalwatch.config import Config
from vitalwatch.doctor.finding import Finding, split_advice
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl
from vitalwatch.links.serial import open_port


def look_at_ports(config: Config, *, running: bool) -> Iterator[Finding]:
    """Open each serial port as the service would, and close it again.

    Args:
        config: the clinic.
        running: the service runs on this computer. Then no port is opened: if it is just opening one again, it would
            find it in use, and raise an alarm because of us.
    """
    for device in config.devices:
        link = config.links[device.id]
        if link.scheme == "serial":
            yield _port(f"{device.id} at {link.path}", link, running=running)


def look_at_recordings(config: Config) -> Iterator[Finding]:
    """See whether each recording to be replayed can be read and holds anything."""
    for device in config.devices:
        link = config.links[device.id]
        if link.scheme == "replay":
            yield _recording(f"{device.id} from {link.path}", config, link)


def _port(subject: str, link: LinkUrl, *, running: bool) -> Finding:
    if running and Path(link.path).exists():
        return Finding("port", subject, "ok", "It is there; the running service has it, and the page shows how it is.")
    try:
        os.close(open_port(link))
    except LinkError as error:
        return Finding("port", subject, "fail", *split_advice(error.reason))
    if os.path.realpath(link.path) == link.path and link.path.startswith("/dev/ttyUSB"):
        found = "It can be opened, but this name goes to whichever adapter is plugged in first."
        return Finding(
            "port", subject, "warn", found, "Use its name under /dev/serial/by-id: vitalwatch detect lists it."
        )
    return Finding("port", subject, "ok", "It is there and can be opened.")


def _recording(subject: str, config: Config, link: LinkUrl) -> Finding:
    path = config.folder / link.path
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        advice = "Correct the path in the link; it is meant from the config's own folder."
        return Finding("recording", subject, "fail", f"{path} cannot be read: {error.strerror}.", advice)
    if empty:
        return Finding("recording", subject, "fail", f"{path} is empty.", "Name a capture that holds data.")
    return Finding("recording", subject, "ok", "It can be read.")
