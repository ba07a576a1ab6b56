"""The sentences of detection: what was heard and how sure it is, in plain words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from vitalwatch.detect.listen import PortReport
from vitalwatch.detect.score import Confidence, Heard
from vitalwatch.detect.topics import TopicReport
from vitalwatch.driver import LineSettings
from vitalwatch.model import CATALOGUE, Vital

SURENESS: Final = {Confidence.SURE: "sure", Confidence.LIKELY: "likely", Confidence.NONE: "undecided"}

ANSWERS: Final = "It answers as such a device does, but had no reading to tell: look at its own screen."

SILENT: Final = (
    "Silent. Check that the monitor is on, that its serial output is switched on, and that the cable is the right one "
    "(straight or crossed)."
)


def settings_text(settings: LineSettings) -> str:
    """Line settings as manuals write them: ``9600 8N1``."""
    return f"{settings.baud} {settings.bits}{settings.parity}{settings.stop:g}"


def values_text(values: Mapping[str, float]) -> str:
    """The present values: ``SpO2 97 %, PR 66 bpm now.``"""
    if not values:
        return "No usable value now."
    infos = {vital: CATALOGUE[Vital(vital)] for vital in values}
    return ", ".join(f"{infos[vital].label} {value:g} {infos[vital].unit}" for vital, value in values.items()) + " now."


def device_text(values: Mapping[str, float], statuses: Sequence[str], *, demo: bool) -> str:
    """What the device says at present: its values, what is the matter, and whether it is a patient at all."""
    said = [values_text(values)]
    if statuses:
        said.append(f"It says: {', '.join(statuses)}.")
    if demo:
        said.append("It is in demo or test mode: these are not a patient's values.")
    return " ".join(said)


def port_text(report: PortReport) -> str:
    """What is to be said of a port."""
    verdict = report.verdict
    if report.error:
        return report.error
    if verdict.score is not None and verdict.settings is not None:
        score = verdict.score
        said = device_text(score.values, score.statuses, demo=score.demo) if score.readings else ANSWERS
        return (
            f"Looks like {score.title}, at {settings_text(verdict.settings)} ({SURENESS[verdict.confidence]}). {said}"
        )
    if report.silent:
        return SILENT
    if verdict.rivals:
        return f"Undecided: it could be {' or '.join(verdict.rivals)}. Write the one that it is into the config."
    return "Something speaks here, but no installed driver understands it."


def tried_text(heard: Heard) -> str:
    """What was tried at one line setting, and what was heard."""
    at = f"{settings_text(heard.settings)}{f', asked as {heard.probed}' if heard.probed else ''}"
    if heard.error:
        return f"{at}: {heard.error}"
    if not heard.count:
        return f"{at}: nothing"
    best = max(heard.scores, key=lambda score: (score.readings, score.share), default=None)
    nearest = f"; best: {best.driver} with {best.readings} readings" if best is not None and best.readings else ""
    echo = "; only what was sent, as when the cable joins its two data wires" if heard.echo else ""
    faults = "".join(f"; {score.driver} failed ({score.fault})" for score in heard.scores if score.fault)
    return f"{at}: {heard.count} bytes{nearest}{echo}{faults}: {preview_text(heard.preview)}"


def topic_text(report: TopicReport) -> str:
    """What is to be said of a topic."""
    if report.confidence is Confidence.NONE:
        return f"{report.note[:1].upper()}{report.note[1:]}."
    said = device_text(report.values, report.statuses, demo=report.demo)
    return f"Looks like vitals in JSON ({SURENESS[report.confidence]}). {said}"


def preview_text(data: bytes) -> str:
    """Bytes as two columns that people know from hex dumps."""
    shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
    return f"{data.hex(' ')}  |{shown}|"
