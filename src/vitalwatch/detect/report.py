"""What detection found, as tables for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vitalwatch.detect.listen import PortReport
from vitalwatch.detect.score import Confidence, Heard
from vitalwatch.detect.topics import BrokerReport, TopicReport
from vitalwatch.detect.words import SURENESS, port_text, settings_text, topic_text, tried_text

NO_PORTS = (
    "There is no serial port on this computer. Plug the adapter in, or name the port:  vitalwatch detect /dev/ttyUSB0"
)


class Finds(msgspec.Struct, frozen=True):
    """Everything that one run of detection found.

    Attributes:
        ports: what came of each serial port.
        broker: what came of the broker, if one was asked for.
        config: the finds as a clinic file; empty when there were none.
        notices: sentences about what could not be tried.
    """

    ports: tuple[PortReport, ...]
    broker: BrokerReport | None
    config: str
    notices: tuple[str, ...] = ()

    @property
    def recognised(self) -> bool:
        """Whether anything was."""
        return bool(self.config)

    @property
    def deaf(self) -> bool:
        """Whether there was something to listen to, and none of it could be listened to."""
        errors = [report.error for report in self.ports] + ([self.broker.error] if self.broker else [])
        return bool(errors) and all(errors)


def show(finds: Finds, out: Console) -> None:
    """Print the finds for people; the config, which may be copied, comes last."""
    if finds.ports:
        out.print(_port_table(finds.ports))
        for report in finds.ports:
            _show_tried(report, out)
    elif finds.broker is None:
        out.print(NO_PORTS)
    if finds.broker is not None:
        _show_broker(finds.broker, out)
    for notice in finds.notices:
        out.print(notice, markup=False, highlight=False)
    if finds.config:
        out.print()
        out.print(finds.config, markup=False, highlight=False, soft_wrap=True, end="")


def to_json(finds: Finds) -> str:
    """The finds as one JSON object."""
    broker = finds.broker
    return msgspec.json.encode(
        {
            "ports": [_port_json(report) for report in finds.ports],
            "broker": None
            if broker is None
            else {
                "link": broker.url,
                "error": broker.error or None,
                "messages_left_out": broker.left_out,
                "topics": [_topic_json(topic) for topic in broker.topics],
            },
            "notices": finds.notices,
            "config": finds.config,
        }
    ).decode()


def _port_table(reports: Sequence[PortReport]) -> Table:
    table = Table("Port", "Adapter", "What it is", title="Serial ports", title_justify="left")
    table.columns[0].overflow = "fold"
    for report in reports:
        port = report.port
        name = f"{port.path}\n({port.device})" if port.stable else port.path
        table.add_row(Text(name), Text(port.adapter or "-"), Text(port_text(report)))
    return table


def _show_tried(report: PortReport, out: Console) -> None:
    """How a port was listened to that was not recognised: the next person to look wants to see the bytes."""
    if report.error or report.verdict.confidence is not Confidence.NONE:
        return
    out.print(f"Tried on {report.port.path}:", markup=False, highlight=False)
    for heard in report.heard:
        out.print(f"  {tried_text(heard)}", markup=False, highlight=False)


def _show_broker(broker: BrokerReport, out: Console) -> None:
    if broker.error:
        out.print(broker.error, markup=False, highlight=False)
    if not broker.topics:
        if not broker.error:
            out.print(f"No message came from {broker.url} in {broker.seconds:g} s.", markup=False, highlight=False)
        return
    table = Table("Topic", "Messages", "What it is", title=f"Topics of {broker.url}", title_justify="left")
    table.columns[0].overflow = "fold"
    for topic in broker.topics:
        old = f"\n+ {topic.retained} old" if topic.retained else ""
        table.add_row(Text(topic.topic), f"{topic.messages}{old}", Text(topic_text(topic)))
    out.print(table)
    if broker.left_out:
        out.print(f"{broker.left_out} messages came on more topics than fit here: name a narrower filter.")


def _port_json(report: PortReport) -> dict[str, Any]:
    verdict = report.verdict
    score = verdict.score
    return {
        "path": report.port.path,
        "device": report.port.device,
        "vendor": report.port.vendor,
        "product": report.port.product,
        "says": port_text(report),
        "confidence": SURENESS[verdict.confidence],
        "driver": score.driver if score else None,
        "settings": verdict.settings,
        "values": score.values if score else {},
        "statuses": score.statuses if score else (),
        "demo": score.demo if score else False,
        "rivals": verdict.rivals,
        "error": report.error or None,
        "tried": [_heard_json(heard) for heard in report.heard],
    }


def _heard_json(heard: Heard) -> dict[str, Any]:
    return {
        "settings": heard.settings,
        "line": settings_text(heard.settings),
        "probed": heard.probed or None,
        "bytes": heard.count,
        "preview": heard.preview.hex(" "),
        "echo": heard.echo,
        "error": heard.error or None,
        "drivers": [
            {
                "driver": score.driver,
                "readings": score.readings,
                "frames": score.frames,
                "bad_frames": score.bad_frames,
                "dropped_bytes": score.heard - score.understood,
                "share": round(score.share, 3),
                "fault": score.fault or None,
            }
            for score in heard.scores
        ],
    }


def _topic_json(topic: TopicReport) -> dict[str, Any]:
    return {
        "topic": topic.topic,
        "messages": topic.messages,
        "retained": topic.retained,
        "preview": topic.preview.hex(" "),
        "says": topic_text(topic),
        "confidence": SURENESS[topic.confidence],
        "driver": topic.driver or None,
        "options": topic.options,
        "values": topic.values,
        "statuses": topic.statuses,
        "demo": topic.demo,
    }
