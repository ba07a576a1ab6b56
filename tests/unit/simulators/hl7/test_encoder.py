"""Messages have the form of the standard."""

from __future__ import annotations

from datetime import datetime

from vitalwatch_simulators.hl7.encoder import CuffResult, Shown, message

CLOCK = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001 - the monitor's own time has no zone


def rows(raw: bytes) -> dict[str, list[str]]:
    segments = raw.removeprefix(b"\x0b").removesuffix(b"\x1c\r").decode().split("\r")
    return {fields[3].split("^")[0]: fields for fields in (s.split("|") for s in segments) if fields[0] == "OBX"}


def test_values_units_and_times() -> None:
    cuff = CuffResult(121, 79, 93, CLOCK.replace(hour=11))
    made = rows(message(CLOCK, Shown(128, 97, 129, 2.5, cuff), number=1, device="A"))
    assert {code: fields[5] for code, fields in made.items()} == {
        "147842": "128",
        "150456": "97",
        "149530": "129",
        "150488": "2.50",
        "150301": "121",
        "150302": "79",
        "150303": "93",
    }
    assert (made["150301"][14], made["150301"][17], made["150456"][14]) == (
        "20260302110000",
        "^APERIODIC",
        "20260302120000",
    )


def test_no_value_and_demo() -> None:
    made = rows(message(CLOCK, Shown(60, None, None, None, None), number=1, device="A", demo=True))
    assert [made[code][5] for code in ("150456", "149530", "150488")] == ["-100"] * 3
    assert {fields[8] for fields in made.values()} == {"DEMO"}
