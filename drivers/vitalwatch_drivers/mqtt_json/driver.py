"""The meaning of a publisher's messages: what is a fresh value, what is a repeat, and what is none.

Theory of operation. A message that the broker kept (retained) is of unknown age and says nothing. Of any other,

* a message with ``status`` or with any stream (SpO2, rates, temperature …) is the whole truth of that moment: mapped
  streams that are not in it are unavailable, statuses that it does not list have ended;
* a message with only a cuff reading says nothing about streams and statuses, if the device has streams at all;
* a *cuff reading* is taken once. Monitors show the last one again and again, so the same stamp on the same pressures
  is the same reading; without stamps the same pressures are, unless the cuff ran in between.
"""

from __future__ import annotations

from collections import deque
from typing import ClassVar, Final

from vitalwatch.driver import NOTHING_DUE, Counts, DriverInfo, DriverOptions, Due, Message, Received, StatusBook
from vitalwatch.errors import DecodeError, UsageError
from vitalwatch.model import CUFF_VITALS, Mode, Observation, Report, Status, Validity, Vital, observe, observe_cuff
from vitalwatch_drivers.mqtt_json.decoder import PROTOCOL, Decoder
from vitalwatch_drivers.mqtt_json.frames import VitalsMessage
from vitalwatch_drivers.mqtt_json.options import MqttJsonOptions

OXIMETER_VITALS: Final = frozenset({Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX})
"""What comes from the sensor on the finger, and so depends on how it sits."""

BLIND: Final = frozenset(
    {Status.SENSOR_OFF, Status.NO_SENSOR, Status.SENSOR_FAULT, Status.SEARCHING, Status.PULSE_LOST}
)
"""While one of these holds, a number from the finger is no measurement, however good it looks: oximeters send 0 while
they search and hold the last value after the sensor fell off (protocol notes on oximeters, section 0)."""

DOUBTFUL: Final = frozenset(
    {Status.MOTION, Status.LOW_PERFUSION, Status.LOW_SIGNAL, Status.INTERFERENCE, Status.AMBIENT_LIGHT}
)
"""While one of these holds, a number from the finger is questionable."""

LONGEST_AGE_S: Final = 365 * 86400.0
"""A cuff reading cannot be older. Bridges without a clock of their own start in 1970 and jump when they are told the
time; the difference across such a jump is no age."""

REMEMBERED_READINGS: Final = 32
"""How many stamps of past cuff readings are kept. More than one, because bridges send stored readings again after a
reconnect; not "only newer stamps count", because a device whose clock is put back would be mute for an hour."""


class MqttJsonDriver:
    """One publisher of JSON. See the module's text for what it makes of a message.

    Args:
        device: the device's id in the config.
        options: an instance of ``Options``.

    Attributes:
        period_s: longest usual time between two messages of *this* device, from its options.
    """

    info: ClassVar[DriverInfo] = DriverInfo(
        name=PROTOCOL,
        title="JSON over MQTT, mapped to vitals by config",
        models=("any bridge or monitor that publishes JSON objects",),
        takes="messages",
        vitals=tuple(Vital),
        period_s=1.0,
    )
    Options: ClassVar[type[DriverOptions]] = MqttJsonOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, MqttJsonOptions):
            raise UsageError(f"{PROTOCOL} needs its own options, not {type(options).__name__}")
        self.counts = Counts()
        self.period_s = options.period_s
        self.vitals = tuple(options.vitals)
        self._device = device
        self._decoder = Decoder(options)
        self._streams = tuple(vital for vital in options.vitals if vital not in CUFF_VITALS)
        self._statuses = StatusBook(device)
        self._cuff = _CuffMemory()
        self._last_payload = b""

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take one message that arrived at monotonic ``now``. Never raises on anything a publisher may send."""
        message = data if isinstance(data, Message) else Message(data)
        if message.retained:
            self.counts.retained += 1
            return []
        try:
            frame = self._decoder.decode(message.payload)
        except DecodeError:  # counted: the hub shows the count and makes it a technical condition
            self.counts.bad_frames += 1
            self.counts.dropped_bytes += len(message.payload)
            return []
        self.counts.frames += 1
        # QoS 1 may deliver a message twice. Without a number in it, two equal messages are just a steady patient.
        copy = frame.sequence is not None and message.payload == self._last_payload
        self._last_payload = message.payload
        return [] if copy else self._meaning(frame, now)

    def due(self, now: float) -> Due:  # noqa: ARG002 - part of the contract
        """Nothing is ever sent: a publisher talks by itself."""
        return NOTHING_DUE

    def redact(self, data: bytes) -> bytes:
        """One message as it may be written to a recording: only what is mapped, so that no name is kept."""
        return self._decoder.redact(data)

    def reset(self) -> None:
        """Forget the present statuses: the link was cut. Which cuff readings were already seen is kept."""
        self._statuses.clear()

    def _meaning(self, frame: VitalsMessage, now: float) -> list[Report]:
        statuses = frozenset(frame.statuses or ())
        mode = Mode.DEMO if Status.DEMO in statuses else frame.mode
        if mode is Mode.DEMO:
            statuses |= {Status.DEMO}
        streams_in_it = any(vital in frame.values for vital in self._streams)
        reports: list[Report] = []
        if frame.statuses is not None or streams_in_it or not self._streams:
            reports += self._statuses.update(dict.fromkeys(statuses, ""), now)
            reports += [self._stream(vital, frame, statuses, mode, now) for vital in self._streams]
        if self._cuff.is_new(frame, statuses):
            reports += self._reading(frame, mode, now)
        return reports

    def _stream(
        self, vital: Vital, frame: VitalsMessage, statuses: frozenset[str], mode: Mode, now: float
    ) -> Observation:
        validity = Validity.VALID
        if vital in OXIMETER_VITALS:
            if statuses & BLIND:
                validity = Validity.UNAVAILABLE
            elif statuses & DOUBTFUL:
                validity = Validity.QUESTIONABLE
        label = frame.time.label if frame.time else None
        return observe(
            self._device, vital, frame.values.get(vital), now, validity=validity, mode=mode, device_time=label
        )

    def _reading(self, frame: VitalsMessage, mode: Mode, now: float) -> list[Observation]:
        stamp = frame.cuff_time or frame.time
        return observe_cuff(
            self._device,
            frame.values.get(Vital.SYSTOLIC),
            frame.values.get(Vital.DIASTOLIC),
            now,
            mean=frame.values.get(Vital.MEAN_PRESSURE),
            pulse=frame.values.get(Vital.CUFF_PULSE_RATE),
            mode=mode,
            device_time=stamp.label if stamp else None,
            reading_age_s=_age_s(frame),
        )


def _age_s(frame: VitalsMessage) -> float:
    """How old the reading was when its message was made, seconds, by two stamps of the same device.

    A day or a month is just an old reading. What cannot be an age (a reading from the future, a clock that was set in
    between, a missing or unreadable stamp) gives 0: then the age counts from the arrival.
    """
    if frame.time is None or frame.cuff_time is None:
        return 0.0
    age_s = frame.time.seconds_since(frame.cuff_time)
    return age_s if age_s is not None and 0.0 <= age_s <= LONGEST_AGE_S else 0.0


class _CuffMemory:
    """Tells a new cuff reading from one that is shown again."""

    def __init__(self) -> None:
        self._stamped: deque[tuple[str | float, str, str]] = deque(maxlen=REMEMBERED_READINGS)
        self._last = ("", "", "")
        self._cuff_ran = False

    def is_new(self, frame: VitalsMessage, statuses: frozenset[str]) -> bool:
        """Whether the message holds a reading that was not there before, and if so remember it."""
        inflating = Status.CUFF_INFLATING in statuses
        if inflating:
            self._cuff_ran = True
        elif Status.CUFF_FAILED in statuses:
            self._cuff_ran = False  # it ran, but what is shown is still the reading before
        pressures = [frame.values.get(vital) for vital in (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)]
        if all(pressure is None for pressure in pressures):
            return False
        systolic, diastolic, mean = (str(pressure) for pressure in pressures)  # texts, for NaN is not equal to itself
        if frame.cuff_time is not None:
            # The stamp alone is not enough: minutes without seconds and clocks that stand still are real, and a
            # crisis must not be taken for a repeat. The mean is left out, as some monitors add it a moment later.
            reading = (frame.cuff_time.key, systolic, diastolic)
            new = reading not in self._stamped
            if new:
                self._stamped.append(reading)
        else:
            new = (systolic, diastolic, mean) != self._last or (self._cuff_ran and not inflating)
        if new:
            self._last = (systolic, diastolic, mean)
            self._cuff_ran = inflating
        return new
