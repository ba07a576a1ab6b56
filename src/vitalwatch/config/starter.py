"""The text of a first clinic file: commented, complete, and such that ``vitalwatch check`` accepts it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, NamedTuple

from vitalwatch.config.profile_files import profile_names
from vitalwatch.driver import LineSettings, load_driver
from vitalwatch.errors import ConfigError
from vitalwatch.link_url import parse_link

MAX_CHAIRS: Final = 500

NUMBER: Final = "{n}"
"""Stands in a link for the number of the chair."""


class Monitor(NamedTuple):
    """What stands at one chair.

    Attributes:
        driver: name of an installed driver.
        link: how it is connected, with the chair's number filled in.
    """

    driver: str
    link: str


def usual_link(driver: str) -> str:
    """A link of the kind that a driver reads, with ``{n}`` for the chair's number; names and hosts are to be put in."""
    info = load_driver(driver).info
    if info.takes == "messages":
        return f"mqtt://localhost/clinic/chair-{NUMBER}"
    if not info.settings:
        return f"tcp://terminal-server-{NUMBER}:4001"
    line = info.settings[0]
    more = "" if line == LineSettings(line.baud) else f"&bits={line.bits}&parity={line.parity}&stop={line.stop:g}"
    return f"serial:///dev/serial/by-id/usb-adapter-{NUMBER}?baud={line.baud}{more}"


def check_link(driver: str, link: str, chairs: int) -> None:
    """Check a link, perhaps with ``{n}``, for a number of chairs.

    Raises:
        ConfigError: if it is no link, not of the driver's kind, or the same for several chairs.
    """
    parsed = parse_link(link.replace(NUMBER, "1"))
    if chairs > 1 and NUMBER not in link:
        raise ConfigError(
            f"The link is the same for all {chairs} chairs.", hint=f"Write {NUMBER} where the chair's number belongs."
        )
    takes = load_driver(driver).info.takes
    if parsed.gives not in (takes, "either"):
        reason = f"The driver {driver} does not read a {parsed.scheme} link."
        raise ConfigError(reason, hint=f"For example {usual_link(driver)}.")


def text_of(name: str, monitors: Sequence[Monitor]) -> str:
    """A clinic file.

    Args:
        name: of the clinic.
        monitors: one for each chair, in their order.
    """
    chairs = "".join(_chair(number, monitor) for number, monitor in enumerate(monitors, start=1))
    return _HEAD.format(name=_quoted(name), profiles=", ".join(profile_names())) + chairs + _TAIL


def _quoted(text: str) -> str:
    """A TOML string. JSON's escapes are all TOML's as well."""
    return json.dumps(text, ensure_ascii=False)


def _chair(number: int, monitor: Monitor) -> str:
    return f"""
# ---- Chair {number} ----

[[chair]]
id = "{number}"
label = "Chair {number}"

[[device]]
id = "monitor-{number}"
chair = "{number}"
driver = {_quoted(monitor.driver)}
link = {_quoted(monitor.link)}
"""


_HEAD = """# A clinic for VitalWatch. Text stands in quotes, numbers and true or false without; a # begins a remark.
#
#     vitalwatch check FILE      names every mistake with its line; needs no monitor to be connected
#     vitalwatch run FILE        watches the chairs and serves the page

[clinic]
name = {name}
# Alarm limits of chairs that name none of their own: a .toml file of yours, or a built-in profile. Built in are
# {profiles}.
# They are starting points that nobody has signed: a clinician of yours decides.
profile = "adult-default"

# The page is for this computer only. 0.0.0.0 would be every network that it is on.
[web]
listen = "127.0.0.1"
port = 8080

# When no screen draws and sounds, this computer sounds itself. It can run a command as well:
# command = ["/usr/local/bin/call-nurse"]
[fallback]
sound = true
"""

_TAIL = """
# ---- More that a chair can say ----
#
# profile = "ketamine-iv"             # alarm limits of its own
# room = "garden"                     # the room it stands in
# start = "empty"                     # not watched until values come or someone says so; watched is the default
# spo2_nibp_same_limb = true          # cuff and finger sensor are on the same arm
# nibp_interval_min = 5               # minutes between cuff readings
#
# ---- The people who work here ----
#
# [[person]]
# id = "nurse-1"
# name = "Nurse 1"
# role = "nurse"                      # nurse, clinician, technician or therapist
#
# ---- A broker that wants a password ----
#
# [[broker]]
# name = "ward"
# url = "mqtts://broker:8883"         # its links begin with mqtts://broker:8883/
# user = "vitalwatch"
# password_file = "broker.password"   # the password stands in that file, never in this one
"""
