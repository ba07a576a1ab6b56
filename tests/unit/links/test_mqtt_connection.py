"""Messages that a broker sends again, told from those that only look the same."""

from __future__ import annotations

import asyncio

import pytest
from paho.mqtt.client import MQTTMessage

from vitalwatch.driver import Message
from vitalwatch.link_url import parse_link
from vitalwatch.links.mqtt_connection import Repeats, Seat


class Sink:
    """Keeps what it is handed."""

    def __init__(self) -> None:
        self.got: list[object] = []

    def opened(self) -> None:
        self.got.append("opened")

    def received(self, data: object) -> None:
        self.got.append(data)


def handed_on(how: str, *messages: Message) -> list[object]:
    """What a device gets of these messages over a link with ``bytes=how``."""
    sink = Sink()

    async def deliver() -> None:
        seat = Seat(parse_link(f"mqtt://localhost/oximeter?bytes={how}"), sink)  # type: ignore[arg-type]
        for each in messages:
            seat.received(each)

    asyncio.run(deliver())
    return sink.got


@pytest.mark.parametrize(
    ("how", "payload"),
    [
        *(("hex", b"aa550f"), ("hex", b"AA 55 0F\n"), ("hex", b"AA:55:0F"), ("hex", b"AA-55-0f")),
        *(("base64", b"qlUP"), ("base64", b"qlUP\n"), ("raw", b"\xaa\x55\x0f")),
    ],
)
def test_payloads_become_the_bytes_of_a_stream(how: str, payload: bytes) -> None:
    assert handed_on(how, Message(payload)) == ["opened", b"\xaa\x55\x0f"]


@pytest.mark.parametrize(("how", "payload"), [("hex", b"aa5"), ("hex", b"zz"), ("hex", b"\xff"), ("base64", b"q")])
def test_a_payload_that_is_not_written_so_goes_on_as_it_came(how: str, payload: bytes) -> None:
    assert handed_on(how, Message(payload)) == ["opened", payload]


def test_a_retained_piece_of_a_stream_is_left_out() -> None:
    assert handed_on("hex", Message(b"aa", retained=True), Message(b"55")) == ["opened", b"\x55"]


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
