"""The meaning of a node's states: which are of this moment, what they say together, and what they do not say.

Theory of operation. Every value is a message of its own, so each vital is as fresh as its own last message; nothing
holds for another vital. Two kinds of states are of unknown age: those that the broker kept (retained), and those that a
node sends again by itself in the first seconds after it has connected. Neither is a value. A binary sensor speaks only
when it changes, so what a node that has just connected says of it is what holds. What the broker kept of it is taken if
it takes trust away from numbers ("sensor off"), and never if it gives it.
"""

from __future__ import annotations

import math
from typing import ClassVar, Final

from vitalwatch.driver import NOTHING_DUE, Counts, DriverInfo, DriverOptions, Due, Message, Received, StatusBook
from vitalwatch.errors import DecodeError, UsageError
from vitalwatch.model import CUFF_VITALS, Mode, Observation, Report, Status, Validity, Vital, observe, observe_cuff
from vitalwatch_drivers.esphome import frames
from vitalwatch_drivers.esphome.cuff import PRESSURES, CuffGathering, Reading
from vitalwatch_drivers.esphome.frames import PROTOCOL
from vitalwatch_drivers.esphome.options import EsphomeOptions

OXIMETER_VITALS: Final = frozenset({Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX})
"""What comes from the sensor on the finger, and so depends on how it sits."""

BLIND: Final = frozenset(
    {Status.SENSOR_OFF, Status.NO_SENSOR, Status.SENSOR_FAULT, Status.SEARCHING, Status.PULSE_LOST}
)
"""While one of these holds, a number from the finger is no measurement, however good it looks."""

DOUBTFUL: Final = frozenset(
    {Status.MOTION, Status.LOW_PERFUSION, Status.LOW_SIGNAL, Status.INTERFERENCE, Status.AMBIENT_LIGHT}
)
"""While one of these holds, a number from the finger is questionable."""

WARNS: Final = BLIND | DOUBTFUL | {Status.DEMO}
"""Statuses that only take trust away: these count also when the broker kept them and nobody knows how old they are."""

OFFLINE: Final = "offline"

RESENT_S: Final = 5.0
"""Seconds after a node's birth message in which it sends the last state of each entity again, however old it is. It
takes one entity a turn of its loop, so a second is enough."""

KPA_IN_MMHG: Final = 7.50062

EVERYDAY_ZERO: Final = frozenset({Vital.ETCO2})
"""Vitals in which 0 is an everyday measurement (nothing breathed out just now)."""


class EsphomeDriver:
    """One node. See the module's text for what it makes of its states.

    Args:
        device: the device's id in the config.
        options: an instance of ``Options``.

    Attributes:
        period_s: longest usual time between two states of one vital, from the options.
        vitals: those that the options map.
    """

    info: ClassVar[DriverInfo] = DriverInfo(
        name=PROTOCOL,
        title="ESPHome nodes: one value a topic over MQTT, mapped to vitals by config",
        models=("any ESPHome node that publishes sensors over MQTT",),
        takes="messages",
        vitals=tuple(Vital),
        period_s=1.0,
    )
    Options: ClassVar[type[DriverOptions]] = EsphomeOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, EsphomeOptions):
            raise UsageError(f"{PROTOCOL} needs its own options, not {type(options).__name__}")
        self.counts = Counts()
        self.period_s = options.period_s
        self.vitals = tuple(options.vitals)
        self._device = device
        self._options = options
        self._vital_of = {entity: vital for vital, entity in options.vitals.items()}
        self._none_texts = frozenset(none.strip().lower() for none in options.none if isinstance(none, str))
        self._none_numbers = frozenset(none for none in options.none if not isinstance(none, str))
        self._statuses = StatusBook(device)
        self._held: set[str] = set()
        self._cuff = CuffGathering(CUFF_VITALS.intersection(self.vitals))
        self._bad = 0
        self._resent_until = -math.inf

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take one message that arrived at monotonic ``now``. Never raises on anything a node may send."""
        message = data if isinstance(data, Message) else Message(data)
        late = self._cuff.overdue(now)
        reports = self._meaning(message, now)
        self.counts.bad_frames = self._bad + self._cuff.halves
        return [*reports, *self._readings(late, now)]

    def due(self, now: float) -> Due:  # noqa: ARG002 - part of the contract
        """Nothing is ever sent: a node talks by itself."""
        return NOTHING_DUE

    def redact(self, data: bytes) -> bytes:
        """One message as it may be recorded: a number or a known word as it is, of any other text only its length."""
        try:
            word = data.decode("ascii").strip().lower()
        except UnicodeDecodeError:
            word = "?"
        known = word in self._none_texts or word in ("on", "off", "online", "offline")
        return data if known or not math.isnan(frames.number(word)) else b"." * len(data)

    def reset(self) -> None:
        """Forget the present statuses and half a cuff reading: the link was cut. The last reading is kept."""
        self._statuses.clear()
        self._held.clear()
        self._cuff.drop()

    def _meaning(self, message: Message, now: float) -> list[Report]:
        try:
            frame = frames.parse(message.topic, message.payload)
        except DecodeError:  # counted: the hub shows the count and makes it a technical condition
            self._count_bad(message)
            return []
        match frame:
            case frames.Availability():
                return self._on_availability(frame.online, message.retained, now)
            case frames.Switch():
                return self._on_switch(frame, message.retained, now)
            case frames.State() if frame.entity in self._vital_of:
                return self._on_state(self._vital_of[frame.entity], frame, message, now)
        return []  # not mapped, and not counted as read: a node that only writes its log is silent

    def _count_bad(self, message: Message) -> None:
        self._bad += 1
        self.counts.dropped_bytes += len(message.payload)

    # --- binary sensors and availability ------------------------------------------------------------------------

    def _on_availability(self, online: bool, retained: bool, now: float) -> list[Report]:
        if retained:
            # Kept on purpose: it is the last that was heard of the node. That it was online once proves nothing.
            self.counts.retained += 1
            return self._hold(OFFLINE, True, now) if not online else []
        self.counts.frames += 1
        self._cuff.drop()
        if online:
            self._resent_until = now + RESENT_S
            return self._hold(OFFLINE, False, now)
        reports = self._hold(OFFLINE, True, now)
        return reports + [self._stream(v, None, now) for v in self.vitals if v not in CUFF_VITALS]

    def _on_switch(self, switch: frames.Switch, retained: bool, now: float) -> list[Report]:
        on = [status for status, entity in self._options.statuses.items() if entity == switch.entity]
        off = [status for status, entity in self._options.statuses_off.items() if entity == switch.entity]
        if not (on or off):
            return []
        if retained:
            self.counts.retained += 1
        else:
            self.counts.frames += 1
        if switch.on is None:
            return []  # the node does not know: what was known stands
        blind = BLIND & self._held
        reports = [] if retained else self._hold(OFFLINE, False, now)
        for status, holds in [*((status, switch.on) for status in on), *((status, not switch.on) for status in off)]:
            if not retained or (holds and status in WARNS):
                reports += self._on_status(status, holds, now)
        if BLIND & self._held - blind:  # the numbers from before do not stand a moment longer
            reports += [self._stream(vital, None, now) for vital in self.vitals if vital in OXIMETER_VITALS]
        return reports

    def _on_status(self, status: str, holds: bool, now: float) -> list[Report]:
        if status == Status.CUFF_INFLATING:
            self._cuff.inflating(holds)
        elif status == Status.CUFF_FAILED and holds:
            self._cuff.failed()
        return self._hold(status, holds, now)

    def _hold(self, status: str, holds: bool, now: float) -> list[Report]:
        """Take whether a status holds; tell it if that is news."""
        self._held = self._held | {status} if holds else self._held - {status}
        return list(self._statuses.update(dict.fromkeys(self._held, ""), now))

    # --- sensors ------------------------------------------------------------------------------------------------

    def _on_state(self, vital: Vital, state: frames.State, message: Message, now: float) -> list[Report]:
        if message.retained or now < self._resent_until:
            self.counts.retained += 1
            return []
        value = self._value(vital, state.text)
        if value is not None and math.isnan(value):
            self._count_bad(message)  # told as invalid too: whatever it is, the number before it does not stand
        else:
            self.counts.frames += 1
        reports = self._hold(OFFLINE, False, now)
        if vital in CUFF_VITALS:
            return reports + self._readings(self._cuff.take(vital, value, now), now)
        return [*reports, self._stream(vital, value, now)]

    def _value(self, vital: Vital, text: str | None) -> float | None:
        """A number in the vital's unit, ``None`` for the node's "no value", NaN for what is not a number."""
        if text is None:
            return math.nan
        if text.lower() in self._none_texts:
            return None
        number = frames.number(text)
        if number in self._none_numbers:
            return None
        if number == 0 and vital not in EVERYDAY_ZERO and vital not in self._options.real_zero:
            return None  # oximeters send 0 while they search; only the config can say that a 0 is real
        if vital is Vital.TEMPERATURE and self._options.temperature_unit == "°F":
            return round((number - 32) / 1.8, 2)
        if vital in (*PRESSURES, Vital.ETCO2) and self._options.pressure_unit == "kPa":
            return round(number * KPA_IN_MMHG, 1)
        return number

    def _stream(self, vital: Vital, value: float | None, now: float) -> Observation:
        validity = Validity.VALID
        if vital in OXIMETER_VITALS:
            if self._held & BLIND:
                validity = Validity.UNAVAILABLE
            elif self._held & DOUBTFUL:
                validity = Validity.QUESTIONABLE
        return observe(self._device, vital, value, now, validity=validity, mode=self._mode)

    def _readings(self, readings: list[Reading], now: float) -> list[Report]:
        return [
            observation
            for reading in readings
            for observation in observe_cuff(
                self._device,
                reading.values.get(Vital.SYSTOLIC),
                reading.values.get(Vital.DIASTOLIC),
                now,
                mean=reading.values.get(Vital.MEAN_PRESSURE),
                pulse=reading.values.get(Vital.CUFF_PULSE_RATE),
                mode=self._mode,
                reading_age_s=reading.age_s,
            )
        ]

    @property
    def _mode(self) -> Mode:
        return Mode.DEMO if Status.DEMO in self._held else Mode.REAL
