"""A Contec oximeter's values as bytes, in its three dialects, and what a host may say to it. Pure.

Written from Contec's "Communication protocol of pulse oximeter V7.0", its "Communication protocol V5.0A" (5-byte), and
what open-source readers found of the EB dialect.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

V7_COMMAND_BYTES: Final = 9
HID_REPORT_BYTES: Final = 64


class Command(Enum):
    """What a host can ask for, of what is simulated."""

    START = "start"
    START_WAVE = "start wave"
    STOP = "stop"
    KEEP_ALIVE = "keep alive"


V7_COMMANDS: Final = {0xA1: Command.START, 0xA2: Command.STOP, 0xAF: Command.KEEP_ALIVE}
"""By their code, the third byte of a command."""

EB_COMMANDS: Final = {
    bytes.fromhex("9b011c"): Command.START,
    bytes.fromhex("9b001b"): Command.START_WAVE,
    bytes.fromhex("9b7f1a"): Command.STOP,
    bytes.fromhex("9a1a"): Command.KEEP_ALIVE,
}


class Shown(msgspec.Struct, frozen=True):
    """What an oximeter shows at one moment.

    Attributes:
        pulse: bpm, or none.
        spo2: %, or none.
        perfusion: perfusion index in hundredths of a percent, or none.
        signal: strength, 0-8.
        probe_error: no finger in it.
        searching: looks for a pulse.
        wave: 0-127.
        beep: a pulse beat falls here.
    """

    pulse: int | None = None
    spo2: int | None = None
    perfusion: int | None = None
    signal: int = 4
    probe_error: bool = False
    searching: bool = False
    wave: int = 64
    beep: bool = False


def v7_live(shown: Shown) -> bytes:
    """One of 60 packages a second. The perfusion index is marked as invalid when there is none."""
    perfusion = 0xFFFF if shown.perfusion is None else shown.perfusion
    payload = (
        shown.signal | shown.beep << 6 | shown.probe_error << 7,
        shown.wave | shown.searching << 7,
        _bar(shown) | (shown.perfusion is None) << 4,
        0xFF if shown.pulse is None else shown.pulse,
        0x7F if shown.spo2 is None else shown.spo2,
        perfusion % 256,
        perfusion // 256,
    )
    return _v7(0x01, *payload)


def v7_disconnect(reason: int) -> bytes:
    """The notice that the oximeter leaves; 1 is "power off"."""
    return _v7(0x0D, reason)


def five_byte(shown: Shown) -> bytes:
    """One of 60 packets a second of the 5-byte dialect."""
    pulse = 255 if shown.pulse is None else shown.pulse
    return bytes(
        (
            0x80 | shown.signal | shown.beep << 6,
            shown.wave,
            _bar(shown) | shown.probe_error << 4 | shown.searching << 5 | pulse // 128 << 6,
            pulse % 128,
            0x7F if shown.spo2 is None else shown.spo2,
        )
    )


def eb_wave(shown: Shown) -> bytes:
    """One sample of the curve; its status is that of the recordings."""
    return _eb(0x00, 0x06, shown.wave, _bar(shown))


def eb_measurement(shown: Shown, *, none: int) -> bytes:
    """The values, once a second; ``none`` (0 or 127) stands where there is no pulse and no saturation."""
    if shown.pulse is None or shown.spo2 is None:
        return _eb(0x01, 0x04, none, none, 0x7F, 0x00)
    perfusion = 127 if shown.perfusion is None else shown.perfusion
    status = 0x06 if shown.pulse >= 128 else 0x04
    return _eb(0x01, status, shown.pulse % 128, shown.spo2, perfusion % 128, perfusion // 128)


def eb_stopped() -> bytes:
    """The answer to the command that stops everything."""
    return _eb(0x7F)


def hid_report(*frames: bytes) -> bytes:
    """EB frames in a report of 64 bytes, filled up with zeros."""
    return b"".join(frames).ljust(HID_REPORT_BYTES, b"\0")


def _v7(kind: int, *payload: int) -> bytes:
    high = sum((byte >> 7) << place for place, byte in enumerate(payload))
    return bytes((kind, 0x80 | high, *(0x80 | byte for byte in payload)))


def _eb(*body: int) -> bytes:
    return bytes((0xEB, *body, (0xEB + sum(body)) % 128))


def _bar(shown: Shown) -> int:
    return shown.wave // 8
