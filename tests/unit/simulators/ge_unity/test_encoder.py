"""Datagrams of the simulated monitor against bytes of the recording's layout, written out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch.decode.pcap import read_pcap
from vitalwatch_simulators.ge_unity import encoder as e

ADDRESS = b"\xc0\xa8\x00\xc3"


@pytest.fixture(scope="module")
def recorded(shared: Path) -> list[bytes]:
    capture = shared / "captures/ge-unity-udp/dash4000-first27.pcap"
    return [packet.payload for packet in read_pcap(capture.read_bytes()).packets]


def test_values_have_the_recorded_length_and_the_recorded_numbers_in_their_places(recorded: list[bytes]) -> None:
    st_segments = map(e.st_segment, (0x56, 0x57, 0x58, 0x59))
    parameters = [e.ecg(None), e.oximeter(97, 64), e.cuff(e.INVALID, e.INVALID, e.INVALID), *st_segments]
    made, real = e.values(ADDRESS, 0x51, 0, 3, parameters), recorded[2]
    assert len(made) == len(real) == 616
    assert made[:126] == real[:126]
    for block in range(126, 616, 70):
        for part in (slice(0, 2), slice(4, 10), slice(30, 42), slice(64, 66)):  # code, numbers, limits, module
            assert made[block:][part] == real[block:][part]


def test_an_alarm_is_the_recorded_one(recorded: list[bytes]) -> None:
    assert e.alarm(ADDRESS, "HOME|B-01", 3, 0x3A, "ABLTG AUSFALL", 0xB6) == recorded[0]


def test_curves_are_the_recorded_ones(recorded: list[bytes]) -> None:
    pleth = [int.from_bytes(recorded[1][at : at + 2], "big") for at in range(46, 46 + 15 * 44, 44)]
    assert pleth[:5] == [624, 624, 608, 608, 600]
    assert e.waves(1167, pleth) == recorded[1]


def test_a_discovery_is_88_bytes_with_place_and_name_where_they_belong() -> None:
    made = e.discovery(ADDRESS, "HOME|B-01", "LAST,FIRST", 0x5CCEB324)
    assert len(made) == 88
    assert made[:12].hex() == "01040000c0a800c35cceb324"
    assert made[12:28] == b"HOME|B-01".ljust(16, b"\0")
    assert made[28:44] == b"LAST,FIRST".ljust(15, b"\0") + b"\x07"


def test_the_cuff_is_sent_mean_first() -> None:
    made = e.values(ADDRESS, 1, 0, 0, [e.cuff(93, 120, 80)])
    assert made[130:136].hex() == "005d00780050"
