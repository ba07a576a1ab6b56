"""The packets of the simulated BerryMed, held against the document."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch_simulators.berrymed.encoder import First, Third, packet


def test_packets_written_by_hand_are_made_again(project: Path) -> None:
    rows = (project / "tests/data/berrymed/made.hex").read_text().splitlines()[1:]
    hand = [bytes.fromhex(row)[:5] for row in rows]
    assert hand == [
        packet(72, 97, signal=6, pleth=40, bar=5),
        packet(200, 88, signal=6, pleth=42, bar=7, first=First.BEEP),
        packet(None, None, signal=0, pleth=0, third=Third.NO_FINGER),
        packet(72, 97, signal=4, pleth=20, bar=5, third=Third.SEARCHING),
    ]


@pytest.mark.parametrize(("pulse", "high", "low"), [(127, 0, 127), (128, 64, 0), (254, 64, 126), (None, 64, 127)])
def test_the_pulse_is_split_in_one_bit_and_seven(pulse: int | None, high: int, low: int) -> None:
    assert packet(pulse, 97, signal=8, pleth=1)[2:4] == bytes((high, low))


def test_only_the_first_byte_has_bit_seven() -> None:
    made = packet(254, None, signal=15, pleth=127, bar=15, first=0x70, third=0x30)
    assert [byte >= 0x80 for byte in made] == [True, False, False, False, False]
