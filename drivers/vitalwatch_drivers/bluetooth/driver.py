"""The meaning of notifications: what is a value of this moment, what is a reading, and what is neither.

Theory of operation. A message that the broker kept (retained) is of unknown age and says nothing. Of any other the
topic says which characteristic it is:

* 2A5F and 2A37 are streams: one notification is the whole truth of that sensor at that moment;
* 2A35 is one cuff reading, told once; 2A36 says that the cuff is running;
* 2A5E is a spot check. It may have been stored for days, and it watches nobody: its numbers are not told.

What one characteristic says is the matter stands until the same one says otherwise; another says nothing about it.
"""

from __future__ import annotations

from typing import ClassVar, Final

from vitalwatch.driver import NOTHING_DUE, Counts, DriverInfo, DriverOptions, Due, Message, Received, StatusBook
from vitalwatch.errors import DecodeError, UsageError
from vitalwatch.model import CUFF_VITALS, Report, Status, Validity, Vital, observe, observe_cuff
from vitalwatch_drivers.bluetooth import flags, frames
from vitalwatch_drivers.bluetooth.cuff import CuffMemory
from vitalwatch_drivers.bluetooth.decoder import Decoder
from vitalwatch_drivers.bluetooth.frames import PROTOCOL
from vitalwatch_drivers.bluetooth.options import BluetoothOptions

KPA_IN_MMHG: Final = 7.50062

AVAILABILITY: Final = {b"online": False, b"offline": True}
"""What gateways say of themselves, by last will too: whether the device cannot be heard now."""

GATEWAY: Final = "gateway"

WATCHED_BY: Final = {"2A5F": "2A5F", "2A5E": "2A5F", "2A37": "2A37", "2A35": "2A35", "2A36": "2A35"}
"""Which entry of the option ``characteristics`` each one belongs to."""


class BluetoothDriver:
    """One device behind a gateway. See the module's text for what it makes of a message.

    Args:
        device: the device's id in the config.
        options: an instance of ``Options``.

    Attributes:
        period_s: longest usual time between two messages of *this* device, from its options.
        vitals: those of the characteristics that it is watched for.
    """

    info: ClassVar[DriverInfo] = DriverInfo(
        name=PROTOCOL,
        title="Bluetooth oximeters, heart rate sensors and cuffs behind an MQTT gateway",
        models=("any device with the Pulse Oximeter, Heart Rate or Blood Pressure profile of the Bluetooth SIG",),
        takes="messages",
        vitals=BluetoothOptions().vitals,
        period_s=1.0,
    )
    Options: ClassVar[type[DriverOptions]] = BluetoothOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, BluetoothOptions):
            raise UsageError(f"{PROTOCOL} needs its own options, not {type(options).__name__}")
        self.counts = Counts()
        self.period_s = options.usual_period_s
        self.vitals = options.vitals
        self._device = device
        self._watched = frozenset(options.characteristics)
        self._decoder = Decoder(options)
        self._statuses = StatusBook(device)
        self._held: dict[str, dict[str, str]] = {}
        self._cuff = CuffMemory()

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take one message that arrived at monotonic ``now``. Never raises on anything a gateway may send."""
        message = data if isinstance(data, Message) else Message(data)
        if message.retained:
            self.counts.retained += 1
            return []
        characteristic = self._decoder.characteristic(message.topic)
        if not characteristic and message.payload.strip() in AVAILABILITY:
            self.counts.frames += 1
            return self._on_availability(AVAILABILITY[message.payload.strip()], now)
        if characteristic and WATCHED_BY.get(characteristic) not in self._watched:
            return []  # a battery level, or a service that another [[device]] watches: neither read nor wrong
        try:
            if not characteristic:
                raise DecodeError("the topic names no characteristic", protocol=PROTOCOL, excerpt=message.payload[:32])
            frame = self._decoder.decode(characteristic, message.payload)
        except DecodeError:  # counted: the hub shows the count and makes it a technical condition
            self.counts.bad_frames += 1
            self.counts.dropped_bytes += len(message.payload)
            return []
        self.counts.frames += 1
        return self._meaning(frame, now)

    def due(self, now: float) -> Due:  # noqa: ARG002 - part of the contract
        """Nothing is ever sent: a gateway talks by itself."""
        return NOTHING_DUE

    def redact(self, data: bytes) -> bytes:
        """One message as it may be written to a recording: a notification as it is, of anything else its length."""
        return data if data.strip() in AVAILABILITY else self._decoder.redact(data)

    def reset(self) -> None:
        """Forget the present statuses: the link was cut. Which cuff readings were already seen is kept."""
        self._statuses.clear()
        self._held.clear()

    def _meaning(self, frame: frames.Frame, now: float) -> list[Report]:
        match frame:
            case frames.Continuous():
                return self._on_continuous(frame, now)
            case frames.SpotCheck():
                when = f" of {frame.time.isoformat()}" if frame.time else ""
                return self._hold("2A5F", {"spot_check": f"the spot check{when} is not shown"}, now)
            case frames.HeartRate():
                return self._on_heart_rate(frame, now)
            case frames.BloodPressure():
                return self._on_blood_pressure(frame, now)
            case frames.CuffPressure():
                if not frame.pressure or frame.pressure < 0:
                    return []  # none, or an empty cuff: nothing runs
                self._cuff.running()
                return self._hold("2A35", {Status.CUFF_INFLATING: ""}, now)

    def _on_continuous(self, frame: frames.Continuous, now: float) -> list[Report]:
        statuses = flags.sensor_statuses(frame.sensor, frame.measurement)
        validity = flags.sensor_validity(statuses, frame.measurement)
        mode = flags.sensor_mode(frame.measurement)
        values = {Vital.SPO2: frame.spo2, Vital.PULSE_RATE: frame.pulse}
        if frame.has_amplitude:
            values[Vital.PERFUSION_INDEX] = frame.amplitude
        reports = self._hold("2A5F", statuses, now)
        for vital, sent in values.items():
            value = sent or None  # oximeters send 0 while they search: no finger that is measured has one
            reports.append(observe(self._device, vital, value, now, validity=validity, mode=mode))
        return reports

    def _on_heart_rate(self, frame: frames.HeartRate, now: float) -> list[Report]:
        touches = frame.contact is not False
        statuses = {} if touches else {"no_skin_contact": "the heart rate sensor does not touch the skin"}
        rate = frame.rate if touches and frame.rate else None  # 0: none found yet; the profile has no asystole
        return [*self._hold("2A37", statuses, now), observe(self._device, Vital.HEART_RATE, rate, now)]

    def _on_blood_pressure(self, frame: frames.BloodPressure, now: float) -> list[Report]:
        again = self._cuff.is_last(frame)
        age_s = self._cuff.take(frame, now)
        statuses = flags.cuff_statuses(frame.status)
        failed = frame.systolic is None
        if failed:
            words = ", ".join(statuses.values())
            statuses = {Status.CUFF_FAILED: words}
        if age_s is None:
            # Of the last reading sent again, its statuses still hold; of an older one, nothing is news.
            return self._hold("2A35", statuses, now) if again else []
        if failed:
            # A second failed try begins anew, so that tries can be counted.
            return [*self._hold("2A35", {}, now), *self._hold("2A35", statuses, now)]
        return [
            *self._hold("2A35", statuses, now),
            *observe_cuff(
                self._device,
                _mmhg(frame.systolic, frame),
                _mmhg(frame.diastolic, frame),
                now,
                mean=_mmhg(frame.mean, frame),
                pulse=frame.pulse,
                validity=Validity.QUESTIONABLE if statuses else Validity.VALID,
                device_time=frame.time.isoformat() if frame.time else None,
                reading_age_s=age_s,
            ),
        ]

    def _on_availability(self, offline: bool, now: float) -> list[Report]:
        reports = self._hold(GATEWAY, {"offline": "the gateway is off"} if offline else {}, now)
        if not offline:
            return reports
        return reports + [observe(self._device, v, None, now) for v in self.vitals if v not in CUFF_VITALS]

    def _hold(self, source: str, statuses: dict[str, str], now: float) -> list[Report]:
        """Take what one source says is the matter; tell what changed in all. Any one shows that the gateway is on."""
        self._held.pop(GATEWAY, None)
        self._held[source] = statuses
        merged: dict[str, str] = {}
        for each in self._held.values():
            for status, words in each.items():
                flags.add(merged, status, words)
        return list(self._statuses.update(merged, now))


def _mmhg(pressure: float | None, frame: frames.BloodPressure) -> float | None:
    return round(pressure * KPA_IN_MMHG, 1) if pressure is not None and frame.kilopascal else pressure
