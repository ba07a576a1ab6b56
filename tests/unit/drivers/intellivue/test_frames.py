"""Messages: the recorded connect indication, times, and what is refused."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.intellivue.conformance import CONFORMANCE, created, message, numeric
from vitalwatch_drivers.intellivue.decoder import unframed
from vitalwatch_drivers.intellivue.frames import (
    ConnectIndication,
    Event,
    Poll,
    Refusal,
    Result,
    Session,
    SessionKind,
    parse,
    parse_stamp,
    parse_text,
)
from vitalwatch_drivers.intellivue.system import Identity, Service, read_identity

CAPTURES = "captures/philips-intellivue"
MESSAGES = [
    unframed(frame[1:-1]) or b""
    for sample in CONFORMANCE.samples
    for frame in sample.frames
    if isinstance(frame, bytes)
]


@pytest.fixture(scope="module")
def recorded(shared: Path) -> bytes:
    return (shared / CAPTURES / "connect-indication-udp-payload.bin").read_bytes()


@pytest.fixture(scope="module")
def event(recorded: bytes) -> Event:
    frame = parse(recorded)
    assert isinstance(frame, ConnectIndication)
    return frame.event


@pytest.fixture(scope="module")
def identity(event: Event) -> Identity:
    return read_identity(event.attributes)


def test_recorded_datagram_is_the_payload_of_the_recorded_packet(shared: Path, recorded: bytes) -> None:
    packet = (shared / CAPTURES / "connect-indication-ethernet.bin").read_bytes()
    assert len(packet) == 460
    assert packet[42:] == recorded
    assert len(recorded) == 418
    assert ".".join(map(str, packet[26:30])) == "192.168.247.101"
    assert ".".join(map(str, packet[30:34])) == "224.0.23.63"
    assert packet[34:38] == (24005).to_bytes(2, "big") * 2


def test_recorded_headers(recorded: bytes, event: Event) -> None:
    assert recorded[:4].hex() == "00000100"
    assert recorded[4:8].hex() == "0001019a"
    assert int.from_bytes(recorded[6:8], "big") == 410
    assert int.from_bytes(recorded[12:14], "big") == 404
    assert int.from_bytes(recorded[26:28], "big") == 390
    assert int.from_bytes(recorded[30:32], "big") == 386
    assert event.invoke_id == 0
    assert not event.confirmed
    assert event.event == 3351 == 0x0D17


def test_recorded_object_is_a_composed_mds_without_context_and_handle(event: Event) -> None:
    # The README of the captures says 33; the bytes say 0x23, a composed MDS of a single bed.
    assert event.object_id == (0x23, 0, 0)


def test_recorded_relative_time(event: Event) -> None:
    assert event.ticks == 155549440
    assert event.ticks / 8000 == 19443.68


def test_recorded_attributes_are_sixteen_and_nothing_is_left(recorded: bytes, event: Event) -> None:
    assert recorded[28:30] == b"\x00\x10"
    assert len(event.attributes) == 16
    assert sum(4 + len(value) for value in event.attributes.values()) == 386 == len(recorded) - 32


def test_recorded_system_type(identity: Identity) -> None:
    assert identity.partition == 1
    assert identity.type == 4429 == 0x114D


def test_recorded_services(identity: Identity) -> None:
    assert len(identity.services) == 5
    assert Service(1, 1, 24105, 0) in identity.services
    assert Service(5, 1, 0x5E29, 0) in identity.services


def test_recorded_network(identity: Identity) -> None:
    assert identity.mac == "00:09:fb:88:c1:bd"
    assert identity.address == "192.168.247.101"
    assert identity.mask == "255.255.0.0"


def test_recorded_model_and_software(identity: Identity) -> None:
    assert identity.maker == "Philips"
    assert identity.model == "866062"
    assert identity.serial == "DE351A4061"
    assert identity.software == "S-M8003-1402A"
    assert identity.revision == "L.01.18"


def test_an_identity_of_nothing_is_empty() -> None:
    assert read_identity({}).shown == ""


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ("2026030212003955", "2026-03-02T12:00:39"),
        ("2020010100000000", "2020-01-01T00:00:00"),
        ("2019123123595999", None),  # before 2020: not set
        ("1990010100000000", None),
        ("ffffffffffffffff", None),
        ("2026130212003955", None),
        ("2026022912003955", None),
        ("20260302120039", None),
        ("", None),
    ],
)
def test_absolute_times(raw: str, label: str | None) -> None:
    stamp = parse_stamp(bytes.fromhex(raw))
    assert (stamp.label if stamp else None) == label


@pytest.mark.parametrize("kind", list(SessionKind))
def test_messages_about_the_association(kind: SessionKind) -> None:
    assert parse(bytes((kind, 2, 1, 2))) == Session(kind)
    assert parse(bytes((kind, 0xFF, 0, 2, 1, 2))) == Session(kind)
    with pytest.raises(DecodeError):
        parse(bytes((kind, 3, 1, 2)))


def test_a_refused_request() -> None:
    assert parse(bytes.fromhex("e1000002 0003 0006 0009 0002 0000")) == Refusal(9, 2)


def test_an_mds_create_event() -> None:
    frame = parse(created(0x4000))
    assert isinstance(frame, Event)
    assert (frame.confirmed, frame.event, frame.attributes) == (True, 0x0D06, {0x0946: b"\x40\x00"})


def test_a_result_that_is_no_poll_is_read_without_one() -> None:
    assert parse(bytes.fromhex("e1000002 0002 0006 0005 0005 0000")) == Result(5, None, None)
    other = bytes.fromhex("e1000002 0002 0010 0005 0007 000a 002100000000 0c99 0000")
    assert parse(other) == Result(5, None, None)


def test_a_poll_tells_its_objects() -> None:
    frame = parse(message(numeric(0x4BB8, 0x0220, "00000061"), link="0102", invoke=7, action=0xF13B))
    assert isinstance(frame, Result)
    assert (frame.invoke_id, frame.link) == (7, (1, 2))
    assert isinstance(frame.poll, Poll)
    assert (frame.poll.ticks, frame.poll.kind) == (155549440, 6)
    assert [(one.context, one.handle) for one in frame.poll.objects] == [(0, 0x4BB8)]


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "e1",
        "e1000002",
        "00000200 0001 0000",
        "e1000002 0009 0000",
        "e1000002 0002 0006 0005 0005 0000 00",  # longer than it says
        "e1000002 0001 0006 0001 0007 0000",  # a monitor does not ask
        "00000100 0002 0006 0005 0005 0000",  # an announcement that is no event
    ],
)
def test_what_is_no_message_is_refused(raw: str) -> None:
    with pytest.raises(DecodeError) as caught:
        parse(bytes.fromhex(raw))
    assert caught.value.protocol == "intellivue"


def test_texts_lose_their_padding() -> None:
    raw = "SpO\u2082 ".encode("utf-16-be") + b"\0\0"
    assert parse_text(len(raw).to_bytes(2, "big") + raw) == "SpO\u2082"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for raw in (data, b"\xe1\x00\x00\x02" + data):
        with suppress(DecodeError):  # anything else that is raised fails the test
            assert parse(raw) == parse(raw)


@given(st.sampled_from(MESSAGES), st.data())
def test_a_message_that_ends_early_is_refused(whole: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(DecodeError):
        parse(whole[:cut])
