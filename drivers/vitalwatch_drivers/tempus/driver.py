"""What the messages of a Tempus Pro mean: present values, cuff readings, and marks of its own alarms.

Theory of operation. A message holds entries, each with the time when its numbers were taken. Streamed numbers are
present when they are about as new as the newest of the message; a vital that was told before and is not in a message
any more has no value. A cuff reading stands in an entry of its own and is told once, with its age by the monitor's
own times.
"""

from __future__ import annotations

import math
from typing import ClassVar

from vitalwatch.driver import NOTHING_DUE, Counts, DriverInfo, DriverOptions, Due, Message, Received, StatusBook
from vitalwatch.errors import UsageError
from vitalwatch.model import Observation, Report, Status, Vital, observe, observe_cuff
from vitalwatch_drivers.tempus.cuff import Cuff, CuffMemory, newest_reading
from vitalwatch_drivers.tempus.decoder import Redactor, TempusDecoder
from vitalwatch_drivers.tempus.frames import PROTOCOL, Entry, Sign, Vitals
from vitalwatch_drivers.tempus.options import TempusOptions
from vitalwatch_drivers.tempus.values import CUFF, CUFF_NAMES, in_our_unit, is_cuff, present


class TempusDriver:
    """One Tempus Pro that sends its vitals as lines of JSON. Nothing is ever sent to it.

    Args:
        device: the device's id in the config.
        options: an instance of ``Options``.

    Attributes:
        period_s: longest usual time between two messages of *this* device, from its options.
    """

    info: ClassVar[DriverInfo] = DriverInfo(
        name=PROTOCOL,
        title="RDT Tempus Pro, vitals as lines of JSON",
        models=("Tempus Pro",),
        takes="stream",
        vitals=(
            *(Vital.HEART_RATE, Vital.PULSE_RATE, Vital.SPO2, Vital.PERFUSION_INDEX, Vital.RESPIRATION_RATE),
            *(Vital.ETCO2, Vital.TEMPERATURE),
            *(Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE, Vital.CUFF_PULSE_RATE),
        ),
        period_s=5.0,
        datagrams=True,
    )
    Options: ClassVar[type[DriverOptions]] = TempusOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, TempusOptions):
            raise UsageError(f"{PROTOCOL} needs its own options, not {type(options).__name__}")
        self.counts = Counts()
        self.period_s = options.period_s
        self.vitals = self.info.vitals
        self._device = device
        self._decoder = TempusDecoder()
        self._redactor = Redactor()
        self._statuses = StatusBook(device)
        self._cuff = CuffMemory()
        self._known: set[Vital] = set()
        self._seen: set[Vital] = set()

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes cut anywhere, or a datagram, that arrived at monotonic ``now``. Never raises on what may come."""
        if isinstance(data, Message):
            if data.retained:
                self.counts.retained += 1
                return []
            self._decoder.datagram(data.payload)
        else:
            self._decoder.feed(data)
        reports: list[Report] = []
        for vitals in self._decoder.frames():
            self.counts.frames += 1
            reports += self._meaning(vitals, now)
        self._count()
        return reports

    def due(self, now: float) -> Due:  # noqa: ARG002 - part of the contract
        """Nothing is ever sent: the monitor talks by itself."""
        return NOTHING_DUE

    def redact(self, data: bytes) -> bytes:
        """Messages with nothing in them but times and numbers; whatever else the monitor may send is left out."""
        return self._redactor.redact(data)

    def reset(self) -> None:
        """Forget half a line and the present statuses: the link was cut. Which cuff readings were told is kept."""
        self._decoder.reset()
        self._redactor.redact(b"")
        self._statuses.clear()
        self._known.clear()
        self._seen.clear()
        self._count()

    def _count(self) -> None:
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes

    def _meaning(self, vitals: Vitals, now: float) -> list[Report]:
        reports: list[Report] = [*self._statuses.update(_alerts(vitals), now)]
        found = present(vitals.entries)
        self._known |= found.keys()
        label = max((entry.taken for entry in vitals.entries if entry.taken is not None), default=None)
        for vital in self.info.vitals:
            if vital in self._known:
                value = self._stream(vital, found.get(vital))
                time = label.isoformat() if label else None
                reports.append(observe(self._device, vital, value, now, device_time=time))
        cuff = newest_reading(vitals)
        if self._cuff.is_new(cuff) and cuff is not None:
            reports += self._reading(cuff, now)
        return reports

    def _stream(self, vital: Vital, sign: Sign | None) -> float | None:
        """A value; a 0 is real only where something was seen without a break, for nobody says what 0 means before."""
        value = in_our_unit(vital, sign) if sign is not None else None
        if value is None:
            self._seen.discard(vital)
        elif value == 0 and vital not in self._seen:
            return math.nan
        elif not math.isnan(value):
            self._seen.add(vital)
        return value

    def _reading(self, cuff: Cuff, now: float) -> list[Observation]:
        entry = cuff.entry
        systolic, diastolic, mean = (
            _pressure(entry, name, vital)
            for name, vital in zip(CUFF_NAMES, (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE), strict=True)
        )
        if None not in (systolic, diastolic, mean) and not (diastolic or 0) <= (mean or 0) <= (systolic or 0):
            mean = math.nan
        pulses = [sign for sign in entry.signs if (sign.name, sign.source) == ("HR", CUFF)]
        return observe_cuff(
            self._device,
            systolic,
            diastolic,
            now,
            mean=mean,
            pulse=in_our_unit(Vital.CUFF_PULSE_RATE, pulses[0]) if pulses else None,
            device_time=entry.taken.isoformat() if entry.taken else None,
            reading_age_s=cuff.age_s or 0.0,
        )


def _pressure(entry: Entry, name: str, vital: Vital) -> float | None:
    signs = [sign for sign in entry.signs if sign.name == name and is_cuff(sign)]
    return in_our_unit(vital, signs[-1]) if signs else None


def _alerts(vitals: Vitals) -> dict[str, str]:
    """The monitor's own alarms: every mark on a number, with its code, since nobody says what the codes mean."""
    marked = dict.fromkeys(
        f"{sign.name} alert {sign.alert}" for entry in vitals.entries for sign in entry.signs if sign.alert
    )
    return {Status.MONITOR_ALARM: ", ".join(marked)} if marked else {}
