"""Lines: what the published message holds, number by number, and what is no message with vitals."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.tempus.conformance import GOOD, NOW, cuff, entry, line, sign, streams
from vitalwatch_drivers.tempus.frames import MOST_ENTRIES, MOST_SIGNS, Entry, Vitals, parse_line, without_names


@pytest.fixture(scope="module")
def published(shared: Path) -> Vitals:
    return parse_line((shared / "captures/tempus-json/tempus-pro-vitals-20170226.json").read_bytes())


def numbers(entry_of: Entry, source: str | None = None) -> dict[str, float | None]:
    return {each.name: each.value for each in entry_of.signs if source in (None, each.source)}


def test_the_published_message_has_two_present_entries(published: Vitals) -> None:
    assert len(published.entries) == 2


def test_the_cuff_measured_120_over_80_mean_96(published: Vitals) -> None:
    assert numbers(published.entries[0]) == {"SYSNIBP": 120.0, "DIANIBP": 80.0, "MEANNIBP": 96.0}


def test_the_cuff_measured_at_16_40_00(published: Vitals) -> None:
    assert published.entries[0].taken == datetime(2017, 2, 26, 16, 40, 0)  # noqa: DTZ001 - it has no zone


def test_the_rest_was_taken_at_16_42_44(published: Vitals) -> None:
    assert published.entries[1].taken == datetime(2017, 2, 26, 16, 42, 44)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("name", "value", "unit", "source"),
    [
        ("HR", 106.0, "/min", "ECG"),
        ("SPO2", 96.0, "%", "PULSE"),
        ("RESP", 31.0, "/min", "CAPNO"),
        ("ETCO2", 35.0, "mm[Hg]", "CAPNO"),
        ("TEMPERATURE1", 35.4, "C", "T1"),
        ("TEMPERATURE2", 35.2, "C", "T2"),
        ("PI", 2.6, "%", "PULSE"),
        ("PVI", 21.0, "%", "PULSE"),
        ("SPHB", 9.3, "g/dl", "PULSE"),
        ("SPCO", 8.0, "%", "PULSE"),
        ("SPMET", 1.7, "%", "PULSE"),
    ],
)
def test_each_number_of_the_second_entry(published: Vitals, name: str, value: float, unit: str, source: str) -> None:
    (found,) = [each for each in published.entries[1].signs if each.name == name]
    assert (found.value, found.unit, found.source, found.alert) == (value, unit, source, "")


@pytest.mark.parametrize("source", ["P1:", "P2:", "P3:", "P4:"])
def test_invasive_pressures_are_119_79_95(published: Vitals, source: str) -> None:
    assert numbers(published.entries[1], source) == {"SYS": 119.0, "DIA": 79.0, "MEAN": 95.0}


def test_the_message_that_was_written_by_hand(project: Path) -> None:
    vitals = parse_line((project / "tests/data/tempus/vitals.json").read_bytes())
    assert [each.stamp for each in vitals.entries] == ["2026-03-02 12:00:00", "2026-03-02 12:02:44"]
    assert numbers(vitals.entries[0]) == {"SYSNIBP": 128.0, "DIANIBP": 84.0, "MEANNIBP": 99.0}
    assert numbers(vitals.entries[1], "PULSE") == {"SPO2": 97.0, "PI": 2.4, "PVI": 21.0}


@pytest.mark.parametrize("sent", [None, "", " ", "-", "--", "---", "---.-", "NaN", "none", "null", "N/A"])
def test_what_stands_for_no_value(sent: object) -> None:
    (found,) = parse_line(line(entry(NOW, sign("SPO2", sent, "%", "PULSE")))).entries[0].signs
    assert found.value is None


@pytest.mark.parametrize("sent", ["a lot", "9 7", [97], {"a": 1}, True, 10**400, "0x61"])
def test_what_is_not_a_number(sent: object) -> None:
    (found,) = parse_line(line(entry(NOW, sign("SPO2", sent, "%", "PULSE")))).entries[0].signs
    assert found.value is not None
    assert math.isnan(found.value) or math.isinf(found.value)


@pytest.mark.parametrize(("sent", "value"), [(97, 97.0), (97.5, 97.5), ("97", 97.0), (" 97.0 ", 97.0)])
def test_numbers_as_numbers_and_as_texts(sent: object, value: float) -> None:
    (found,) = parse_line(line(entry(NOW, sign("SPO2", sent, "%", "PULSE")))).entries[0].signs
    assert found.value == value


@pytest.mark.parametrize("when", ["yesterday", "", "2026-13-02 12:00:00"])
def test_a_time_that_cannot_be_read_is_none(when: str) -> None:
    assert parse_line(line(entry(when))).entries[0].taken is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"[]",
        b"{}",
        b'{"$type":"Vitals"}',
        b'{"$type":"Vitals","vitals":{"$values":[1]}}',
        b'{"$type":"Vitals","vitals":{"$values":[]}',
        b"\xff\xfe",
        b"[" * 20000,
        line(kind="PatientDetails"),
        line(*[entry(NOW)] * (MOST_ENTRIES + 1)),
        line(entry(NOW, *[sign("HR", "1", "/min", "ECG")] * (MOST_SIGNS + 1))),
    ],
)
def test_what_is_no_message_with_vitals_is_refused(raw: bytes) -> None:
    with pytest.raises(DecodeError):
        parse_line(raw)


def test_texts_that_go_on_to_a_screen_are_short_and_printable() -> None:
    (found,) = parse_line(line(entry(NOW, sign("A\x07" * 200, "1", "%", "PULSE", alert="9" * 99)))).entries[0].signs
    assert found.name == "A" * 20
    assert found.alert == "9" * 40


@pytest.mark.parametrize(
    ("sent", "alert"),
    [("0", ""), (0, ""), ("0.0", ""), ("", ""), (None, ""), ("1", "1"), (2, "2"), ("high", "high")],
)
def test_every_mark_but_zero_is_an_alert(sent: object, alert: str) -> None:
    (found,) = parse_line(line(entry(NOW, sign("HR", "1", "/min", "ECG") | {"alert": sent}))).entries[0].signs
    assert found.alert == alert


def test_a_source_that_is_no_text_is_none() -> None:
    (found,) = parse_line(line(entry(NOW, sign("HR", "1", "/min", "ECG") | {"src": ["ECG"]}))).entries[0].signs
    assert found.source == ""


def test_a_recording_keeps_the_numbers_and_nothing_that_says_who_or_where() -> None:
    raw = line(cuff("120.0", "80.0", "96.0"), streams(*GOOD))
    message = json.loads(raw)
    message["patient"] = "LAST,FIRST"
    message["vitals"]["$values"][0]["bed"] = "LAST"
    kept = without_names(json.dumps(message).encode())
    assert parse_line(kept) == parse_line(raw)
    assert not any(word in kept for word in (b"LAST", b"600001", b"incident", b"00000000-"))
    assert without_names(line(kind="PatientDetails")) == b""


def test_a_recording_keeps_that_a_number_could_not_be_read() -> None:
    kept = without_names(line(entry(NOW, sign("HR", "a lot", "/min", "ECG"), sign("HR", "--", "/min", "PULSE"))))
    first, second = parse_line(kept).entries[0].signs
    assert first.value is not None
    assert math.isnan(first.value)
    assert second.value is None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_decode_error(data: bytes) -> None:
    with suppress(DecodeError):
        assert isinstance(parse_line(data), Vitals)


@given(st.recursive(st.none() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)))
def test_any_value_is_read_or_is_none(value: object) -> None:
    raw = json.dumps(
        {"$type": "Vitals", "vitals": {"$values": [entry(NOW, sign("HR", value, "/min", "ECG"))]}}
    ).encode()
    try:
        vitals = parse_line(raw)
    except DecodeError:
        assert b"NaN" in raw or b"Infinity" in raw or b"\\ud" in raw  # what JSON itself forbids
        return
    assert len(vitals.entries[0].signs) == 1
