"""Payloads of a network capture in the classic pcap format (tcpdump, Wireshark's "pcap"). Pure.

Sources: the pcap savefile format (pcap-savefile(5)) with its link types, RFC 791, 8200, 768, 9293. Only the headers up
to the payload are read; checksums are not looked at, since capturing hosts often leave them to the network card.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple

from vitalwatch.errors import CaptureError

MAGICS: Final = {
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
}
"""First bytes of a file: byte order, and the unit of a stamp's second half in seconds."""

PCAPNG: Final = b"\x0a\x0d\x0d\x0a"

_FILE_HEADER: Final = 24
_PACKET_HEADER: Final = 16
_IPV4: Final = 0x0800
_IPV6: Final = 0x86DD
_VLANS: Final = (0x8100, 0x88A8)
_TCP: Final = 6
_UDP: Final = 17
_IPV6_OPTIONS: Final = (0, 43, 60)
"""IPv6 extension headers that may stand before the payload: hop by hop, routing, destination."""

_WRAP: Final = 1 << 32


class Packet(NamedTuple):
    """The payload of one UDP datagram or TCP segment.

    Attributes:
        stamp_s: when it was captured, seconds since 1970.
        protocol: of its payload.
        flow: who sent it to whom, as ``address:port > address:port``.
        payload: may be empty.
        sequence: TCP: number of the payload's first byte; UDP: 0.
    """

    stamp_s: float
    protocol: Literal["tcp", "udp"]
    flow: str
    payload: bytes
    sequence: int = 0


class NetworkCapture(NamedTuple):
    """What a file holds.

    Attributes:
        packets: with a payload, in the file's order.
        skipped: packets that hold neither UDP nor TCP, or only a part of one, and a last one that was cut.
    """

    packets: list[Packet]
    skipped: int


def read_pcap(data: bytes) -> NetworkCapture:
    """Read a file's packets.

    Raises:
        CaptureError: if it is no classic pcap file, or of a kind of network that is not known here.
    """
    if data[:4] == PCAPNG:
        raise CaptureError(
            "This is a pcapng file; only the older pcap format is read. Change it: editcap -F pcap FILE NEW.pcap."
        )
    if data[:4] not in MAGICS or len(data) < _FILE_HEADER:
        raise CaptureError("This is not a pcap file. Name its true form with --as.")
    order, unit_s = MAGICS[data[:4]]
    link = struct.unpack_from(f"{order}I", data, 20)[0] & 0xFFFF
    network_of = _LINKS.get(link)
    if network_of is None:
        raise CaptureError(f"The capture is of link type {link}; Ethernet, Linux cooked, loopback and raw IP are read.")
    packets: list[Packet] = []
    skipped = 0
    place = _FILE_HEADER
    while place < len(data):
        if place + _PACKET_HEADER > len(data):
            skipped += 1
            break
        seconds, part, kept, _ = struct.unpack_from(f"{order}4I", data, place)
        place += _PACKET_HEADER
        raw = data[place : place + kept]
        place += kept
        packet = _packet(seconds + part * unit_s, raw, network_of) if len(raw) == kept else None
        if packet is None:
            skipped += 1
        elif packet.payload:
            packets.append(packet)
    return NetworkCapture(packets, skipped)


def in_order(segments: list[Packet]) -> Iterator[Packet]:
    """One TCP flow's payloads as a reader would have had them: what was sent twice is left out.

    A gap, from a packet that was not captured, stays one: the driver finds its feet again.
    """
    expected: int | None = None
    for segment in segments:
        known = 0 if expected is None else (expected - segment.sequence) % _WRAP
        if known >= _WRAP // 2:  # lies ahead of what was expected
            known = 0
        if known < len(segment.payload):
            yield segment._replace(payload=segment.payload[known:])
            expected = (segment.sequence + len(segment.payload)) % _WRAP


def by_flow(packets: list[Packet]) -> dict[str, list[Packet]]:
    """Packets by who sent them to whom; the flow with the most bytes first."""
    flows: defaultdict[str, list[Packet]] = defaultdict(list)
    for packet in packets:
        flows[packet.flow].append(packet)
    return dict(sorted(flows.items(), key=lambda item: -sum(len(packet.payload) for packet in item[1])))


def _packet(stamp_s: float, raw: bytes, network_of: Callable[[bytes], tuple[int, int]]) -> Packet | None:
    """The UDP or TCP payload of a packet; none when it holds no whole one."""
    try:
        kind, start = network_of(raw)
        if kind == _IPV4:
            return _ipv4(stamp_s, raw[start:])
        if kind == _IPV6:
            return _ipv6(stamp_s, raw[start:])
    except (struct.error, IndexError):  # cut short by the capturing program, or nonsense
        return None
    return None


def _ipv4(stamp_s: float, raw: bytes) -> Packet | None:
    header = (raw[0] & 0x0F) * 4
    total, _, fragment = struct.unpack_from(">HHH", raw, 2)
    if fragment & 0x3FFF or total > len(raw):  # a part of a datagram: "more fragments", or not the first of them
        return None
    # A total of 0 is left to the network card to fill in (segmentation offload).
    source, target = (".".join(map(str, raw[at : at + 4])) for at in (12, 16))
    return _transport(stamp_s, raw[9], source, target, raw[header : total or len(raw)])


def _ipv6(stamp_s: float, raw: bytes) -> Packet | None:
    length, following = struct.unpack_from(">HB", raw, 4)
    if 40 + length > len(raw):
        return None
    source, target = (f"[{raw[at : at + 16].hex(':', 2)}]" for at in (8, 24))
    place = 40
    while following in _IPV6_OPTIONS:
        following, place = raw[place], place + (raw[place + 1] + 1) * 8
    return _transport(stamp_s, following, source, target, raw[place : 40 + length])


def _transport(stamp_s: float, protocol: int, source: str, target: str, raw: bytes) -> Packet | None:
    if protocol not in (_TCP, _UDP):
        return None
    sender, receiver = struct.unpack_from(">HH", raw)
    flow = f"{source}:{sender} > {target}:{receiver}"
    if protocol == _UDP:
        length = struct.unpack_from(">H", raw, 4)[0]
        return Packet(stamp_s, "udp", flow, raw[8:length]) if 8 <= length <= len(raw) else None
    sequence = struct.unpack_from(">I", raw, 4)[0]
    return Packet(stamp_s, "tcp", flow, raw[(raw[12] >> 4) * 4 :], sequence)


def _ethernet(raw: bytes) -> tuple[int, int]:
    place = 12
    while (kind := struct.unpack_from(">H", raw, place)[0]) in _VLANS:
        place += 4
    return kind, place + 2


def _raw_ip(raw: bytes) -> tuple[int, int]:
    return (_IPV6 if raw[0] >> 4 == 6 else _IPV4), 0


def _cooked(raw: bytes) -> tuple[int, int]:
    return struct.unpack_from(">H", raw, 14)[0], 16


def _cooked_2(raw: bytes) -> tuple[int, int]:
    return struct.unpack_from(">H", raw)[0], 20


def _loopback(raw: bytes) -> tuple[int, int]:
    # Four bytes that name the address family in the order of whichever host it was; the packet itself says it better.
    return _raw_ip(raw[4:])[0], 4


_LINKS: Final = {
    0: _loopback,
    1: _ethernet,
    12: _raw_ip,
    14: _raw_ip,
    101: _raw_ip,
    113: _cooked,
    276: _cooked_2,
}
"""Where the network header begins and what it is, by the file's link type."""
