"""The bytes of the simulated Contec oximeters, held against real frames and the documents."""

from __future__ import annotations

import pytest

from vitalwatch_simulators.contec.encoder import (
    EB_COMMANDS,
    Shown,
    eb_measurement,
    eb_stopped,
    eb_wave,
    five_byte,
    hid_report,
    v7_disconnect,
    v7_live,
)

NOTHING = Shown(signal=0, probe_error=True)


def test_a_real_v7_package_is_made_again_byte_for_byte() -> None:
    assert v7_live(Shown(60, 99, signal=4, wave=19)).hex() == "01e0849392bce3ffff"


def test_v7_finger_out_and_searching() -> None:
    assert v7_live(NOTHING).hex() == "01e980c098ffffffff"
    assert v7_live(Shown(signal=0, searching=True, wave=0)).hex() == "01ea808090ffffffff"


@pytest.mark.parametrize(("pulse", "third"), [(127, "ff"), (128, "80"), (200, "c8"), (254, "fe")])
def test_the_eighth_bit_of_a_v7_pulse_stands_in_the_high_byte(pulse: int, third: str) -> None:
    made = v7_live(Shown(pulse, 97, 300, wave=0))
    assert made[5:6].hex() == third
    assert made[1] == 0x80 | (0x08 if pulse >= 128 else 0)
    assert (made[7], made[8]) == (0xAC, 0x81)


def test_the_notice_that_it_leaves() -> None:
    assert v7_disconnect(1).hex() == "0d8081"
    assert v7_disconnect(0xFF).hex() == "0d81ff"


@pytest.mark.parametrize(
    ("pulse", "third", "fourth"), [(127, 0, 127), (128, 0x40, 0), (254, 0x40, 126), (None, 0x40, 127)]
)
def test_the_5_byte_dialect_splits_the_pulse(pulse: int | None, third: int, fourth: int) -> None:
    made = five_byte(Shown(pulse, 97, signal=5, wave=0, beep=True))
    assert list(made) == [0xC5, 0, third, fourth, 97]


def test_the_5_byte_dialect_without_a_finger() -> None:
    assert five_byte(NOTHING).hex() == "8040587f7f"
    assert five_byte(Shown(signal=0, searching=True)).hex() == "8040687f7f"


def test_real_eb_frames_are_made_again_byte_for_byte() -> None:
    assert eb_measurement(Shown(81, 95), none=0).hex() == "eb0104515f7f001f"
    assert eb_wave(Shown(wave=39)).hex() == "eb000627041c"
    assert eb_stopped().hex() == "eb7f6a"


@pytest.mark.parametrize(("pulse", "status", "low"), [(127, 4, 127), (128, 6, 0), (200, 6, 72)])
def test_bit_1_of_the_status_is_the_eighth_bit_of_an_eb_pulse(pulse: int, status: int, low: int) -> None:
    made = eb_measurement(Shown(pulse, 97, 300), none=0)
    assert list(made[2:7]) == [status, low, 97, 0x2C, 2]


@pytest.mark.parametrize("none", [0, 127])
def test_eb_has_two_forms_of_none(none: int) -> None:
    made = eb_measurement(NOTHING, none=none)
    assert list(made[:7]) == [0xEB, 1, 4, none, none, 127, 0]


def test_a_report_is_filled_up_with_zeros() -> None:
    made = hid_report(eb_stopped(), eb_wave(NOTHING))
    assert len(made) == 64
    assert made[9:] == bytes(55)


def test_eb_commands_end_with_their_sum() -> None:
    assert all(sum(command[:-1]) % 128 == command[-1] for command in EB_COMMANDS)
