"""What DRI records mean: present values, cuff readings, curves, and the monitor's own alarms.

Theory of operation. The monitor is asked once and then sends by itself (``requests.py``). A record of displayed values
brings one observation of each vital whose module is in the monitor, or was in it since the link opened, so that a
module that is pulled out takes its values with it at once. A cuff reading is told once (``cuff.py``). Alarms come in
records of their own and stand until the next one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar, Final

from vitalwatch.driver import (
    Counts,
    DriverInfo,
    DriverOptions,
    Due,
    LineSettings,
    Message,
    Received,
    StatusBook,
    only_limits,
)
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Observation, Report, Status, Vital, Waveform, observe, observe_cuff
from vitalwatch_drivers.ge_dri import frames as f
from vitalwatch_drivers.ge_dri import values as v
from vitalwatch_drivers.ge_dri.cuff import MEASURING, STASIS, Cuff, CuffMemory
from vitalwatch_drivers.ge_dri.decoder import GeDriDecoder
from vitalwatch_drivers.ge_dri.options import CURVES, GeDriOptions
from vitalwatch_drivers.ge_dri.redact import Redactor
from vitalwatch_drivers.ge_dri.requests import Wishes

CURVES_BY_KIND: Final = {info.kind: (name, info) for name, info in CURVES.items()}
GAP, LEAD_OFF = 0x01, 0x08
"""Bits of a curve's status."""


class GeDriDriver:
    """One monitor on a DRI line. See the module's text for what it makes of the records.

    Args:
        device: the device's id in the config.
        options: an instance of ``Options``.
    """

    info: ClassVar[DriverInfo] = DriverInfo(
        name=f.PROTOCOL,
        title="GE Datex-Ohmeda S/5, B-series and CARESCAPE monitors (DRI serial interface)",
        models=(
            *("S/5 AM, CCM, Compact, Light", "Cardiocap/5", "B20", "B40", "B105", "B125"),
            *("CARESCAPE B450", "CARESCAPE B650", "CARESCAPE B850"),
        ),
        takes="stream",
        vitals=tuple(Vital),
        period_s=5.0,
        settings=(LineSettings(19200, parity="E"), LineSettings(115200, parity="E")),
        checksum=True,
    )
    Options: ClassVar[type[DriverOptions]] = GeDriOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, GeDriOptions):
            raise UsageError(f"{f.PROTOCOL} needs its own options, not {type(options).__name__}")
        self.counts = Counts()
        self.period_s = float(options.interval_s)
        self.vitals = self.info.vitals
        self._device = device
        self._wet = options.co2 == "wet"
        self._wishes = Wishes(options.interval_s, [CURVES[name].kind for name in options.waves], alarms=options.alarms)
        self._decoder = GeDriDecoder()
        self._redactor = Redactor()
        self._statuses = StatusBook(device)
        self._cuff = CuffMemory()
        self._forget()

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes that arrived at monotonic ``now``. Never raises on anything a device may send.

        Raises:
            UsageError: if given a message; this is a byte stream.
        """
        if isinstance(data, Message):
            raise UsageError(f"{f.PROTOCOL} reads a stream of bytes, not messages")
        self._decoder.feed(data)
        reports: list[Report] = []
        for record in self._decoder.frames():
            self.counts.frames += 1
            # A record without a part that is read is none of those that were asked for.
            if record.parts:
                self._wishes.heard(record.kind, now)
            reports += self._meaning(record, now)
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        return reports

    def due(self, now: float) -> Due:
        """Requests to send values, curves and alarms: at the opening, and when they stay away. They only read."""
        return Due(*self._wishes.due(now))

    def redact(self, data: bytes) -> bytes:
        """Whole records of values, curves and alarms as they are; nothing of any other, which may name people."""
        return self._redactor.redact(data)

    def reset(self) -> None:
        """Forget half a record and the present statuses: the link was cut. Which cuff reading was told is kept."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._wishes.reset()
        self._statuses.clear()
        self._cuff.reset()
        self._forget()

    def _forget(self) -> None:
        self._holding: dict[str, str] = {}
        self._asystole = False
        self._alarms: tuple[f.AlarmLine, ...] = ()
        self._silence = 0
        self._nibp_time: int | None = None
        self._breathing = v.Breathing()
        self._known: set[Vital] = set()

    # --- displayed values ---------------------------------------------------------------------------------------

    def _meaning(self, record: f.Record, now: float) -> list[Report]:
        # The time of the cuff reading first: it may stand behind the numbers that it belongs to.
        for part in record.parts:
            if isinstance(part, f.Auxiliary):
                self._nibp_time = part.nibp_time
        reports: list[Report] = []
        displayed = {part.value_class: part for part in record.parts if isinstance(part, f.Displayed)}
        if f.BASIC in displayed:
            reports += self._on_values(displayed[f.BASIC], displayed.get(f.EXT1), record.time, now)
        for part in record.parts:
            if isinstance(part, f.AlarmState):
                self._alarms, self._silence = tuple(line for line in part.lines if line.colour), part.silence
                reports += self._status_changes(now)
            elif isinstance(part, f.Wave):
                reports += self._curve(part, now)
        return reports

    def _on_values(self, basic: f.Displayed, ext1: f.Displayed | None, sent: int, now: float) -> list[Report]:
        ecg, co2, spo2 = basic.group(f.ECG, 5), basic.group(f.CO2, 4), v.oximeter(basic, ext1)
        has_temperature, temperature = v.temperature(basic, ext1)
        told = (
            (Vital.HEART_RATE, ecg.exists, v.heart_rate(ecg)),
            (Vital.SPO2, spo2.exists, v.reading(spo2, 0, 100.0)),
            (Vital.PULSE_RATE, spo2.exists, v.reading(spo2, 1)),
            (Vital.PERFUSION_INDEX, spo2.exists, v.reading(spo2, 2, 100.0)),
            (Vital.RESPIRATION_RATE, ecg.exists or co2.exists, self._breathing.rate(ecg, co2)),
            (Vital.ETCO2, co2.exists, self._breathing.end_tidal(co2, wet=self._wet)),
            (Vital.TEMPERATURE, has_temperature, temperature),
        )
        self._known |= {vital for vital, exists, _ in told if exists}
        observations = [
            observe(self._device, vital, value, now, validity=validity, device_time=_label(basic.time))
            for vital, _, (value, validity) in told
            if vital in self._known
        ]
        self._holding = v.ecg_statuses(ecg)
        self._asystole = ecg.active and bool(ecg.status & v.ASYSTOLE)
        observations += self._on_cuff(basic.group(f.NIBP, 4), sent, now)
        return [*self._status_changes(now), *observations]

    def _on_cuff(self, nibp: f.Group, sent: int, now: float) -> list[Observation]:
        """The cuff reading, if this record brings a new one; the cuff's states are kept for later."""
        if not nibp.active:
            return []
        pressures = nibp.values[:2]
        numbers = None if min(pressures) <= v.LAST_CODE else nibp.values
        cuff = Cuff(nibp.label, numbers, self._nibp_time, sent)
        new = self._cuff.is_new(cuff)
        if cuff.bits & (MEASURING | STASIS):
            self._holding[Status.CUFF_INFLATING] = "measuring" if cuff.bits & MEASURING else "venous stasis"
        if self._cuff.failed:
            self._holding[Status.CUFF_FAILED] = "measurement ended without a result"
        if not new:
            return []
        systolic, diastolic, mean = (v.raw_reading(raw, 100.0)[0] for raw in nibp.values[:3])
        return observe_cuff(
            self._device,
            systolic,
            diastolic,
            now,
            mean=mean,
            pulse=v.raw_reading(nibp.values[3])[0],
            device_time=_label(cuff.ended),
            reading_age_s=cuff.age_s or 0.0,
        )

    # --- alarms and curves --------------------------------------------------------------------------------------

    def _status_changes(self, now: float) -> list[DeviceStatus]:
        """All statuses that hold, the monitor's alarms among them."""
        holding = dict(self._holding)
        alarms = [(line.text or "alarm", line.colour) for line in self._alarms]
        if self._asystole and not any("ASYSTOLE" in text.upper() for text, _ in alarms):
            alarms.insert(0, ("ASYSTOLE", 3))
        if alarms:
            holding[Status.MONITOR_ALARM] = ", ".join(text for text, _ in alarms)
        if self._silence:
            holding[Status.MONITOR_AUDIO_PAUSED] = v.SILENCED.get(self._silence, f"code {self._silence}")
        limit_of = only_limits(v.limit_of(text) for text, _ in alarms)
        urgent = max((colour for _, colour in alarms), default=0)
        return self._statuses.update(holding, now, limit_of, v.COLOURS.get(urgent, ""))

    def _curve(self, wave: f.Wave, now: float) -> list[Waveform]:
        if wave.kind not in CURVES_BY_KIND or not wave.samples:
            return []
        name, info = CURVES_BY_KIND[wave.kind]
        off = bool(wave.status & LEAD_OFF)
        samples: list[float | None] = [None if off or raw <= v.LAST_CODE else raw / info.scale for raw in wave.samples]
        if wave.status & GAP:
            samples.insert(0, None)
        return [Waveform(self._device, name, info.rate_hz, tuple(samples), now)]


def _label(seconds: int) -> str:
    """A time of the monitor's clock, as it reads there; whether it is UTC is the monitor's set-up."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
