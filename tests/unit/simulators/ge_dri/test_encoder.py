"""The simulated DRI encoder against the specification's frames and the recorded layout."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from vitalwatch_simulators.ge_dri.encoder import (
    ALARM,
    AUTO,
    NO_DATA,
    PHYSIOLOGICAL,
    WAVE,
    Cuff,
    Request,
    Shown,
    alarms,
    auxiliary,
    displayed,
    frame,
    read_request,
)


def test_requests_of_the_specification_are_understood(shared: Path) -> None:
    lines = (shared / "captures/ge-dri/manual-request-frames.hex").read_text().splitlines()
    asked = [read_request(bytes.fromhex(line)[1:-1]) for line in lines if not line.startswith("#")]
    assert asked == [
        Request(PHYSIOLOGICAL, interval_s=10),
        Request(PHYSIOLOGICAL, interval_s=0),
        Request(WAVE, waves=(1,)),
    ]


@pytest.mark.parametrize("data", [b"", b"hello", bytes(50), bytes(72)])
def test_anything_else_is_no_request(data: bytes) -> None:
    assert read_request(data) is None


def test_a_request_with_a_bent_bit_or_of_another_kind_is_none(shared: Path) -> None:
    good = bytes.fromhex((shared / "captures/ge-dri/manual-request-frames.hex").read_text().splitlines()[1])[1:-1]
    assert read_request(good[:20] + b"\x01" + good[21:]) is None
    for place, value in ((14, 5), (18, 1), (40, 3)):  # another main type; no request; trends
        record = bytearray(good[:-1])
        record[place] = value
        assert read_request(bytes((*record, sum(record) % 256))) is None


def test_places_are_those_of_the_specification() -> None:
    shown = Shown(72, 9700, 71, 210, Cuff(AUTO, 12000, 8000, 9300, 70))
    part = displayed(1_900_000_000, shown)
    assert len(part) == 278
    assert struct.unpack_from("<I", part)[0] == 1_900_000_000
    assert struct.unpack_from("<IHh", part, 4) == (0b1011, 0x0012, 72)
    assert struct.unpack_from("<IH4h", part, 76) == (3, AUTO, 12000, 8000, 9300, 70)
    assert struct.unpack_from("<IH4h", part, 122) == (3, 0, 9700, 71, 210, NO_DATA)
    assert part[277] == 0  # Basic class
    assert len(auxiliary(5)) == 114
    assert len(alarms([])) == 510


def test_flags_inside_are_escaped_and_the_checksum_is_the_sum() -> None:
    data = frame(0x7E, 0x7D7E7D7E, ALARM, [(1, b"\x7e")])
    assert b"\x7e" not in data[1:-1]
    record = data[1:-1].replace(b"\x7d\x5e", b"\x7e").replace(b"\x7d\x5d", b"\x7d")
    assert struct.unpack_from("<h", record)[0] == 41 == len(record) - 1
    assert record[-1] == sum(record[:-1]) % 256
