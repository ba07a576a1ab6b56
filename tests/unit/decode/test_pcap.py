"""Network captures in both byte orders, of several kinds of network."""

from __future__ import annotations

import struct
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.decode.containers import take_apart
from vitalwatch.decode.delivery import Pace
from vitalwatch.decode.pcap import read_pcap
from vitalwatch.driver import DriverInfo, Message
from vitalwatch.errors import CaptureError
from vitalwatch.model import Vital

MONITOR, HOST = b"\xc0\xa8\x00\xc3", b"\xc0\xa8\x00\x65"
TO_HOST = "192.168.0.195:4601 > 192.168.0.101:50000"


def udp(payload: bytes, source: int = 4601, target: int = 50000) -> bytes:
    return struct.pack(">4H", source, target, 8 + len(payload), 0) + payload


def tcp(payload: bytes, sequence: int = 0, source: int = 4601, target: int = 50000) -> bytes:
    return struct.pack(">HHIIBBHHH", source, target, sequence % 2**32, 0, 6 << 4, 0, 0, 0, 0) + bytes(4) + payload


def ipv4(inside: bytes, protocol: int, *, fragment: int = 0, source: bytes = MONITOR, target: bytes = HOST) -> bytes:
    head = struct.pack(">BBHHHBBH", 0x46, 0, 24 + len(inside), 1, fragment, 64, protocol, 0)
    return head + source + target + bytes(4) + inside


def ipv6(inside: bytes, protocol: int) -> bytes:
    option = bytes([protocol, 0]) + bytes(6)
    return struct.pack(">IHBB", 6 << 28, len(option) + len(inside), 0, 64) + bytes(15) + b"\1" * 17 + option + inside


def ethernet(inside: bytes, kind: int = 0x0800) -> bytes:
    return bytes(12) + struct.pack(">H", kind) + inside


def pcap(*packets: bytes, order: str = "<", link: int = 1, nanoseconds: bool = False, step_s: float = 0.5) -> bytes:
    magic, unit = (0xA1B23C4D, 1e9) if nanoseconds else (0xA1B2C3D4, 1e6)
    file = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for number, packet in enumerate(packets):
        at_s = 1000 + number * step_s
        head = struct.pack(f"{order}4I", int(at_s), round(at_s % 1 * unit), len(packet), len(packet))
        file += head + packet
    return file


def payloads(file: bytes) -> list[bytes]:
    return [packet.payload for packet in read_pcap(file).packets]


def pace(takes: str) -> Pace:
    return Pace(DriverInfo("d", "D", ("D",), takes, (Vital.SPO2,), 1.0), 1.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
def test_both_byte_orders_and_both_kinds_of_stamps(order: str, nanoseconds: bool) -> None:
    packets = (ethernet(ipv4(udp(text), 17)) for text in (b"a", b"b"))
    first, second = read_pcap(pcap(*packets, order=order, nanoseconds=nanoseconds)).packets
    assert (first.payload, first.protocol, first.flow) == (b"a", "udp", TO_HOST)
    assert second.stamp_s - first.stamp_s == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize(
    ("link", "packet"),
    [
        (0, b"\x02\0\0\0" + ipv4(udp(b"x"), 17)),
        (1, ethernet(ipv4(udp(b"x"), 17) + b"padding")),
        (1, ethernet(b"\0\7" + struct.pack(">H", 0x0800) + ipv4(udp(b"x"), 17), 0x8100)),
        (1, ethernet(ipv6(udp(b"x"), 17), 0x86DD)),
        (101, ipv4(tcp(b"x"), 6)),
        (101, ipv6(tcp(b"x"), 6)),
        (113, bytes(14) + b"\x08\0" + ipv4(udp(b"x"), 17)),
        (276, b"\x08\0" + bytes(18) + ipv4(udp(b"x"), 17)),
    ],
)
def test_each_kind_of_network(link: int, packet: bytes) -> None:
    assert payloads(pcap(packet, link=link)) == [b"x"]


@pytest.mark.parametrize(
    "packet",
    [
        ethernet(b"who has", 0x0806),
        ethernet(ipv4(b"ping", 1)),
        ethernet(ipv4(udp(b"x"), 17, fragment=0x2000)),
        ethernet(ipv4(udp(b"x"), 17, fragment=10)),
        ethernet(ipv4(udp(b"long enough"), 17))[:-3],
        b"",
    ],
)
def test_what_is_no_whole_datagram_is_left_out_and_counted(packet: bytes) -> None:
    found = read_pcap(pcap(packet, ethernet(ipv4(udp(b"x"), 17))))
    assert [each.payload for each in found.packets] == [b"x"]
    assert found.skipped == 1


@pytest.mark.parametrize("missing", [1, 30])
def test_a_file_that_was_cut_gives_what_is_whole(missing: int) -> None:
    found = read_pcap(pcap(*(ethernet(ipv4(udp(text), 17)) for text in (b"a", b"b")))[:-missing])
    assert [packet.payload for packet in found.packets] == [b"a"]
    assert found.skipped == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\x0a\x0d\x0d\x0a" + bytes(40), "editcap"), (b"no capture", "--as"), (pcap(link=105), "link type 105")],
)
def test_what_cannot_be_read_is_refused_with_the_next_step(data: bytes, words: str) -> None:
    with pytest.raises(CaptureError, match=words):
        read_pcap(data)


@given(st.data())
def test_a_tcp_stream_comes_out_once_however_it_was_cut_and_repeated(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 20), min_size=1, max_size=10))
    text = bytes(n % 256 for n in range(sum(sizes)))
    start = data.draw(st.sampled_from([0, 2**32 - 15]))  # numbers begin again within the stream
    edges = list(accumulate(sizes, initial=0))
    segments = [(start + a, text[a:b]) for a, b in pairwise(edges)]
    for place in data.draw(st.lists(st.integers(0, len(segments) - 1), max_size=4)):
        segments.insert(place + 1, segments[place])  # sent again at once
    file = pcap(*(ethernet(ipv4(tcp(part, sequence), 6)) for sequence, part in segments))
    taken = take_apart("pcap", file, pace("stream"))
    assert b"".join(bytes(delivery.data) for delivery in taken.deliveries) == text  # type: ignore[arg-type]


def test_a_lost_tcp_segment_leaves_a_gap_and_the_rest_goes_on() -> None:
    file = pcap(*(ethernet(ipv4(tcp(text, sequence), 6)) for sequence, text in ((0, b"ab"), (10, b"kl"), (12, b"m"))))
    assert [delivery.data for delivery in take_apart("pcap", file, pace("stream")).deliveries] == [b"ab", b"kl", b"m"]


def test_of_a_tcp_connection_the_side_that_says_most_is_read_and_the_other_named() -> None:
    question = ethernet(ipv4(tcp(b"?", source=50000, target=4601), 6, source=HOST, target=MONITOR))
    answer = ethernet(ipv4(tcp(b"answer"), 6))
    taken = take_apart("pcap", pcap(question, answer), pace("stream"))
    assert [delivery.data for delivery in taken.deliveries] == [b"answer"]
    assert taken.notices == (f"Read: {TO_HOST}.", "Left out: 192.168.0.101:50000 > 192.168.0.195:4601.")


def test_datagrams_are_messages_at_their_own_times() -> None:
    file = pcap(*(ethernet(ipv4(udp(text), 17)) for text in (b"a", b"b")), step_s=1.5)
    assert list(take_apart("pcap", file, pace("messages")).deliveries) == [(0.0, Message(b"a")), (1.5, Message(b"b"))]


def test_a_capture_without_a_payload_is_refused() -> None:
    with pytest.raises(CaptureError, match="carries"):
        take_apart("pcap", pcap(ethernet(ipv4(tcp(b""), 6))), pace("stream"))


@given(st.binary(max_size=300))
def test_any_bytes_after_a_header_are_read_without_a_failure(data: bytes) -> None:
    read_pcap(pcap() + data)


def test_a_real_session_of_a_monitor_is_read_whole(shared: Path) -> None:
    """The first 27 packets of a GE Dash 4000, by the notes that go with them."""
    file = (shared / "captures" / "ge-unity-udp" / "dash4000-first27.pcap").read_bytes()
    found = read_pcap(file)
    assert (len(found.packets), found.skipped) == (27, 0)
    sent = [number for number, packet in enumerate(found.packets) if packet.flow.startswith("192.168.0.195:")]
    vitals = [number for number in sent if ":3073" in found.packets[number].flow]
    assert vitals == [2, 14, 24]
    waves = [packet for packet in found.packets if ":3009 >" in packet.flow]
    assert [packet.payload[:2] for packet in waves] == [number.to_bytes(2, "big") for number in range(1167, 1186)]
    assert [after.stamp_s - before.stamp_s for before, after in pairwise(waves)] == pytest.approx([0.25] * 18, abs=0.01)
