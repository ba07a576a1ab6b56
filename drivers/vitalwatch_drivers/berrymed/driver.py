"""What BCI packets mean: which numbers are readings, and what the flags say.

Theory of operation. The same values come 100 times a second without a checksum. They are told when they change and
else five times a second, and only once two packets in a row agree: a damaged packet is unlike its neighbours.
"""

from __future__ import annotations

from typing import ClassVar, Final

from vitalwatch.driver import (
    NOTHING_DUE,
    Counts,
    DriverInfo,
    DriverOptions,
    Due,
    Message,
    NoOptions,
    Received,
    StatusBook,
)
from vitalwatch.frames import Gap
from vitalwatch.model import Report, Status, Validity, Vital, Waveform, observe
from vitalwatch_drivers.berrymed.decoder import BerrymedDecoder
from vitalwatch_drivers.berrymed.frames import Packet
from vitalwatch_drivers.berrymed.pace import USUAL_A_SECOND, Pace

TOLD_EVERY: Final = 20
"""Packets from one telling of unchanged values to the next: a fifth of a second."""

CURVE_BLOCK: Final = 10
"""Samples in a block of the curve: a tenth of a second."""

GOOD_SIGNAL: Final = range(3, 9)
"""Strengths at which a value is not marked. The document gives 0-8 and no limit; 0-2 as poor is our cut. 15 is said to
mean none, and 9-14 mean nothing."""

NO_READING: Final = frozenset({Status.NO_SENSOR, Status.SENSOR_OFF, Status.SEARCHING, "berrymed_no_signal"})


class BerrymedDriver:
    """BerryMed oximeters. They talk by themselves; nothing is ever sent.

    There are no line settings, so that detection leaves this driver out: Contec's old packets look the same, and it
    would be sure of them.
    """

    info: ClassVar[DriverInfo] = DriverInfo(
        name="berrymed",
        title="BerryMed fingertip oximeters, five-byte BCI protocol, through a Bluetooth bridge or USB",
        models=("BM1000A", "BM1000B", "BM1000C", "BM1000D", "BM1000E", "BM2000"),
        takes="stream",
        vitals=(Vital.SPO2, Vital.PULSE_RATE),
        period_s=TOLD_EVERY / USUAL_A_SECOND,
    )
    Options: ClassVar[type[DriverOptions]] = NoOptions

    def __init__(self, device: str, options: DriverOptions) -> None:  # noqa: ARG002 - nothing to set
        self.counts = Counts()
        self.period_s = self.info.period_s
        self.vitals = self.info.vitals
        self._device = device
        self._decoder = BerrymedDecoder()
        self._statuses = StatusBook(device)
        self._forget()

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes, or a message that holds the bytes of notifications, that arrived at monotonic ``now``.

        A retained message is of unknown age: it is counted and not read.
        """
        if isinstance(data, Message):
            if data.retained:
                self.counts.retained += 1
                return []
            data = data.payload
        self._decoder.feed(data)
        found = list(self._decoder.frames())
        packets = sum(isinstance(one, Packet) for one in found)
        self.counts.frames += packets
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._pace.take(packets, now)
        reports: list[Report] = []
        for one in found:
            if isinstance(one, Gap):
                if self._curve:
                    self._curve.append(None)
                continue
            reports += self._on_packet(one, now)
            self._curve.append(one.pleth)
            if len(self._curve) >= CURVE_BLOCK:
                reports.append(Waveform(self._device, "pleth", USUAL_A_SECOND, tuple(self._curve), now))
                self._curve.clear()
        return reports

    def due(self, now: float) -> Due:  # noqa: ARG002 - the contract
        """Nothing: the oximeter talks by itself."""
        return NOTHING_DUE

    def redact(self, data: bytes) -> bytes:
        """The bytes as they are. The oximeter knows no names."""
        return data

    def reset(self) -> None:
        """Forget half a packet and the present statuses: the link was cut."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._statuses.clear()
        self._forget()

    def _forget(self) -> None:
        self._pace = Pace()
        self._curve: list[int | None] = []
        self._newest: tuple[object, ...] = ()
        self._told: tuple[object, ...] = ()
        self._since_told = 0

    def _on_packet(self, packet: Packet, now: float) -> list[Report]:
        statuses = _statuses(packet)
        if self._pace.slow:
            statuses["berrymed_pace"] = "under 80 packets a second: a Contec oximeter, or packets are lost"
        said = (statuses, packet.spo2, packet.pulse)
        agreed = said == self._newest
        self._newest = said
        self._since_told += 1
        if not agreed or (said == self._told and self._since_told < TOLD_EVERY):
            return []
        self._told, self._since_told = said, 0
        if NO_READING & statuses.keys():
            validity = Validity.UNAVAILABLE
        else:
            validity = Validity.QUESTIONABLE if Status.LOW_SIGNAL in statuses else Validity.VALID
        return [
            *self._statuses.update(statuses, now),
            observe(self._device, Vital.SPO2, packet.spo2, now, validity=validity),
            observe(self._device, Vital.PULSE_RATE, packet.pulse, now, validity=validity),
        ]


def _statuses(packet: Packet) -> dict[str, str]:
    statuses: dict[str, str] = {}
    if packet.probe_unplugged:
        statuses[Status.NO_SENSOR] = "probe unplugged"
    if packet.no_finger:
        statuses[Status.SENSOR_OFF] = "no finger"
    if packet.searching:
        statuses[Status.SEARCHING] = "pulse search"
    if packet.no_signal:
        statuses["berrymed_no_signal"] = "no signal"
    if packet.signal not in GOOD_SIGNAL:
        statuses[Status.LOW_SIGNAL] = "signal strength under 3 of 8, or none told"
    return statuses
