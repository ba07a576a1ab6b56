"""The frames that the simulated STX module writes, against the examples of the description."""

from __future__ import annotations

import pytest

from vitalwatch_simulators.stx_nibp.encoder import Shown, command, end, frame, pressure, status


@pytest.mark.parametrize(
    ("code", "digits"),
    [("01", "D7"), ("03", "D9"), ("14", "DB"), ("17", "DE"), ("18", "DF"), ("19", "E0"), ("24", "DC"), ("25", "DD")],
)
def test_every_known_command_is_made_again(code: str, digits: str) -> None:
    assert command(code) == f"\x02{code};;{digits}\x03".encode()


def test_examples_of_a_pressure_and_of_the_end() -> None:
    assert pressure(35) == b"\x02035C0S3\x03\r"
    assert pressure(7, cuff=2, state=4) == b"\x02007C2S4\x03\r"
    assert end() == b"\x02999\x03\r"


def test_a_status_with_numbers_and_one_with_dashes() -> None:
    assert status(Shown(numbers=(125, 80, 90, 75), next_s=5)) == frame("S1;A0;C00;M00;P125080090;R075;T0005;;3D")
    made = status(Shown(state=2, message=7))
    assert made.startswith(b"\x02S2;A0;C00;M07;P---------;R---;T    ;;")
    assert int(made[-4:-2], 16) == sum(made[1:-4]) % 256


def test_a_long_wait_is_told_as_the_longest_that_fits() -> None:
    assert b"T9999;;" in status(Shown(next_s=100_000))
