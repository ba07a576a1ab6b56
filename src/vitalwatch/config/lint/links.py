"""Lint of devices, links and brokers."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from typing import Any, Final

from vitalwatch.config.explain import shown
from vitalwatch.config.lint.facts import Facts, Rule
from vitalwatch.driver import LineSettings
from vitalwatch.errors import ConfigError
from vitalwatch.link_url import LinkUrl
from vitalwatch.model import CUFF_VITALS, gone_s

LONGEST_SILENCE_S: Final = 30.0
"""A streaming monitor that is noticed missing only later than this is worth a warning; the usual one takes 10 s."""

_UNSTABLE = ("/dev/ttyUSB", "/dev/ttyACM")
"""Names that go to whichever adapter was plugged in first."""

_THIS_COMPUTER = ("localhost", "127.0.0.1", "::1")

_OTHERS = stat.S_IWGRP | stat.S_IRWXO
"""What nobody but the service and its group should be allowed to do with a secret."""


def _shared_topics(facts: Facts) -> Iterator[ConfigError]:
    for index, earlier in _same_messages(facts):
        device = facts.config.devices[index]
        for other in earlier:  # the first that matters is told; hundreds of devices may hear one wildcard
            sharer = facts.config.devices[other]
            same = set(facts.drivers[index].vitals) & set(facts.drivers[other].vitals)
            if device.chair != sharer.chair:
                who = f"Device {shown(sharer.id)} at chair {shown(sharer.chair)}"
                reason = f"{who} hears the same topic: one person's values would be shown at two chairs."
            elif same:
                reason = f"Device {shown(sharer.id)} reads {', '.join(sorted(same))} from the same topic already."
            else:
                continue
            yield facts.document.mistake(("device", index, "link"), reason, "Give each device a topic of its own.")
            break


def _same_messages(facts: Facts) -> Iterator[tuple[int, list[int]]]:
    """Each MQTT device with the earlier ones that may get a message that it gets, too."""
    named: dict[tuple[str, int, str], list[int]] = {}  # topics in full: one look-up, however many there are
    filters: list[tuple[int, LinkUrl]] = []
    every: list[tuple[int, LinkUrl]] = []
    for index, link in facts.links("mqtt", "mqtts"):
        wild = "+" in link.topic or "#" in link.topic
        candidates = every if wild else filters
        twins = [] if wild else named.setdefault((link.host.lower(), link.port, link.topic), [])
        yield index, sorted([*twins, *(other for other, its in candidates if _meet(link, its))])
        every.append((index, link))
        if wild:
            filters.append((index, link))
        else:
            twins.append(index)


def _meet(one: LinkUrl, other: LinkUrl) -> bool:
    return (one.host.lower(), one.port) == (other.host.lower(), other.port) and may_meet(one.topic, other.topic)


def may_meet(first: str, second: str) -> bool:
    """Whether there is a topic that both MQTT filters match (MQTT 3.1.1, section 4.7)."""
    one, other = first.split("/"), second.split("/")
    for mine, yours in ((one[0], other[0]), (other[0], one[0])):
        if mine in ("+", "#") and yours.startswith("$"):
            return False  # 4.7.2: a wildcard in the first level leaves out topics that begin with $
    for mine, yours in zip(one, other, strict=False):
        if "#" in (mine, yours):
            return True
        if mine != yours and "+" not in (mine, yours):
            return False
    rest = max(one, other, key=len)[min(len(one), len(other)) :]
    return rest in ([], ["#"])  # 4.7.1.2: "a/#" matches "a" too


def _slow_devices(facts: Facts) -> Iterator[ConfigError]:
    for index, driver in enumerate(facts.drivers):
        streams = set(driver.vitals) - CUFF_VITALS
        if streams and gone_s(driver.period_s) > LONGEST_SILENCE_S:
            stated = "period_s" in facts.config.devices[index].options
            path = ("device", index, *(("options", "period_s") if stated else ("driver",)))
            reason = (
                f"The device may be silent for {driver.period_s:g} s between two messages: that it is gone is noticed "
                f"only after {gone_s(driver.period_s):g} s."
            )
            yield facts.document.mistake(path, reason, "Let it send more often, and write the shorter period.")


def _slow_cuffs(facts: Facts) -> Iterator[ConfigError]:
    for index, (driver, device) in enumerate(zip(facts.drivers, facts.config.devices, strict=True)):
        interval = facts.config.nibp_interval_of(facts.chair_of[device.chair])
        if not CUFF_VITALS.isdisjoint(driver.vitals) and driver.period_s > interval * 60:
            reason = (
                f"A cuff reading is due every {interval:g} minutes, and the device may be silent for "
                f"{driver.period_s:g} s."
            )
            yield facts.document.mistake(("device", index, "options", "period_s"), reason, "Make the two agree.")


def _serial_lines(facts: Facts) -> Iterator[ConfigError]:
    for index, link in facts.links("serial"):
        info = facts.drivers[index].info
        path = ("device", index, "link")
        if link.path.startswith(_UNSTABLE):
            hint = "Name it as /dev/serial/by-id/...; ls /dev/serial/by-id lists them."
            yield facts.document.mistake(
                path, f"{link.path} may be another device after the next start of the computer.", hint
            )
        if isinstance(link.options, LineSettings) and info.settings and link.options not in info.settings:
            known = " or ".join(_line(settings) for settings in info.settings)
            reason = f"The driver {shown(info.name)} knows its devices at {known}, not at {_line(link.options)}."
            yield facts.document.mistake(path, reason, "Check the setting on the monitor.")


def _line(settings: LineSettings) -> str:
    """Line settings as the manuals write them: ``9600 8N1``."""
    return f"{settings.baud} {settings.bits}{settings.parity}{settings.stop:g}"


def _missing_recordings(facts: Facts) -> Iterator[ConfigError]:
    for index, link in facts.links("replay"):
        if not (facts.config.folder / link.path).is_file():
            reason, hint = f"There is no recording {link.path}.", "It is meant from the folder of the file."
            yield facts.document.mistake(("device", index, "link"), reason, hint)


def _brokers(facts: Facts) -> Iterator[ConfigError]:
    used = {id(facts.config.broker_of(link)) for _, link in facts.links("mqtt", "mqtts")}
    for index, (key, broker) in enumerate(facts.config.brokers.items()):
        block = facts.document.blocks("broker")[index]
        if id(broker) not in used:
            hint = f"Links to it begin with {'mqtts' if broker.tls else 'mqtt'}://{key}/."
            yield facts.document.mistake(("broker", index), f"No device uses the broker {shown(block['name'])}.", hint)
        if not broker.tls and broker.host not in _THIS_COMPUTER and {"password_file", "password_env"} & block.keys():
            reason = "The password goes over the network for everyone to read."
            yield facts.document.mistake(("broker", index, "url"), reason, "Use mqtts:// if the broker can do TLS.")
        yield from _open_secrets(facts, index, block)


def _open_secrets(facts: Facts, index: int, block: dict[str, Any]) -> Iterator[ConfigError]:
    for key in ("password_file", "key_file"):
        if key not in block:
            continue
        file = facts.document.folder_of(("broker", index)) / block[key]
        if file.is_file() and file.stat().st_mode & _OTHERS:
            reason = f"{file.name} can be read or changed by other accounts of this computer."
            yield facts.document.mistake(("broker", index, key), reason, f"Next: chmod 640 {file.name}")


RULES: Final[tuple[Rule, ...]] = (
    _shared_topics,
    _slow_devices,
    _slow_cuffs,
    _serial_lines,
    _missing_recordings,
    _brokers,
)
