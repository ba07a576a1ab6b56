"""Each notification, field by field; lengths and reserved flags that make it none."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.bluetooth import frames as f

PAST_TEN = datetime.fromisoformat("2026-03-02T10:15:07")


@pytest.mark.parametrize(
    ("digits", "frame"),
    [
        ("00 62 00 47 00", f.Continuous(98.0, 71.0)),
        ("01 62 00 47 00 01 02 03 04", f.Continuous(98.0, 71.0)),
        ("02 62 00 47 00 01 02 03 04", f.Continuous(98.0, 71.0)),
        ("04 62 00 47 00 34 12", f.Continuous(98.0, 71.0, measurement=0x1234)),
        ("08 62 00 47 00 56 34 12", f.Continuous(98.0, 71.0, sensor=0x123456)),
        ("10 62 00 47 00 18 f0", f.Continuous(98.0, 71.0, 2.4, True)),
        (
            "1f cf f3 80 00 60 00 82 00 61 00 81 00 20 00 20 00 00 18 f0",
            f.Continuous(97.5, 128.0, 2.4, True, 0x0020, 0x000020),
        ),
        ("10 ff 07 00 08 fe 07", f.Continuous(None, None, None, True)),
    ],
)
def test_an_oximeter_s_moment(digits: str, frame: f.Continuous) -> None:
    assert f.parse_continuous(bytes.fromhex(digits)) == frame


@pytest.mark.parametrize(
    ("digits", "time"),
    [
        ("00 62 00 47 00", None),
        ("01 62 00 47 00 ea 07 03 02 0a 0f 07", PAST_TEN),
        ("0f 62 00 47 00 ea 07 03 02 0a 0f 07 20 00 00 00 00 18 f0", PAST_TEN),
        ("11 62 00 47 00 ea 07 03 02 0a 0f 07", None),  # the device says that its clock was not set
        ("01 62 00 47 00 00 00 00 00 00 00 00", None),
        ("01 62 00 47 00 ea 07 02 1e 0a 0f 07", None),  # 30 February
    ],
)
def test_a_spot_check(digits: str, time: datetime | None) -> None:
    assert f.parse_spot_check(bytes.fromhex(digits)) == f.SpotCheck(time)


@pytest.mark.parametrize("rate", [0, 127, 128, 129, 200, 255, 256, 300, 65535])
def test_a_heart_rate_in_two_bytes(rate: int) -> None:
    assert f.parse_heart_rate(bytes([0x01]) + rate.to_bytes(2, "little")) == f.HeartRate(rate, None)


@pytest.mark.parametrize("rate", [0, 127, 128, 129, 200, 255])
def test_a_heart_rate_in_one_byte(rate: int) -> None:
    assert f.parse_heart_rate(bytes([0x00, rate])) == f.HeartRate(rate, None)


@pytest.mark.parametrize(("flags", "contact"), [(0, None), (2, None), (4, False), (6, True)])
def test_skin_contact(flags: int, contact: bool | None) -> None:
    assert f.parse_heart_rate(bytes([flags, 72])) == f.HeartRate(72, contact)


@pytest.mark.parametrize("digits", ["08 48 64 00", "10 48 00 04", "10 48 00 04 01 04 02 04", "18 48 64 00 00 04"])
def test_energy_and_beat_intervals_are_passed_over(digits: str) -> None:
    assert f.parse_heart_rate(bytes.fromhex(digits)) == f.HeartRate(72, None)


NOON = datetime.fromisoformat("2026-03-02T12:00:01")


@pytest.mark.parametrize(
    ("digits", "frame"),
    [
        ("00 7c 00 4e 00 5d 00", f.BloodPressure(124.0, 78.0, 93.0)),
        ("01 a0 f0 68 f0 7b f0", f.BloodPressure(16.0, 10.4, 12.3, kilopascal=True)),
        ("02 7c 00 4e 00 5d 00 ea 07 03 02 0c 00 01", f.BloodPressure(124.0, 78.0, 93.0, time=NOON)),
        ("02 7c 00 4e 00 5d 00 00 00 03 02 0c 00 01", f.BloodPressure(124.0, 78.0, 93.0)),  # year not known
        ("04 7c 00 4e 00 5d 00 46 00", f.BloodPressure(124.0, 78.0, 93.0, pulse=70.0)),
        ("04 7c 00 4e 00 5d 00 ff 07", f.BloodPressure(124.0, 78.0, 93.0)),
        ("08 7c 00 4e 00 5d 00 02", f.BloodPressure(124.0, 78.0, 93.0, user=2)),
        ("08 7c 00 4e 00 5d 00 ff", f.BloodPressure(124.0, 78.0, 93.0)),  # unknown user
        ("10 7c 00 4e 00 5d 00 34 12", f.BloodPressure(124.0, 78.0, 93.0, status=0x1234)),
        (
            "1e 7c 00 4e 00 5d 00 ea 07 03 02 0c 00 01 46 00 01 04 00",
            f.BloodPressure(124.0, 78.0, 93.0, time=NOON, pulse=70.0, user=1, status=4),
        ),
        ("00 ff 07 ff 07 ff 07", f.BloodPressure(None, None, None)),
    ],
)
def test_a_cuff_reading(digits: str, frame: f.BloodPressure) -> None:
    assert f.parse_blood_pressure(bytes.fromhex(digits)) == frame


def test_the_pressure_of_a_running_cuff() -> None:
    assert f.parse_cuff_pressure(bytes.fromhex("00 5a 00 ff 07 ff 07")) == f.CuffPressure(90.0)


WHOLE = {
    "2A5F": "1f cf f3 80 00 60 00 82 00 61 00 81 00 20 00 20 00 00 18 f0",
    "2A5E": "0f 62 00 47 00 ea 07 03 02 0a 0f 07 20 00 00 00 00 18 f0",
    "2A37": "09 48 00 64 00",
    "2A35": "1e 7c 00 4e 00 5d 00 ea 07 03 02 0c 00 01 46 00 01 04 00",
    "2A36": "00 5a 00 ff 07 ff 07",
}


@pytest.mark.parametrize(("characteristic", "digits"), WHOLE.items())
def test_one_byte_less_or_more_is_refused(characteristic: str, digits: str) -> None:
    raw = bytes.fromhex(digits)
    assert f.PARSERS[characteristic](raw)
    for wrong in [*(raw[:size] for size in range(len(raw))), raw + b"\x00"]:
        with pytest.raises(DecodeError):
            f.PARSERS[characteristic](wrong)


@pytest.mark.parametrize("digits", ["10 48", "10 48 00", "10 48 00 04 00"])
def test_half_a_beat_interval_or_none_is_refused(digits: str) -> None:
    with pytest.raises(DecodeError):
        f.parse_heart_rate(bytes.fromhex(digits))


@pytest.mark.parametrize("flag", [0x20, 0x40, 0x80])
@pytest.mark.parametrize(("characteristic", "digits"), WHOLE.items())
def test_a_reserved_flag_is_refused(characteristic: str, digits: str, flag: int) -> None:
    raw = bytearray.fromhex(digits)
    raw[0] |= flag
    with pytest.raises(DecodeError):
        f.PARSERS[characteristic](bytes(raw))


@given(st.sampled_from(list(f.PARSERS)), st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_text_is_never_a_notification(characteristic: str, text: str) -> None:
    with pytest.raises(DecodeError):
        f.PARSERS[characteristic](text.encode())
