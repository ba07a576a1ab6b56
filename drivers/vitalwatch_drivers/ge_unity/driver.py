"""What the datagrams of a Unity monitor mean: present values, cuff readings, the oximeter's curve, and alarms.

Theory of operation. The monitor sends values, or curves, for some time after it was asked; the request is repeated
each 5 s. Every datagram is known by its content, so that alarms and discoveries may come over the same link or
another. The level of the monitor's highest alarm is in every reply with values; the broadcasts add their texts. A text
holds for ``OLDEST_ALARM_S`` after it was last heard, or until a reply says that no alarm stands.
"""

from __future__ import annotations

import math
from typing import ClassVar, Final

from vitalwatch.driver import (
    NOTHING_DUE,
    Counts,
    DriverInfo,
    DriverOptions,
    Due,
    Message,
    Received,
    StatusBook,
)
from vitalwatch.errors import DecodeError, UsageError
from vitalwatch.model import DeviceStatus, Observation, Report, Status, Vital, Waveform, observe, observe_cuff
from vitalwatch_drivers.ge_unity import frames as f
from vitalwatch_drivers.ge_unity.cuff import CuffMemory
from vitalwatch_drivers.ge_unity.decoder import decode, without_names
from vitalwatch_drivers.ge_unity.options import GeUnityOptions
from vitalwatch_drivers.ge_unity.requests import ASK_EACH_S, request

PERIODS_S: Final = {"vitals": 2.0, "waves": 0.25, "nothing": 10.0}
"""How often a link brings something: values, curves, or discoveries at least."""

OLDEST_ALARM_S: Final = 7.0
"""How long a broadcast alarm is believed: three of its periods of 2 s, and some time on the way."""
MOST_ALARMS: Final = 16

PRIORITIES: Final = {
    f.SYSTEM_ADVISORY: "low",
    f.SYSTEM_WARNING: "medium",
    f.ADVISORY: "low",
    f.WARNING: "medium",
    f.CRISIS: "high",
}
"""Levels that are alarms; the others (status only, messages) are not."""
LEVELS: Final = {
    f.SYSTEM_ADVISORY: "system advisory",
    f.SYSTEM_WARNING: "system warning",
    f.ADVISORY: "advisory",
    f.WARNING: "warning",
    f.CRISIS: "crisis",
}
URGENCY: Final = ("low", "medium", "high")

AUDIO: Final = {1: "silenced", 2: "paused", 3: "off", 4: "volume off", 5: "paused, not shown"}

PLETH_HZ: Final = 60.0

STREAMS: Final = (
    (Vital.HEART_RATE, f.ECG, 0, 1.0),
    (Vital.SPO2, f.SPO2, 0, 1.0),
    (Vital.PULSE_RATE, f.SPO2, 1, 1.0),
    (Vital.RESPIRATION_RATE, f.RESPIRATION, 0, 1.0),
    (Vital.TEMPERATURE, f.TEMPERATURE, 0, 0.1),
)
"""Vital, parameter, which of its numbers, and the unit of that number."""


class GeUnityDriver:
    """One monitor on the Unity network. See the module's text for what it makes of its datagrams.

    Args:
        device: the device's id in the config.
        options: an instance of ``Options``.
    """

    info: ClassVar[DriverInfo] = DriverInfo(
        name=f.PROTOCOL,
        title='GE Dash and Solar monitors ("Unity" network, UDP)',
        models=("Dash 3000", "Dash 4000", "Dash 5000", "Solar 8000"),
        takes="messages",
        vitals=(
            *(Vital.HEART_RATE, Vital.SPO2, Vital.PULSE_RATE, Vital.RESPIRATION_RATE, Vital.TEMPERATURE),
            *(Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE),
        ),
        period_s=PERIODS_S["vitals"],
    )
    Options: ClassVar[type[DriverOptions]] = GeUnityOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, GeUnityOptions):
            raise UsageError(f"{f.PROTOCOL} needs its own options, not {type(options).__name__}")
        self.counts = Counts()
        self.period_s = PERIODS_S[options.ask]
        self.vitals = self.info.vitals if options.ask == "vitals" else ()
        self._device = device
        self._request = None if options.ask == "nothing" else request(options.ask, options.origin)
        self._statuses = StatusBook(device)
        self._cuff = CuffMemory()
        self._ask_at = -math.inf
        self._forget()

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take one datagram that arrived at monotonic ``now``. Never raises on anything that may come."""
        message = data if isinstance(data, Message) else Message(data)
        if message.retained:
            self.counts.retained += 1
            return []
        try:
            frame = decode(message.payload)
        except DecodeError:  # counted: the hub shows the count and makes it a technical condition
            self.counts.bad_frames += 1
            self.counts.dropped_bytes += len(message.payload)
            return []
        self.counts.frames += 1
        match frame:
            case f.Values():
                return self._on_values(frame, now)
            case f.Waves():
                return [*self._status_changes(now), *self._on_waves(frame, now)]
            case f.Alarm():
                self._on_alarm(frame, now)
        return list(self._status_changes(now))

    def due(self, now: float) -> Due:
        """The request for values or curves, each 5 s. It only asks; nothing of the monitor is changed by it."""
        if self._request is None:
            return NOTHING_DUE
        if now < self._ask_at:
            return Due((), self._ask_at)
        self._ask_at = now + ASK_EACH_S
        return Due((self._request,), self._ask_at)

    def redact(self, data: bytes) -> bytes:
        """The datagram without the person's name; nothing of one that is not known, since it may hold one."""
        return without_names(data)

    def reset(self) -> None:
        """Forget the present states and ask again at once: the link was cut. Which cuff reading was told is kept."""
        self._statuses.clear()
        self._ask_at = -math.inf
        self._forget()

    def _forget(self) -> None:
        self._holding: dict[str, str] = {}
        self._level = f.STATUS_ONLY
        self._alarms: dict[str, tuple[int, float]] = {}
        self._present: set[int] = set()
        self._beating: set[Vital] = set()
        self._wave_sequence: int | None = None

    # --- values -------------------------------------------------------------------------------------------------

    def _on_values(self, values: f.Values, now: float) -> list[Report]:
        found = {parameter.code: parameter.numbers for parameter in reversed(values.parameters)}
        # A parameter that is no longer in the reply takes its values with it at once.
        self._present |= found.keys()
        observations = [
            observe(self._device, vital, self._stream(vital, found.get(code), place, unit), now)
            for vital, code, place, unit in STREAMS
            if code in self._present
        ]
        pressures = found.get(f.NIBP)
        self._holding = _states(found)
        if values.alarm_state:
            self._holding[Status.MONITOR_AUDIO_PAUSED] = AUDIO.get(values.alarm_state, f"state {values.alarm_state}")
        self._level = values.alarm_level
        if self._level not in PRIORITIES:
            self._alarms.clear()
        return [*self._status_changes(now), *observations, *self._on_cuff(pressures, now)]

    def _stream(self, vital: Vital, numbers: tuple[int, ...] | None, place: int, unit: float) -> float | None:
        """One value: none if none was sent, not-a-number for what cannot be one."""
        number = None if numbers is None or f.SENSOR_FAIL in numbers else f.number_of(numbers[place])
        if number == 0 and vital not in self._beating:
            # Nobody says what 0 means while the monitor learns. Where something was seen, it has stopped.
            return math.nan
        if number is None:
            self._beating.discard(vital)
            return None
        self._beating.add(vital)
        return round(number * unit, 1)

    def _on_cuff(self, numbers: tuple[int, int, int] | None, now: float) -> list[Observation]:
        """The cuff reading if it is new. Its numbers are mean, systolic, diastolic."""
        whole = numbers if numbers and all(f.number_of(number) is not None for number in numbers) else None
        age_s = self._cuff.age_if_new(whole, now)
        if whole is None or age_s is None:
            return []
        mean, systolic, diastolic = map(float, whole)
        if not diastolic <= mean <= systolic:  # then the order is not the one that is known
            mean = systolic = diastolic = math.nan
        return observe_cuff(self._device, systolic, diastolic, now, mean=mean, reading_age_s=age_s)

    # --- curves and alarms --------------------------------------------------------------------------------------

    def _on_waves(self, waves: f.Waves, now: float) -> list[Waveform]:
        lost = self._wave_sequence is not None and waves.sequence != (self._wave_sequence + 1) & 0xFFFF
        self._wave_sequence = waves.sequence
        if not waves.pleth:
            return []
        samples: list[float | None] = [None] if lost else []
        return [Waveform(self._device, "pleth", PLETH_HZ, (*samples, *waves.pleth), now)]

    def _on_alarm(self, alarm: f.Alarm, now: float) -> None:
        text = alarm.text or f"parameter {alarm.code:02X}"
        if alarm.level not in PRIORITIES:
            self._alarms.pop(text, None)
        elif text in self._alarms or len(self._alarms) < MOST_ALARMS:
            self._alarms[text] = (alarm.level, now)

    def _status_changes(self, now: float) -> list[DeviceStatus]:
        """All statuses that hold, the monitor's alarms among them.

        ``limit_of`` stays empty: neither level nor text (in any language) tells a passed limit from an asystole.
        """
        self._alarms = {text: (level, at) for text, (level, at) in self._alarms.items() if now - at <= OLDEST_ALARM_S}
        holding = dict(self._holding)
        standing = [level for level in (self._level, *(level for level, _ in self._alarms.values())) if level in LEVELS]
        priority = ""
        if standing:
            worst = max(standing, key=lambda level: (URGENCY.index(PRIORITIES[level]), level))
            priority = PRIORITIES[worst]
            # The level is in the detail, so that an alarm that becomes worse is told again.
            texts = ", ".join(self._alarms)
            holding[Status.MONITOR_ALARM] = f"{texts} ({LEVELS[worst]})" if texts else LEVELS[worst]
        return self._statuses.update(holding, now, (), priority)


def _states(found: dict[int, tuple[int, int, int]]) -> dict[str, str]:
    """What the codes in the place of numbers say about sensor and cuff."""
    states: dict[str, str] = {}
    if f.SENSOR_FAIL in found.get(f.SPO2, ()):
        states[Status.SENSOR_FAULT] = "SpO2 sensor"
    cuff = found.get(f.NIBP, ())
    if f.NO_CUFF_PULSE in cuff:
        states[Status.CUFF_FAILED] = "no pulse found"
    elif f.SENSOR_FAIL in cuff:
        states[Status.CUFF_FAILED] = "sensor failed"
    return states
