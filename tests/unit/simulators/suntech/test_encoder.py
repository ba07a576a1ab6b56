"""The packets that the simulated SunTech module writes: the worked examples again, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch_simulators.suntech.encoder import (
    GET_PRESSURE,
    GET_RESULT,
    START_BP,
    Measured,
    complete,
    packet,
    pressure,
    result,
)


def test_requests_and_answers_of_the_worked_examples_are_made_again(shared: Path) -> None:
    text = (shared / "captures/suntech-oem/frames.hex").read_text()
    examples = [bytes.fromhex(line) for line in text.splitlines() if line and not line.startswith("#")]
    assert examples[:3] == [START_BP, GET_PRESSURE, GET_RESULT]
    assert examples[4:6] == [pressure(258), complete()]
    made = result(Measured(systolic=115, diastolic=74, mean=88, pulse=85, beats=30))
    # Two of the eight test codes are set in the example; here they are always 0.
    wanted = bytearray(examples[6][:-1])
    wanted[14:16] = b"\0\0"
    assert made[:-1] == wanted
    assert sum(made) % 256 == 0


@pytest.mark.parametrize("mmhg", [-3, 0, 127, 128, 255, 256, 300])
def test_a_pressure_has_two_bytes_low_one_first(mmhg: int) -> None:
    assert pressure(mmhg)[2:4] == bytes((mmhg & 0xFF, mmhg >> 8 & 0xFF))


@pytest.mark.parametrize("data", [b"K", b"ab", bytes(21)])
def test_a_packet_knows_its_length_and_has_the_sum_0(data: bytes) -> None:
    made = packet(data)
    assert (made[0], made[1], sum(made) % 256) == (0x3E, len(made), 0)
