"""The bytes of the simulated Masimo, held against recorded lines of three models."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitalwatch_simulators.masimo.encoder import Alarm, Exc, Model, Reading, data_line

RAD8 = datetime(2016, 2, 22, 22, 47, 45, tzinfo=UTC)


def test_a_rad8_line_is_that_of_the_recording() -> None:
    assert data_line(RAD8, Reading(98, 97, 3.6), serial="0000056661", model="rad-8") == (
        b"02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+-- "
        b"ALARM=0000 EXC=000800\n\r"
    )


@pytest.mark.parametrize(
    ("model", "alarm", "exc"),
    [
        ("rad-8", b"ALARM=0012", b"EXC=000824"),
        ("radical-7-blue", b"ALARM=0012", b"EXC=000824"),
        ("radical-7-colour", b"ALARM=000012", b"EXC=0000824"),
    ],
)
def test_flags_are_hexadecimal_in_the_width_of_the_model(model: Model, alarm: bytes, exc: bytes) -> None:
    reading = Reading(
        None,
        None,
        None,
        Exc.SET_LOCKED | Exc.SENSOR_OFF | Exc.LOW_PERFUSION,
        Alarm.SPO2_LOW | Alarm.SOUNDING,
    )
    words = data_line(RAD8, reading, serial="-" * 10, model=model).split()
    assert alarm in words
    assert exc in words


def test_every_recorded_line_is_made_again_byte_for_byte(shared: Path) -> None:
    folder = shared / "captures/masimo-ascii1"
    rad8 = (folder / "rad8-20160222-5lines.txt").read_bytes().splitlines()
    readings = [(97, 3.6), (96, 3.95), (96, 4.25), (96, 3.19), (97, 2.41)]
    assert [
        data_line(RAD8.replace(second=45 + number), Reading(98, pulse, pi), serial="0000056661", model="rad-8")
        for number, (pulse, pi) in enumerate(readings)
    ] == [line + b"\n\r" for line in rad8]

    colour, blue, _ = (folder / "variants-3lines.txt").read_bytes().splitlines()
    assert (
        data_line(
            datetime(2016, 3, 17, 19, 19, 36, tzinfo=UTC),
            Reading(98, 123, 0.55, Exc.SET_LOCKED | Exc.LOW_SIGNAL_IQ),
            serial="-" * 10,
            model="radical-7-colour",
        )
        == colour + b"\n\r"
    )
    assert (
        data_line(
            datetime(2007, 5, 15, 8, 12, 21, tzinfo=UTC),
            Reading(None, None, None, Exc(0)),
            serial="0000070986",
            model="radical-7-blue",
        )
        == blue + b"\n\r"
    )
