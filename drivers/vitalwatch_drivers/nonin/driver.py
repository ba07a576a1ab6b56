"""What the frames of a Nonin oximeter mean: which numbers are readings, and what the flags say.

Theory of operation. Formats 2 and 7 bring a curve 75 times a second and values once in 25 frames: a lost finger is told
at its first frame, everything else with the packet. Perfusion and artifacts are flagged only around each pulse, so what
the last pulse said stands until the next one. The other formats say everything in each frame.
"""

from __future__ import annotations

from typing import ClassVar, Final

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
from vitalwatch.model import USABLE, Report, Status, Validity, Vital, Waveform, observe
from vitalwatch_drivers.nonin import frames as f
from vitalwatch_drivers.nonin.decoder import NoninDecoder
from vitalwatch_drivers.nonin.options import NoninOptions
from vitalwatch_drivers.nonin.packets import FRAMES_A_PACKET, FRAMES_A_SECOND, GOOD, Packet, Packets

LEAST_PULSE: Final = 18
MOST_PULSE: Final = 321
"""Range that the documents give for a pulse rate, bpm; any other number is no measurement."""

WAVE_NO_READING: Final[dict[int, tuple[Status, str]]] = {
    f.WAVE_SNSD: (Status.NO_SENSOR, "sensor disconnected"),
    f.WAVE_SNSA: (Status.SENSOR_OFF, "sensor alarm"),
    f.WAVE_OOT: (Status.SEARCHING, "out of track"),
}
WAVE_NO_READING_BITS: Final = f.WAVE_SNSD | f.WAVE_SNSA | f.WAVE_OOT

SECOND_STATUSES: Final[dict[int, tuple[Status, str]]] = {
    f.SECOND_SNSD: (Status.NO_SENSOR, "sensor disconnected"),
    f.SECOND_OOT: (Status.SEARCHING, "out of track"),
    f.SECOND_LPRF: (Status.LOW_PERFUSION, "low perfusion"),
    f.SECOND_MPRF: (Status.LOW_PERFUSION, "marginal perfusion"),
    f.SECOND_ARTF: (Status.MOTION, "artifact"),
}
MORE_STATUSES: Final[dict[int, tuple[str, str]]] = {
    f.MORE_SNSF: (Status.SENSOR_OFF, "sensor alarm"),
    f.MORE_SPOT_CHECK: ("nonin_spot_check", "spot-check mode"),
    f.MORE_CRITICAL_BATTERY: (Status.BATTERY_LOW, "critical battery"),
    f.MORE_LOW_BATTERY: (Status.BATTERY_LOW, "low battery"),
}

NO_READING: Final = frozenset({Status.NO_SENSOR, Status.SENSOR_OFF, Status.SEARCHING, "nonin_no_measurement"})
SUSPECT: Final = frozenset({Status.MOTION, Status.LOW_PERFUSION})


class NoninDriver:
    """Nonin oximeters. They talk by themselves; a format is selected only when the config asks for it."""

    info: ClassVar[DriverInfo] = DriverInfo(
        name="nonin",
        title="Nonin pulse oximeters, binary formats 1, 2, 7, 8, 13 and the ASCII form",
        models=("Xpod 3011", "Xpod 3012", "OEM III", "iPod", "4100", "9560", "3150", "Avant 4000", "9600", "8600"),
        takes="stream",
        vitals=(Vital.SPO2, Vital.PULSE_RATE),
        period_s=FRAMES_A_PACKET / FRAMES_A_SECOND,
        settings=(LineSettings(9600),),
        checksum=True,
    )
    Options: ClassVar[type[DriverOptions]] = NoninOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, NoninOptions):
            raise UsageError("the nonin driver needs NoninOptions")
        self.counts = Counts()
        self.period_s = self.info.period_s if options.format in (2, 7) else 1.0
        self.vitals = self.info.vitals
        self._device = device
        self._command = bytes((0x02, 0x70, 0x02, 0x02, int(options.format), 0x03)) if options.select else b""
        self._command_sent = False
        self._decoder = NoninDecoder(options.format)
        self._statuses = StatusBook(device)
        self._forget()

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes that arrived at monotonic ``now``: changed statuses, both vitals, and blocks of the curve.

        Raises:
            UsageError: if given a message; this is a byte stream.
        """
        if isinstance(data, Message):
            raise UsageError("the nonin driver reads a stream of bytes, not messages")
        self._decoder.feed(data)
        reports: list[Report] = []
        for frame in self._decoder.frames():
            if isinstance(frame, Gap):
                self._on_gap()
                continue
            self.counts.frames += 1
            match frame:
                case f.WaveFrame():
                    reports += self._on_wave(frame, now)
                case f.SecondFrame():
                    reports += self._on_second(frame, now)
                case f.Record():
                    reports += self._on_record(frame, now)
                case f.TextLine():
                    statuses = {"nonin_event": "event button"} if frame.marked else {}
                    reports += self._tell(statuses, frame.spo2, frame.pulse, now)
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        return reports

    def due(self, now: float) -> Due:  # noqa: ARG002 - the contract
        """Nothing, unless the config asks for the format to be selected: then that command, once an opening."""
        if not self._command or self._command_sent:
            return NOTHING_DUE
        self._command_sent = True
        return Due((self._command,))

    def redact(self, data: bytes) -> bytes:
        """The bytes as they are. The oximeter knows no names."""
        return data

    def reset(self) -> None:
        """Forget half a frame, half a packet and the present statuses: the link was cut."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._command_sent = False
        self._forget()

    def _forget(self) -> None:
        self._statuses.clear()
        self._packets = Packets()
        self._curve: list[int | None] = []
        self._no_reading = 0
        self._artifact = False
        self._perfusion = ""
        self._low_battery = False
        self._live: dict[str, str] = {}

    # --- formats 2 and 7 ----------------------------------------------------------------------------------------

    def _on_gap(self) -> None:
        self._packets.broken()
        if self._curve:
            self._curve.append(None)

    def _on_wave(self, frame: f.WaveFrame, now: float) -> list[Report]:
        self._curve.append(frame.pleth)
        reports: list[Report] = []
        began = frame.status & WAVE_NO_READING_BITS & ~self._no_reading
        if began:
            # At once, not with the packet: so far as it has come, the packet may hold values from before.
            self._no_reading |= began
            reports += self._statuses.update(self._wave_statuses(), now)
        packet = self._packets.add(frame)
        if packet is not None:
            self._keep(packet)
            reports += self._tell(self._wave_statuses(), packet.spo2, packet.pulse, now)
        if began or packet is not None or len(self._curve) >= FRAMES_A_PACKET:
            reports.append(Waveform(self._device, "pleth", FRAMES_A_SECOND, tuple(self._curve), now))
            self._curve.clear()
        return reports

    def _keep(self, packet: Packet) -> None:
        """Take over what holds until the next packet, or until the next pulse."""
        self._no_reading = packet.flags & WAVE_NO_READING_BITS
        self._low_battery = packet.low_battery
        if packet.flags & f.WAVE_ARTF:
            self._artifact = True
        elif packet.perfusion or self._no_reading:  # a clean pulse, or none to speak of
            self._artifact = False
        if packet.perfusion or self._no_reading:
            self._perfusion = packet.perfusion

    def _wave_statuses(self) -> dict[str, str]:
        statuses = _told(WAVE_NO_READING, self._no_reading)
        if self._artifact:
            statuses[Status.MOTION] = "artifact"
        if self._perfusion not in ("", GOOD):
            statuses[Status.LOW_PERFUSION] = self._perfusion
        if self._low_battery:
            statuses[Status.BATTERY_LOW] = "low battery"
        return statuses

    # --- formats 1, 8 and 13 ------------------------------------------------------------------------------------

    def _on_second(self, frame: f.SecondFrame, now: float) -> list[Report]:
        statuses = _told(SECOND_STATUSES, frame.flags) | _told(MORE_STATUSES, frame.more)
        return self._tell(statuses, frame.spo2, frame.pulse, now)

    def _on_record(self, record: f.Record, now: float) -> list[Report]:
        if record.status & f.RECORD_MEM:
            # Measured some unknown time ago, perhaps on somebody else: no observation, not even one without a value.
            self.counts.retained += 1
            return [*self._statuses.update({**self._live, "nonin_memory": "stored readings are not shown"}, now)]
        self._live = {}
        if record.status & f.RECORD_NOMS:
            self._live["nonin_no_measurement"] = "no measurement"
        if record.status & f.RECORD_LOW_BATTERY:
            self._live[Status.BATTERY_LOW] = "low battery"
        return self._tell(self._live, record.spo2, record.pulse, now, record.device_time)

    # --- all formats --------------------------------------------------------------------------------------------

    def _tell(
        self, statuses: dict[str, str], spo2: int | None, pulse: int | None, now: float, device_time: str | None = None
    ) -> list[Report]:
        validity = _validity(statuses)
        outside = pulse is not None and not LEAST_PULSE <= pulse <= MOST_PULSE
        pulse_validity = Validity.INVALID if outside and validity in USABLE else validity
        return [
            *self._statuses.update(statuses, now),
            observe(self._device, Vital.SPO2, spo2, now, validity=validity, device_time=device_time),
            observe(self._device, Vital.PULSE_RATE, pulse, now, validity=pulse_validity, device_time=device_time),
        ]


def _told(meanings: dict[int, tuple[Status, str]] | dict[int, tuple[str, str]], bits: int) -> dict[str, str]:
    """Every status that the bits speak of, with what they say in words."""
    statuses: dict[str, str] = {}
    for bit, (status, word) in meanings.items():
        if bits & bit:
            statuses[status] = f"{statuses[status]}, {word}" if status in statuses else word
    return statuses


def _validity(statuses: dict[str, str]) -> Validity:
    """How far numbers beside these statuses can be trusted."""
    if NO_READING & statuses.keys():
        return Validity.UNAVAILABLE
    return Validity.QUESTIONABLE if SUSPECT & statuses.keys() else Validity.VALID
