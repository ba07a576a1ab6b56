"""The bytes of the simulated Nellcor, held against the recorded N-560."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitalwatch_simulators.nellcor.encoder import Limits, Reading, Signal, data_line, header

CLOCK = datetime(2017, 12, 29, 7, 18, 57, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reading", "line"),
    [
        (Reading(99, 66, 12), b"29-Dec-17 07:18:57    99      66      12                     "),
        (Reading(89, 66, 201, "MO", "SL"), b"29-Dec-17 07:18:57    89*     66     201    MO SL            "),
        (
            Reading(79, 66, 18, "MO", "SL", audio="AS"),
            b"29-Dec-17 07:18:57    79*     66      18    MO SL       AS   ",
        ),
        (Reading(77, 70, 8, "", "SL", audio="AS"), b"29-Dec-17 07:18:57    77*     70       8       SL       AS   "),
        (
            Reading(None, None, None, "SD", audio="AS"),
            b"29-Dec-17 07:18:57   ---     ---     ---    SD          AS   ",
        ),
        (Reading(None, None, None, "SO"), b"29-Dec-17 07:18:57   ---     ---     ---    SO               "),
    ],
)
def test_lines_are_those_of_the_recording(reading: Reading, line: bytes) -> None:
    assert data_line(CLOCK, reading, Limits()) == line + b"\r\n"


def test_a_search_shows_unmarked_zeros() -> None:
    line = data_line(CLOCK, Reading(0, 0, None, "PS"), Limits())
    assert line == b"29-Dec-17 07:18:57     0       0     ---    PS               \r\n"


def test_pulse_alarm_and_battery_have_places_of_their_own() -> None:
    line = data_line(CLOCK, Reading(88, 172, 9, "MO", "SL", "PH", "LB", "AO"), Limits())
    assert line.split()[2:] == [b"88*", b"172*", b"9", b"MO", b"SL", b"PH", b"LB", b"AO"]
    assert len(line) == 61 + 2


def test_every_month_is_english() -> None:
    names = [data_line(CLOCK.replace(month=month, day=1), Reading(99, 66, 12), Limits())[3:6] for month in range(1, 13)]
    assert b" ".join(names) == b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"


def test_every_recorded_line_is_made_again_byte_for_byte(shared: Path) -> None:
    capture = shared / "captures/nellcor-n560-ascii/n560-v1.56-20171229-part1.txt"
    recorded = capture.read_text(encoding="utf-8").splitlines()[1:]
    signals: tuple[Signal, ...] = ("MO", "SD", "SO")
    checked = 0
    for line in recorded:
        found = re.match(r"29-Dec-17 (..):(..):(..)\s+(\S+)\s+(\S+)\s+(\S+)(.*)", line)
        if not found:
            continue
        clock = CLOCK.replace(hour=int(found[1]), minute=int(found[2]), second=int(found[3]))
        spo2, pulse, amplitude = (None if text == "---" else int(text.rstrip("*")) for text in found.group(4, 5, 6))
        codes = found[7].split()
        reading = Reading(
            spo2,
            pulse,
            amplitude,
            signal=next((signal for signal in signals if signal in codes), ""),
            spo2_alarm="SL" if "SL" in codes else "",
            audio="AS" if "AS" in codes else "",
        )
        assert data_line(clock, reading, Limits()) == f"{line}\r\n".encode("ascii")
        checked += 1
    assert checked == 52
    assert header(Limits()) == "".join(f"{line}\r\n" for line in recorded[19:22]).encode("ascii")


def test_header_names_the_limits() -> None:
    assert b"SpO2 Limit: 88-99%    PR Limit: 45-120BPM\r\n" in header(Limits((88, 99), (45, 120)))
