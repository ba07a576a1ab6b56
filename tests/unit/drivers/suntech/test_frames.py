"""Packets of a SunTech module: the worked examples of its document, byte order, and what is refused."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.suntech.conformance import RESULT, packet, pressure, result
from vitalwatch_drivers.suntech.frames import (
    GET_PRESSURE,
    GET_RESULT,
    START_BP,
    Answer,
    Pressure,
    Result,
    parse_packet,
)


def lines(file: Path) -> list[bytes]:
    return [bytes.fromhex(line) for line in file.read_text().splitlines() if line and not line.startswith("#")]


@pytest.fixture
def examples(shared: Path) -> list[bytes]:
    return lines(shared / "captures/suntech-oem/frames.hex")


def test_requests_are_those_of_the_document(examples: list[bytes]) -> None:
    assert examples[:3] == [START_BP, GET_PRESSURE, GET_RESULT]


def test_every_good_example_has_the_sum_0(examples: list[bytes]) -> None:
    assert [sum(frame) % 256 for frame in examples[:7]] == [0] * 7


def test_example_of_a_cuff_pressure(examples: list[bytes]) -> None:
    assert parse_packet(examples[4]) == Pressure(258)


def test_example_of_a_complete_measurement(examples: list[bytes]) -> None:
    assert parse_packet(examples[5]) == Answer(ord("K"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("systolic", 115), ("diastolic", 74), ("pulse", 85), ("mean", 88), ("beats", 30), ("status", 1), ("error", 0)],
)
def test_example_of_a_result(examples: list[bytes], field: str, value: int) -> None:
    assert getattr(parse_packet(examples[6]), field) == value


def test_example_with_a_damaged_checksum_is_refused(examples: list[bytes]) -> None:
    with pytest.raises(DecodeError) as error:
        parse_packet(examples[7])
    assert (error.value.protocol, error.value.offset) == ("suntech", 4)


def test_packets_written_from_the_layout(project: Path) -> None:
    assert [parse_packet(raw) for raw in lines(project / "tests/data/suntech/packets.hex")] == [
        Pressure(-1),
        Pressure(20),
        Pressure(258),
        Answer(0x4B),
        Result(systolic=188, diastolic=114, mean=139, pulse=300, beats=41, status=1, error=0),
    ]


@pytest.mark.parametrize("mmhg", [-20, -1, 0, 127, 128, 129, 200, 255, 256, 300])
def test_pressures_around_byte_boundaries(mmhg: int) -> None:
    assert parse_packet(pressure(mmhg)) == Pressure(mmhg)


@pytest.mark.parametrize("number", [127, 128, 129, 200, 255, 256, 300])
def test_results_around_byte_boundaries(number: int) -> None:
    read = parse_packet(result(number, number - 1, number, number))
    assert isinstance(read, Result)
    assert (read.systolic, read.diastolic, read.mean, read.pulse) == (number, number - 1, number, number)


@pytest.mark.parametrize(
    ("raw", "offset"),
    [
        (b"", 0),
        (b"\x3a\x04\x4b\x77", 0),
        (b"\x3e", 1),
        (b"\x3e\x05\x4b\x72", 1),
        (packet(b""), 1),
        (packet(b"version"), 1),
        (RESULT[:-1] + b"\xea", 23),
    ],
)
def test_what_is_no_packet_is_refused_with_its_place(raw: bytes, offset: int) -> None:
    with pytest.raises(DecodeError) as error:
        parse_packet(raw)
    assert error.value.offset == offset


@given(st.binary(max_size=70))
def test_any_bytes_are_a_packet_or_an_error(raw: bytes) -> None:
    with suppress(DecodeError):
        assert isinstance(parse_packet(raw), Answer | Pressure | Result)
