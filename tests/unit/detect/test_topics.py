"""What is said of the topics of a broker, with messages given by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.detection_cases import HOUSE
from vitalwatch.detect.score import Confidence
from vitalwatch.detect.topics import (
    KEPT_MESSAGES,
    LONGEST_MESSAGE,
    MOST_TOPICS,
    Hearing,
    TopicReport,
    broker_link,
    link_of_topic,
)
from vitalwatch.driver import Message
from vitalwatch.errors import ConfigError, LinkError
from vitalwatch.link_url import parse_link


class HandClock:
    speed = 1.0
    at = 0.0

    def now(self) -> float:
        return self.at

    def wall(self) -> datetime:
        return datetime(2026, 3, 2, tzinfo=UTC)


def hear(*payloads: Any, every_s: float = 1.0, topic: str = "ward/1", retained: bool = False) -> TopicReport:
    """The report on one topic after so many messages in 10 s."""
    clock = HandClock()
    hearing = Hearing(clock)
    for number, payload in enumerate(payloads):
        clock.at = number * every_s
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        hearing.received(Message(data, topic, retained))
    (report,) = hearing.reports(10.0)
    return report


OXIMETER = {"time": "2026-03-02T10:15:07Z", "spo2": 97, "pulse_rate": 71, "status": []}


def test_an_oximeter_is_sure_after_two_messages_and_says_its_values() -> None:
    report = hear(OXIMETER, {**OXIMETER, "spo2": 96})
    assert report.confidence is Confidence.SURE
    assert report.driver == "mqtt-json"
    assert report.values == {"spo2": 96, "pulse_rate": 71}
    assert report.options["vitals"] == {"spo2": "spo2", "pulse_rate": "pulse_rate"}
    assert report.options["time"] == "time"


def test_one_message_is_likely_at_best() -> None:
    assert hear(OXIMETER).confidence is Confidence.LIKELY


def test_an_oximeter_whose_sensor_is_off_is_told_without_values() -> None:
    off = {"spo2": None, "pulse_rate": None, "status": ["sensor_off"]}
    report = hear(off, off)
    assert report.confidence is Confidence.LIKELY
    assert report.values == {}
    assert report.statuses == ("sensor_off",)


def test_numbers_beside_sensor_off_are_not_shown_as_values() -> None:
    stale = {"spo2": 97, "pulse_rate": 71, "status": ["sensor_off"]}
    assert hear(stale, stale).values == {}


def test_a_demo_is_told() -> None:
    assert hear({**OXIMETER, "mode": "demo"}).demo
    assert not hear(OXIMETER).demo


@pytest.mark.parametrize(
    ("every_s", "period_s"), [(0.5, 1.0), (1.05, 1.0), (1.9, 2.0), (5.0, 5.0), (6.0, 10.0), (200.0, 200.0)]
)
def test_the_period_is_the_longest_gap_rounded(every_s: float, period_s: float) -> None:
    assert hear(OXIMETER, OXIMETER, OXIMETER, every_s=every_s).options["period_s"] == period_s


def test_a_reading_stamped_with_the_messages_own_time_gets_no_time_of_its_own() -> None:
    report = hear({"time": "2026-03-02T10:15:07Z", "systolic": 124, "diastolic": 78})
    assert report.options["time"] == "time"
    assert report.options["cuff_time"] == ""


@pytest.mark.parametrize("name", HOUSE)
def test_other_publishers_of_a_house_are_not_claimed(name: str) -> None:
    report = hear(*HOUSE[name])
    assert report.confidence is Confidence.NONE
    assert report.driver == ""
    assert report.note


def test_a_retained_message_is_no_sign_of_life() -> None:
    report = hear(OXIMETER, OXIMETER, retained=True)
    assert report.confidence is Confidence.NONE
    assert (report.messages, report.retained) == (0, 2)
    assert "retained" in report.note


def test_a_bare_value_is_named_by_its_topic() -> None:
    assert "spo2" in hear(b"97", topic="esp/sensor/spo2/state").note
    assert "spo2" not in hear(b"97", topic="esp/sensor/light/state").note


@pytest.mark.parametrize("payloads", [(OXIMETER, b"\xff\x00"), (b"x" * (LONGEST_MESSAGE + 1),)])
def test_what_cannot_be_read_is_not_guessed(payloads: tuple[Any, ...]) -> None:
    assert hear(*payloads).confidence is Confidence.NONE


def test_a_name_that_no_config_can_hold_is_told() -> None:
    assert "name" in hear(OXIMETER, OXIMETER, topic="ward/\x7f").note


def test_impossible_messages_are_not_claimed() -> None:
    assert hear({"spo2": 970, "pulse_rate": -40}, {"spo2": 970, "pulse_rate": -40}).confidence is Confidence.NONE


def test_memory_is_bounded_and_what_is_left_out_is_counted() -> None:
    hearing = Hearing(HandClock())
    for number in range(MOST_TOPICS + 7):
        for _ in range(KEPT_MESSAGES + 5):
            hearing.received(Message(b"{}", f"t/{number}"))
    assert len(hearing.reports(10.0)) == MOST_TOPICS
    assert hearing.left_out == 7 * (KEPT_MESSAGES + 5)
    assert all(len(topic.fresh) == KEPT_MESSAGES for topic in hearing._topics.values())


@pytest.mark.asyncio
async def test_a_loss_ends_the_listening_and_keeps_what_was_heard() -> None:
    hearing = Hearing(HandClock())
    hearing.opened()
    hearing.received(Message(b"{}", "t"))
    hearing.lost(LinkError("gone", url="mqtt://x"))
    assert hearing.ended.is_set()
    assert hearing.error == "gone"
    assert len(hearing.reports(10.0)) == 1


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("mqtt://broker", "#"),
        ("mqtt://broker:1884/", "#"),
        ("mqtt://broker/#", "#"),
        ("mqtt://broker/ward/+", "ward/+"),
        ("mqtt://broker?client_id=me", "#"),
    ],
)
def test_a_broker_without_a_filter_means_every_topic(text: str, topic: str) -> None:
    assert broker_link(text).topic == topic


@pytest.mark.parametrize("text", ["", "broker", "serial:///dev/ttyUSB0", "mqtt://", "mqtt://user:secret@broker"])
def test_what_is_no_broker_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        broker_link(text)


@pytest.mark.parametrize("topic", ["ward/1", "/ward", "a b/ü", "50%20/what?", "$x/y"])
def test_the_link_of_a_topic_leads_to_it(topic: str) -> None:
    link = parse_link(link_of_topic("mqtt://broker:1884/#?client_id=me", topic))
    assert (link.host, link.port, link.topic) == ("broker", 1884, topic)
    assert link.options == parse_link("mqtt://broker/x?client_id=me").options
