"""The frames of the three Contec dialects as frozen values, and the parsers of one frame. No meaning, no state.

Byte numbers count from 0. In V7 every byte but the first has bit 7 set on the wire; what bit 7 of the payload really is
stands in byte 1. In EB only the first byte has it set, in the 5-byte dialect too.

Sources: Contec "Communication protocol of pulse oximeter V7.0" (2010-07-08); Contec "Communication protocol V5.0A"
(5-byte); open-source readers of the EB dialect with recordings of theirs (icefest/pulseoxdl, OxiVis issue 2).
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "contec"

V7_LIVE: Final = 0x01
V7_DISCONNECT: Final = 0x0D
V7_ANSWERS: Final = frozenset(
    (0x04, 0x05, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, V7_DISCONNECT, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x15)
)
"""Types that are no live values: identity, users, storage, feedback and more. Only the disconnect notice is read."""

V7_PACKAGE_BYTES: Final = 9
"""Of a live package and of a command, and the most of any package."""

FIVE_BYTES: Final = 5

EB: Final = 0xEB
EB_WAVE: Final = 0x00
EB_MEASUREMENT: Final = 0x01
EB_STOPPED: Final = 0x7F
EB_BYTES: Final = {EB_WAVE: 6, EB_MEASUREMENT: 8, EB_STOPPED: 3}
"""Length of each type of frame, which is its second byte."""

NO_PULSE: Final = 0xFF
NO_SPO2: Final = 0x7F
NO_PERFUSION: Final = 0xFFFF
NO_PERFUSION_EB: Final = 0x7F


class Live(msgspec.Struct, frozen=True):
    """A live package of V7 or of the 5-byte dialect, 60 a second.

    Attributes:
        signal: strength, 0-8 by the documents.
        searching_long: has searched for a pulse too long.
        dropping: SpO2 is falling; the V7 document says to ignore it.
        beep: a pulse beat falls here.
        probe_error: no finger in the probe, or a fault of it.
        searching: looks for a pulse.
        wave: 0-127, no unit; 64 during a probe error in V7.
        bar: height of the bar graph, 0-15.
        pulse: bpm, or none.
        spo2: %, or none.
        perfusion: perfusion index in hundredths of a percent, or none; the 5-byte dialect has none.
    """

    signal: int
    searching_long: bool
    dropping: bool
    beep: bool
    probe_error: bool
    searching: bool
    wave: int
    bar: int
    pulse: int | None
    spo2: int | None
    perfusion: int | None = None


class Disconnect(msgspec.Struct, frozen=True):
    """V7: the oximeter says that it leaves, and why. ``reason`` is its code."""

    reason: int


class Answer(msgspec.Struct, frozen=True):
    """Anything else that an oximeter says, by its type. Not read further."""

    kind: int


class EbWave(msgspec.Struct, frozen=True):
    """One sample of the curve of an EB oximeter, 59 or 60 a second.

    Attributes:
        status: bits whose meaning is not published.
        wave: 0-127, no unit.
        bar: height of the bar graph.
    """

    status: int
    wave: int
    bar: int


class EbMeasurement(msgspec.Struct, frozen=True):
    """The values of an EB oximeter as they are sent, once a second.

    Attributes:
        status: of its bits only bit 1 is known: the pulse rate is 128 or more.
        pulse: seven bits of the pulse rate, bpm.
        spo2: %; 0 and 127 are none.
        perfusion: perfusion index in hundredths of a percent, or none.
    """

    status: int
    pulse: int
    spo2: int
    perfusion: int | None


Frame: TypeAlias = Live | Disconnect | Answer | EbWave | EbMeasurement


def parse_v7(raw: bytes) -> Live | Disconnect | Answer:
    """Read a V7 package: a live one of 9 bytes, or the beginning (2 bytes, of a disconnect notice 3) of another.

    Raises:
        DecodeError: if it is none.
    """
    if len(raw) < 2 or min(raw[1:]) < 0x80:
        raise _bad("no V7 package", raw)
    kind, high = raw[0], raw[1]
    payload = [byte & 0x7F | (high >> place & 1) << 7 for place, byte in enumerate(raw[2:])]
    if kind == V7_LIVE and len(raw) == V7_PACKAGE_BYTES:
        flags, wave, bar, pulse, spo2, low, top = payload
        if bar & 0xE0:
            raise _bad("bits of a V7 package are set that are always zero", raw)
        perfusion = low | top << 8
        return Live(
            signal=flags & 0x0F,
            searching_long=bool(flags & 0x10),
            dropping=bool(flags & 0x20),
            beep=bool(flags & 0x40),
            probe_error=bool(flags & 0x80),
            searching=bool(wave & 0x80),
            wave=wave & 0x7F,
            bar=bar & 0x0F,
            pulse=None if pulse == NO_PULSE else pulse,
            spo2=None if spo2 == NO_SPO2 else spo2,
            perfusion=None if bar & 0x10 or perfusion == NO_PERFUSION else perfusion,
        )
    if kind == V7_DISCONNECT and payload:
        return Disconnect(payload[0])
    if kind in V7_ANSWERS and kind != V7_DISCONNECT:
        return Answer(kind)
    raise _bad("no V7 package", raw)


def parse_five_byte(raw: bytes) -> Live:
    """Read a packet of the 5-byte dialect: only its first byte has bit 7 set. No checksum.

    Pulse 255 or 0 and SpO2 127 or 0 are none: the former by the BCI document, which describes the same layout, the
    latter was seen by users.

    Raises:
        DecodeError: if it is none.
    """
    if len(raw) != FIVE_BYTES or raw[0] < 0x80 or max(raw[1:]) >= 0x80:
        raise _bad("no packet of the 5-byte dialect", raw)
    pulse = (raw[2] & 0x40) << 1 | raw[3]
    return Live(
        signal=raw[0] & 0x0F,
        searching_long=bool(raw[0] & 0x10),
        dropping=bool(raw[0] & 0x20),
        beep=bool(raw[0] & 0x40),
        probe_error=bool(raw[2] & 0x10),
        searching=bool(raw[2] & 0x20),
        wave=raw[1],
        bar=raw[2] & 0x0F,
        pulse=None if pulse in (0, NO_PULSE) else pulse,
        spo2=None if raw[4] in (0, NO_SPO2) else raw[4],
    )


def parse_eb(raw: bytes) -> EbWave | EbMeasurement | Answer:
    """Read an EB frame: EB, type, data, and the sum of all bytes before, modulo 128.

    Raises:
        DecodeError: if it is none, or its checksum is wrong.
    """
    if len(raw) < 3 or raw[0] != EB or EB_BYTES.get(raw[1]) != len(raw) or max(raw[1:]) >= 0x80:
        raise _bad("no EB frame", raw)
    if sum(raw[:-1]) & 0x7F != raw[-1]:
        raise _bad("the checksum of an EB frame is wrong", raw)
    if raw[1] == EB_WAVE:
        return EbWave(raw[2], raw[3], raw[4])
    if raw[1] == EB_MEASUREMENT:
        perfusion = raw[5] | raw[6] << 7
        return EbMeasurement(raw[2], raw[3], raw[4], None if perfusion == NO_PERFUSION_EB else perfusion)
    return Answer(raw[1])


def _bad(reason: str, raw: bytes) -> DecodeError:
    return DecodeError(reason, protocol=PROTOCOL, offset=0, excerpt=raw[:32])
