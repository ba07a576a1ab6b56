"""Datagrams: what the recording of a Dash 4000 holds, bytes written by hand, and what is none of the protocol."""

from __future__ import annotations

import struct
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.ge_unity import frames as f
from vitalwatch_drivers.ge_unity.conformance import NONE, alarm, block, discovery, reply, waves
from vitalwatch_drivers.ge_unity.decoder import LONGEST, decode, without_names
from vitalwatch_drivers.ge_unity.requests import request

Packet = tuple[str, int, str, int, bytes]
"""Source, its port, destination, its port, payload."""


@pytest.fixture(scope="module")
def packets(shared: Path) -> list[Packet]:
    """The recording's packets, read here by hand: little-endian pcap, Ethernet, IPv4, UDP."""
    raw = (shared / "captures/ge-unity-udp/dash4000-first27.pcap").read_bytes()
    found: list[Packet] = []
    place = 24
    while place < len(raw):
        (length,) = struct.unpack_from("<I", raw, place + 8)
        ip = raw[place + 16 + 14 : place + 16 + length]
        udp = ip[(ip[0] & 15) * 4 :]
        source, target = (".".join(map(str, ip[at : at + 4])) for at in (12, 16))
        sport, dport, size = struct.unpack_from(">HHH", udp)
        found.append((source, sport, target, dport, udp[8:size]))
        place += 16 + length
    return found


def frames_to(packets: list[Packet], port: int) -> dict[int, f.Frame]:
    return {number: decode(packet[4]) for number, packet in enumerate(packets) if packet[3] == port}


def values_of(packets: list[Packet]) -> list[f.Values]:
    return [frame for frame in frames_to(packets, 3073).values() if isinstance(frame, f.Values)]


def only(values: f.Values, code: int) -> f.Parameter:
    (parameter,) = [parameter for parameter in values.parameters if parameter.code == code]
    return parameter


def test_the_recording_has_27_packets_of_monitor_and_host(packets: list[Packet]) -> None:
    assert len(packets) == 27
    assert {packet[0] for packet in packets} == {"192.168.0.195", "192.168.0.101"}


def test_packets_2_14_and_24_are_values(packets: list[Packet]) -> None:
    assert list(frames_to(packets, 3073)) == [2, 14, 24]
    assert len(values_of(packets)) == 3


def test_spo2_is_97(packets: list[Packet]) -> None:
    assert [only(values, f.SPO2).numbers[0] for values in values_of(packets)] == [97, 97, 97]


def test_pulse_is_64_65_65(packets: list[Packet]) -> None:
    assert [only(values, f.SPO2).numbers[1] for values in values_of(packets)] == [64, 65, 65]


def test_the_ecg_has_no_value(packets: list[Packet]) -> None:
    for values in values_of(packets):
        assert only(values, f.ECG).numbers == (-32768, -32768, -32768)
        assert [f.number_of(number) for number in only(values, f.ECG).numbers] == [None, None, None]


def test_the_cuff_has_no_value(packets: list[Packet]) -> None:
    for values in values_of(packets):
        assert only(values, f.NIBP).numbers == (-32768, -32768, -32768)
        assert [f.number_of(number) for number in only(values, f.NIBP).numbers] == [None, None, None]


def test_limits_of_spo2_are_94_to_101(packets: list[Packet]) -> None:
    assert {only(values, f.SPO2).limits[0] for values in values_of(packets)} == {(94, 101)}


def test_limits_of_heart_rate_and_pulse_are_35_to_110(packets: list[Packet]) -> None:
    assert {only(values, f.ECG).limits[0] for values in values_of(packets)} == {(35, 110)}
    assert {only(values, f.SPO2).limits[1] for values in values_of(packets)} == {(35, 110)}


def test_limits_of_the_cuff_are_mean_40_to_140_systolic_80_to_160_diastolic_20_to_120(packets: list[Packet]) -> None:
    assert {only(values, f.NIBP).limits for values in values_of(packets)} == {((40, 140), (80, 160), (20, 120))}


def test_the_values_hold_seven_parameters_and_a_system_warning(packets: list[Packet]) -> None:
    for number, values in enumerate(values_of(packets)):
        assert [parameter.code for parameter in values.parameters] == [0x3A, 0x2D, 0x18, 0x56, 0x57, 0x58, 0x59]
        assert (values.alarm_state, values.alarm_level, values.sequence) == (0, f.SYSTEM_WARNING, 81 + number)


def test_packets_0_12_and_22_are_the_alarm_about_a_failed_lead(packets: list[Packet]) -> None:
    alarms = frames_to(packets, 7001)
    assert list(alarms) == [0, 12, 22]
    assert list(alarms.values()) == [
        f.Alarm("192.168.0.195", "HOME|B-01", f.SYSTEM_WARNING, f.ECG, "ABLTG AUSFALL", counter)
        for counter in (0xB6, 0xB8, 0xBA)
    ]


def test_19_datagrams_of_curves_follow_each_other_from_1167_on(packets: list[Packet]) -> None:
    curves = [frame for frame in frames_to(packets, 3074).values() if isinstance(frame, f.Waves)]
    assert len(curves) == 19
    assert curves[0].sequence == 1167
    assert curves[1].sequence == 1168
    assert all(later.sequence - earlier.sequence == 1 for earlier, later in pairwise(curves))


def test_each_datagram_of_curves_has_15_samples_of_the_pleth(packets: list[Packet]) -> None:
    curves = [frame for frame in frames_to(packets, 3074).values() if isinstance(frame, f.Waves)]
    assert {len(frame.pleth) for frame in curves} == {15}
    assert curves[0].pleth[:5] == (624, 624, 608, 608, 600)


def test_all_four_ecg_leads_are_off(packets: list[Packet]) -> None:
    curves = [frame for frame in frames_to(packets, 3074).values() if isinstance(frame, f.Waves)]
    for frame in curves:
        assert frame.leads == dict.fromkeys((1, 2, 3, 4), (None,) * 60)
    assert packets[1][4][6:8] == struct.pack(">h", -32753)


def test_packets_8_and_9_are_the_requests_that_we_send_too(packets: list[Packet]) -> None:
    assert [number for number, packet in enumerate(packets) if packet[3] == 2000] == [8, 9]
    assert packets[8][4] == request("vitals", "HOME|B-02")
    assert packets[9][4] == request("waves", "HOME|B-02")
    assert [packets[8][1], packets[9][1]] == [3073, 3074]
    assert [decode(packets[8][4]), decode(packets[9][4])] == [f.Request(96), f.Request(33)]


def by_hand(project: Path, name: str) -> list[bytes]:
    lines = (project / "tests/data/ge_unity" / name).read_text("ascii").splitlines()
    return [bytes.fromhex(line) for line in lines if not line.startswith("#")]


def test_the_requests_that_were_written_by_hand(project: Path) -> None:
    assert by_hand(project, "requests.hex") == [request("vitals", "HOME|B-02"), request("waves", "HOME|B-02")]


def test_the_reply_that_was_written_by_hand(project: Path) -> None:
    none = ((0, 0), (0, 0), (0, 0))
    (raw,) = by_hand(project, "reply.hex")
    assert decode(raw) == f.Values(
        5,
        1,
        f.WARNING,
        (
            f.Parameter(f.SPO2, 0xC0E0, (97, 65, -32767), none),
            f.Parameter(f.NIBP, 0xC0E0, (93, 120, 80), none),
        ),
    )


def test_the_alarm_that_was_written_by_hand(project: Path) -> None:
    (raw,) = by_hand(project, "alarm.hex")
    assert decode(raw) == f.Alarm("192.0.2.1", "HOME|B-01", f.CRISIS, f.ECG, "ASYSTOLE", 182)


def test_a_discovery_tells_where_the_monitor_stands_and_no_name() -> None:
    frame = decode(discovery("LAST,FIRST").payload)
    assert frame == f.Discovery("192.0.2.1", "HOME|B-01")


def test_a_recording_keeps_no_name_of_a_discovery_and_nothing_that_is_not_known() -> None:
    raw = discovery("LAST,FIRST").payload
    kept = without_names(raw)
    assert kept[:28] == raw[:28]
    assert set(kept[28:]) == {0}
    assert decode(kept) == decode(raw)
    assert without_names(b"LAST,FIRST" * 9) == b""
    assert without_names(reply(block(0x2D, 97, 64)).payload) == reply(block(0x2D, 97, 64)).payload


@pytest.mark.parametrize("raw", [0x8000, 0x8001, 0x8006, 0x8007, 0x800F, 0x80FF])
def test_a_number_whose_first_byte_is_80_is_none(raw: int) -> None:
    assert f.number_of(raw - 0x10000) is None


@pytest.mark.parametrize("number", [0, 1, 127, 128, 129, 200, 255, 256, 300, 32767, -1, -32512])
def test_every_other_number_is_one(number: int) -> None:
    assert f.number_of(number) == number


@pytest.mark.parametrize(
    ("place", "value", "what"),
    [
        (13, 0xCA, "no reply"),
        (15, 21, "about something else"),
        (58, 0xFF, "wrong length in the first header"),
        (75, 21, "second header about something else"),
        (119, 0xFF, "wrong length in the second header"),
        (121, 8, "no such alarm level"),
        (124, 2, "more blocks than there are"),
        (126, 12, "a block that does not begin with values"),
        (127, 0x18, "a block about two parameters"),
        (191, 0x18, "a block from another parameter"),
    ],
)
def test_a_reply_that_does_not_agree_with_itself_is_refused(place: int, value: int, what: str) -> None:
    raw = bytearray(reply(block(0x2D, 97, 64), sequence=0xFFFF).payload)
    raw[place] = value
    with pytest.raises(DecodeError):
        decode(bytes(raw))
    assert what


@pytest.mark.parametrize(("place", "value"), [(59, 25), (61, 8), (15, 5)])
def test_an_alarm_that_does_not_agree_with_itself_is_refused(place: int, value: int) -> None:
    raw = bytearray(alarm("ASYSTOLE", 7).payload)
    raw[place] = value
    with pytest.raises(DecodeError):
        decode(bytes(raw))


def test_what_is_longer_than_any_datagram_is_not_looked_at() -> None:
    with pytest.raises(DecodeError):
        decode(waves(1).payload + bytes(LONGEST))


def test_a_curve_without_all_of_its_samples_is_refused() -> None:
    with pytest.raises(DecodeError):
        decode(struct.pack(">7h", 1, 0, 2043, 1, 1, 1, 1)[:-2])


def test_curves_that_are_not_known_are_no_datagram_of_the_protocol() -> None:
    with pytest.raises(DecodeError):
        decode(struct.pack(">6h", 7, 0, 9994, 1, 2, 3))


def test_the_respiration_curve_is_passed_over() -> None:
    raw = struct.pack(">8h", 7, 0, 5897, 12, 9993, 600, 9993, 601)
    assert decode(raw) == f.Waves(7, (600, 601), {})


def test_text_is_shown_without_signs_that_cannot_be_printed() -> None:
    frame = decode(alarm("TEMP\x07 ZU H\u00d6", 5).payload)
    assert isinstance(frame, f.Alarm)
    assert frame.text == "TEMP  ZU H\u00d6"


@given(st.integers(1, 265))
def test_a_reply_that_is_cut_is_refused(kept: int) -> None:
    with pytest.raises(DecodeError):
        decode(reply(block(0x2D, 97, 64), block(0x18, NONE)).payload[:kept])


@given(st.binary(max_size=120))
def test_any_bytes_are_a_frame_or_a_decode_error(data: bytes) -> None:
    try:
        frame = decode(data)
    except DecodeError:
        return
    assert isinstance(frame, f.Frame)
