"""Messages that a broker sends again, told from those that only look the same."""

from __future__ import annotations

from paho.mqtt.client import MQTTMessage

from vitalwatch.links.mqtt_connection import Repeats


def message(
    payload: bytes = b"97", *, mid: int = 1, qos: int = 1, dup: bool = False, topic: bytes = b"a"
) -> MQTTMessage:
    made = MQTTMessage(mid, topic)
    made.payload, made.qos, made.dup = payload, qos, dup
    return made


def told(*messages: MQTTMessage) -> list[bool]:
    repeats = Repeats()
    return [repeats.is_one(one) for one in messages]


def test_a_marked_message_that_was_taken_is_a_repeat() -> None:
    assert told(message(), message(dup=True), message(dup=True)) == [False, True, True]


def test_a_marked_message_that_never_came_before_is_taken() -> None:
    assert told(message(dup=True), message(dup=True)) == [False, True]


def test_the_same_value_again_is_not_a_repeat() -> None:
    assert told(message(mid=1), message(mid=2), message(mid=1)) == [False, False, False]


def test_a_packet_number_used_anew_forgets_what_it_stood_for() -> None:
    assert told(message(b"97"), message(b"96"), message(b"97", dup=True)) == [False, False, False]


def test_the_same_payload_under_another_topic_is_not_a_repeat() -> None:
    assert told(message(), message(dup=True, topic=b"b")) == [False, False]


def test_quality_0_knows_no_repeats() -> None:
    assert told(message(mid=0, qos=0), message(mid=0, qos=0)) == [False, False]
