"""Single packets of the BCI protocol: every field and flag, and what is refused."""

from __future__ import annotations

import pytest

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.berrymed.conformance import packet
from vitalwatch_drivers.berrymed.frames import Packet, parse


def test_a_packet_made_by_hand() -> None:
    assert parse(bytes.fromhex("c62a474858")) == Packet(
        signal=6,
        no_signal=False,
        probe_unplugged=False,
        no_finger=False,
        searching=False,
        pleth=42,
        pulse=200,
        spo2=88,
    )


@pytest.mark.parametrize(
    ("high", "low", "pulse"),
    [(0, 1, 1), (0, 127, 127), (1, 0, 128), (1, 1, 129), (1, 72, 200), (1, 126, 254), (1, 127, None), (0, 0, None)],
)
def test_the_pulse_is_joined_from_one_bit_and_seven(high: int, low: int, pulse: int | None) -> None:
    assert parse(bytes((0x86, 40, high << 6 | 5, low, 97))).pulse == pulse


@pytest.mark.parametrize(("byte", "spo2"), [(0, None), (1, 1), (100, 100), (101, 101), (126, 126), (127, None)])
def test_spo2_of_127_and_of_0_is_none(byte: int, spo2: int | None) -> None:
    assert parse(packet(72, byte)).spo2 == spo2


@pytest.mark.parametrize(("byte", "pleth"), [(0, None), (1, 1), (100, 100), (127, 127)])
def test_a_curve_of_0_is_none(byte: int, pleth: int | None) -> None:
    assert parse(packet(72, 97, pleth=byte)).pleth == pleth


@pytest.mark.parametrize(
    ("first", "third", "flag"),
    [(0x10, 0, "no_signal"), (0x20, 0, "probe_unplugged"), (0, 0x10, "no_finger"), (0, 0x20, "searching")],
)
def test_each_flag_has_its_bit(first: int, third: int, flag: str) -> None:
    read = parse(packet(72, 97, first=first, third=third))
    names = ("no_signal", "probe_unplugged", "no_finger", "searching")
    assert [name for name in names if getattr(read, name)] == [flag]
    assert (read.pulse, read.spo2, read.signal) == (72, 97, 6)


@pytest.mark.parametrize(
    "raw",
    ["", "86280548", "062805486" + "1", "86a8054861", "8628854861", "862805c861", "86280548e1", "8628054861" + "00"],
)
def test_what_is_no_packet_is_refused(raw: str) -> None:
    with pytest.raises(DecodeError) as refused:
        parse(bytes.fromhex(raw))
    assert refused.value.protocol == "berrymed"
