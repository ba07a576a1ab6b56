"""What was found, written as a clinic file that ``vitalwatch check`` accepts. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from vitalwatch.detect.listen import PortReport, link_of
from vitalwatch.detect.score import Confidence
from vitalwatch.detect.topics import BrokerReport, TopicReport, link_of_topic
from vitalwatch.detect.words import SURENESS, values_text

_HEADING: Final = """\
# What vitalwatch detect has heard, as a clinic file. Save it, put in your own names, then:
#
#     vitalwatch check FILE
#     vitalwatch run FILE
#
# Every device has got a chair of its own. When two stand at one chair, give both the same  chair = "..."  and take
# the other [[chair]] block out.
"""


class _Device(msgspec.Struct, frozen=True):
    """One device for the file: comments, driver, link, and the lines of its options."""

    comments: list[str]
    driver: str
    link: str
    options: list[str] = []


def snippet(ports: Iterable[PortReport], broker: BrokerReport | None) -> str:
    """A commented clinic file with a chair for each device that was found; empty if there was none."""
    devices = [*_on_ports(ports), *(_on_topics(broker) if broker else ())]
    if not devices:
        return ""
    return "\n".join([_HEADING, *(_block(device, number) for number, device in enumerate(devices, start=1))])


def _on_ports(ports: Iterable[PortReport]) -> Iterator[_Device]:
    for report in ports:
        score, settings = report.verdict.score, report.verdict.settings
        if score is None or settings is None:
            continue
        comments = [
            f"{score.title}: {SURENESS[report.verdict.confidence]}. {values_text(score.values)}",
            f"{score.readings} readings, {score.bad_frames} bad frames, {score.understood} of {score.heard} bytes.",
        ]
        if report.port.adapter:
            comments.append(f"The adapter: {report.port.adapter}.")
        if not report.port.stable:
            comments.append("This name may go to another adapter at the next start: see /dev/serial/by-id for others.")
        yield _Device(comments, score.driver, link_of(report.port, settings).text)


def _on_topics(broker: BrokerReport) -> Iterator[_Device]:
    for report in broker.topics:
        if report.confidence is Confidence.NONE:
            continue
        comments = [
            f"JSON with vitals, by names and values: {SURENESS[report.confidence]}. {values_text(report.values)}",
            "Compare the mapping below with the monitor's own screen before you rely on it.",
        ]
        link = link_of_topic(broker.url, report.topic)
        yield _Device(comments, report.driver, link, _options(report, broker.seconds))


def _options(report: TopicReport, seconds: float) -> list[str]:
    options = report.options
    period = "the longest gap between two messages, seconds"
    if report.messages == 1:
        period = f"only one message came in {seconds:g} s: put in the real time between two, seconds"
    lines = ["[device.options]", _setting("period_s", options["period_s"], period)]
    for name, meaning in (("time", "when the message was sent"), ("cuff_time", "when the cuff measured")):
        lines.append(_setting(name, options[name], meaning if options[name] else "the messages do not say it"))
    lines += ["", "[device.options.vitals]"]
    for vital, path in options["vitals"].items():
        now = f"{report.values[vital]:g} now" if vital in report.values else "no value now"
        lines.append(_setting(vital, path, now))
    return lines


def _block(device: _Device, number: int) -> str:
    lines = [
        "[[chair]]",
        f'id = "{number}"',
        "",
        *(f"# {_one_line(comment)}" for comment in device.comments),
        "[[device]]",
        f"id = {_toml(f'{device.driver[:24]}-{number}')}",
        f'chair = "{number}"',
        f"driver = {_toml(device.driver)}",
        f"link = {_toml(device.link)}",
    ]
    if device.options:
        lines += ["", *device.options]
    return "\n".join(lines) + "\n"


def _setting(name: str, value: str | float, comment: str) -> str:
    return f"{name} = {_toml(value)}    # {comment}"


def _toml(value: Any) -> str:
    """A text or number as TOML has it: JSON's form, but for the one control character that JSON lets stand."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
