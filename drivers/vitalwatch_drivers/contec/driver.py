"""Contec oximeters to VitalWatch: has them start and go on, and tells their values, statuses and curve.

Theory of operation. V7 and the 5-byte dialect repeat every value 60 times a second. What they say is told at once when
it changes, and else three times a second, with the curve in blocks. EB has a frame of its own for values, once a
second. V7 and EB send nothing by themselves: they are started, and kept awake every few seconds; one that has gone
silent, or was switched on later, is started again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

import msgspec

from vitalwatch.driver import (
    NOTHING_DUE,
    Counts,
    DriverInfo,
    DriverOptions,
    Due,
    LineSettings,
    Message,
    Received,
    StatusBook,
)
from vitalwatch.errors import UsageError
from vitalwatch.frames import Gap
from vitalwatch.model import Report, Vital, Waveform, observe
from vitalwatch_drivers.contec import frames as f
from vitalwatch_drivers.contec.decoder import Decoder, EbDecoder, FiveByteDecoder, V7Decoder
from vitalwatch_drivers.contec.options import ContecOptions, Dialect
from vitalwatch_drivers.contec.readings import EbReadings, Reading, nothing, of_live

FRAMES_A_SECOND: Final = 60
FRAMES_A_BLOCK: Final = 20

KEEP_ALIVE_S: Final = 4.0
"""V7 and EB ask for a word every 5 s; before that."""

V7_START: Final = bytes.fromhex("7d81a1808080808080")
V7_KEEP_ALIVE: Final = bytes.fromhex("7d81af808080808080")
EB_START: Final = (bytes.fromhex("9b001b"), bytes.fromhex("9b011c"))
EB_KEEP_ALIVE: Final = bytes.fromhex("9a1a")

REASONS: Final[Mapping[int, str]] = {
    0x00: "done",
    0x01: "power off",
    0x02: "user changed",
    0x03: "recording",
    0x04: "deleting failed",
    0x05: "not supported",
    0xFF: "unknown reason",
}
"""Why a V7 oximeter leaves (V7.0, disconnect notice)."""


class Manner(msgspec.Struct, frozen=True):
    """How one dialect is spoken.

    Attributes:
        decoder: cuts its stream.
        period_s: seconds between two tellings of the values.
        vitals: what it gives.
        start: has the oximeter send; empty for one that does so by itself.
        keep_alive: has it go on.
    """

    decoder: type[Decoder]
    period_s: float
    vitals: tuple[Vital, ...]
    start: tuple[bytes, ...] = ()
    keep_alive: tuple[bytes, ...] = ()


ALL_VITALS: Final = (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX)
MANNERS: Final[Mapping[Dialect, Manner]] = {
    "v7": Manner(V7Decoder, FRAMES_A_BLOCK / FRAMES_A_SECOND, ALL_VITALS, (V7_START,), (V7_KEEP_ALIVE,)),
    "5-byte": Manner(FiveByteDecoder, FRAMES_A_BLOCK / FRAMES_A_SECOND, (Vital.SPO2, Vital.PULSE_RATE)),
    "eb": Manner(EbDecoder, 1.0, ALL_VITALS, EB_START, (EB_KEEP_ALIVE,)),
}


class ContecDriver:
    """Contec oximeters and their kin under other names. Made for homes, not for continuous alarm monitoring."""

    info: ClassVar[DriverInfo] = DriverInfo(
        name="contec",
        title="Contec pulse oximeters, dialects V7, 5-byte and EB (developer and spot use)",
        models=("CMS50D+", "CMS50E", "CMS50F", "CMS50EW", "CMS50FW", "CMS60C", "CMS50D-BT", "Pulox PO-250"),
        takes="stream",
        vitals=ALL_VITALS,
        period_s=FRAMES_A_BLOCK / FRAMES_A_SECOND,
        settings=(LineSettings(115200), LineSettings(19200, parity="O"), LineSettings(4800, parity="O")),
    )
    Options: ClassVar[type[DriverOptions]] = ContecOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, ContecOptions):
            raise UsageError("the contec driver needs ContecOptions")
        self._manner = MANNERS[options.dialect]
        self.counts = Counts()
        self.period_s = self._manner.period_s
        self.vitals = self._manner.vitals
        self._device = device
        self._decoder = self._manner.decoder()
        self._eb = EbReadings(pulse_bit=options.pulse_bit)
        self._statuses = StatusBook(device)
        self._curve: list[int | None] = []
        self._curve_begun = False
        self._told: Reading | None = None
        self._untold_frames = 0
        self._sending = False
        self._next_at: float | None = None

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes that arrived at monotonic ``now``: changed statuses, the vitals, and blocks of the curve.

        Raises:
            UsageError: if given a message; this is a byte stream.
        """
        if isinstance(data, Message):
            raise UsageError("the contec driver reads a stream of bytes, not messages")
        self._decoder.feed(data)
        reports: list[Report] = []
        for frame in self._decoder.frames():
            if isinstance(frame, Gap):
                self._on_gap()
                continue
            self.counts.frames += 1
            match frame:
                case f.Live():
                    reports += self._on_live(frame, now)
                case f.EbWave():
                    reports += self._on_wave(frame, now)
                case f.EbMeasurement():
                    self._sending = True
                    reports += self._tell(self._eb.of(frame), now)
                case f.Disconnect():
                    reports += self._on_disconnect(frame, now)
                case f.Answer():
                    pass  # to a question that nobody of us asked
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        return reports

    def due(self, now: float) -> Due:
        """The start at each opening; then every few seconds a word, or the start again if no values came since."""
        if not self._manner.start:
            return NOTHING_DUE
        if self._next_at is not None and now < self._next_at:
            return Due((), self._next_at)
        send = self._manner.keep_alive if self._sending else self._manner.start
        self._sending = False
        self._next_at = now + KEEP_ALIVE_S
        return Due(send, self._next_at)

    def redact(self, data: bytes) -> bytes:
        """The bytes as they are. The driver never asks for the user's name that some models keep."""
        return data

    def reset(self) -> None:
        """Forget half a frame, the curve and the present statuses: the link was cut."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._statuses.clear()
        self._eb.forget()
        self._curve.clear()
        self._curve_begun = False
        self._told = None
        self._untold_frames = 0
        self._sending = False
        self._next_at = None

    def _on_gap(self) -> None:
        if self._curve and self._curve[-1] is not None:
            self._curve.append(None)

    def _on_live(self, frame: f.Live, now: float) -> list[Report]:
        self._sending = True
        # During a probe error the wave is a flat line that no finger made.
        self._curve.append(None if frame.probe_error else frame.wave)
        self._untold_frames += 1
        reading = of_live(frame)
        if reading == self._told and self._untold_frames < FRAMES_A_BLOCK:
            return []
        return [*self._tell(reading, now), *self._drawn(now)]

    def _on_wave(self, frame: f.EbWave, now: float) -> list[Report]:
        self._curve.append(frame.wave)
        # The first sample at once, so that the screen knows of the curve.
        if self._curve_begun and len(self._curve) < FRAMES_A_BLOCK:
            return []
        self._curve_begun = True
        return self._drawn(now)

    def _on_disconnect(self, frame: f.Disconnect, now: float) -> list[Report]:
        self._sending = False
        reason = REASONS.get(frame.reason, f"reason 0x{frame.reason:02x}")
        return [*self._tell(nothing("contec_disconnected", reason), now), *self._drawn(now)]

    def _tell(self, reading: Reading, now: float) -> list[Report]:
        self._told, self._untold_frames = reading, 0
        reports: list[Report] = [
            *self._statuses.update(reading.statuses, now),
            observe(self._device, Vital.SPO2, reading.spo2, now, validity=reading.validity),
            observe(self._device, Vital.PULSE_RATE, reading.pulse, now, validity=reading.pulse_validity),
        ]
        if Vital.PERFUSION_INDEX in self.vitals:
            perfusion_index = reading.perfusion_index
            reports.append(
                observe(self._device, Vital.PERFUSION_INDEX, perfusion_index, now, validity=reading.validity)
            )
        return reports

    def _drawn(self, now: float) -> list[Report]:
        """The curve so far, as a block."""
        if not self._curve:
            return []
        block = Waveform(self._device, "pleth", FRAMES_A_SECOND, tuple(self._curve), now)
        self._curve.clear()
        return [block]
