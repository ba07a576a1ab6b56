"""The bytes of the simulated PC-60FW, held against frames of the real recording."""

from __future__ import annotations

from pathlib import Path

from vitalwatch_simulators.viatom.encoder import Flag, battery, frame, values, wave, working


def test_frames_of_the_recording_are_made_again_byte_for_byte(shared: Path) -> None:
    page = shared / "captures/viatom-pc60fw-ble/pc60fw-notifications-001-060.hex"
    real = bytes.fromhex("".join(page.read_text().split()))
    for made in (
        values(98, 68, 75),
        values(99, 67, 75),
        values(97, 68, 0),
        wave((49, 48, 46, 45, 44)),
        wave((74, 71, 68, 65, 62), beat_at=0),
        battery(3),
        working(),
    ):
        assert made in real


def test_a_pulse_over_255_fills_the_second_byte() -> None:
    assert values(97, 300, 35)[5:11] == bytes((97, 44, 1, 35, 0, 0xC0))


def test_flags_and_battery_have_their_bits() -> None:
    assert values(0, 0, 0, Flag.PROBE_OFF | Flag.SEARCHING, battery=1)[9:11] == bytes((6, 0x40))


def test_any_frame_says_how_much_follows() -> None:
    assert frame(0xF0, 0x02, (1, 2, 3))[:5] == bytes.fromhex("aa55f00502")
