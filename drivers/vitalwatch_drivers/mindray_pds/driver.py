"""What a Mindray monitor says on port 4601: present values, cuff readings, its own alarms.

Theory of operation. The monitor is asked once, and again if no values come; from then on it sends by itself, a message
204 for each module and after it a 205 with the state of each of its parameters. Of each vital that a 204 has rows for,
one observation is made, from the most direct parameter that has a value; one that is used is kept as long as it gives
values, so that two never take turns. A parameter whose state is "none" has no value, whatever number stands beside it,
until its state is another. While the finger's sensor is off, the numbers of the finger are none, from the moment on in
which message 56 says so. Messages 54 and 56 list all alarms that hold. Cuff readings come in message 503 only
(``cuff.py``).
"""

from __future__ import annotations

from typing import ClassVar, Final

import msgspec

from vitalwatch.driver import Counts, DriverInfo, DriverOptions, Due, Message, Received, StatusBook, only_limits
from vitalwatch.errors import UsageError
from vitalwatch.hl7 import Hl7Message, MllpDecoder, Row, shown
from vitalwatch.model import (
    DeviceStatus,
    Mode,
    Observation,
    Report,
    Status,
    Validity,
    Vital,
    observe,
    observe_cuff,
    standing_s,
)
from vitalwatch_drivers.mindray_pds import frames as f
from vitalwatch_drivers.mindray_pds.alarms import BLIND, Alarm, physiological, technical
from vitalwatch_drivers.mindray_pds.cuff import OPENING_S, CuffMemory, reading_of
from vitalwatch_drivers.mindray_pds.options import MindrayPdsOptions
from vitalwatch_drivers.mindray_pds.redact import Redactor
from vitalwatch_drivers.mindray_pds.values import (
    ABSENT,
    FINGER,
    PARAMETERS,
    PRESENT,
    mode_of,
    states_of,
    value_of,
)

ASK_AGAIN_S: Final = 30.0
"""Without a message of values for this long the question is sent again."""


class _Used(msgspec.Struct, frozen=True):
    """The parameter that gives a vital, and until when it counts as alive."""

    parameter: str
    until: float


class MindrayPdsDriver:
    """One monitor on port 4601. See the module's text for what it makes of the messages.

    Args:
        device: the device's id in the config.
        options: an instance of ``Options``.
    """

    info: ClassVar[DriverInfo] = DriverInfo(
        name=f.PROTOCOL,
        title="Mindray monitors that share patient data on TCP port 4601 (PDS)",
        models=("BeneView T5, T8", "BeneView T1", "iPM", "iMEC", "uMEC", "WATO"),
        takes="stream",
        vitals=tuple(Vital),
        period_s=5.0,
    )
    Options: ClassVar[type[DriverOptions]] = MindrayPdsOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, MindrayPdsOptions):
            raise UsageError(f"{f.PROTOCOL} needs its own options, not {type(options).__name__}")
        self.counts = Counts()
        self.period_s = options.period_s
        self.vitals = self.info.vitals
        self._device = device
        self._decoder = MllpDecoder(f.parse)
        self._redactor = Redactor()
        self._statuses = StatusBook(device)
        self._cuff = CuffMemory()
        self._forget()

    def _forget(self) -> None:
        """Begin anew, as with a link that has just been opened."""
        self._statuses.clear()
        self._alarms: list[Alarm] = []
        self._technical: dict[str, str] = {}
        self._states: dict[str, str] = {}
        self._used: dict[Vital, _Used] = {}
        self._mode = Mode.REAL
        self._opened_at: float | None = None
        self._ask_at: float | None = None
        self._beat_at = 0.0

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes that arrived at monotonic ``now``. Never raises on anything a device may send.

        Raises:
            UsageError: if given a message; this is a byte stream.
        """
        if isinstance(data, Message):
            raise UsageError(f"{f.PROTOCOL} reads a stream of bytes, not messages")
        if self._opened_at is None:
            self._opened_at = now
        self._decoder.feed(data)
        reports: list[Report] = []
        for message in self._decoder.frames():
            self.counts.frames += 1
            reports += self._meaning(message, now)
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        return reports

    def due(self, now: float) -> Due:
        """The question for all parameters at the opening, then a heartbeat each second. They only read."""
        if self._ask_at is None or now >= self._ask_at:
            self._ask_at, self._beat_at = now + ASK_AGAIN_S, now + f.HEARTBEAT_S
            return Due((f.QUERY,), self._beat_at)
        if now >= self._beat_at:
            self._beat_at = now + f.HEARTBEAT_S
            return Due((f.HEARTBEAT_MESSAGE,), self._beat_at)
        return Due((), min(self._beat_at, self._ask_at))

    def redact(self, data: bytes) -> bytes:
        """The bytes for a recording, without names, numbers, beds and whatever else says who somebody is."""
        return self._redactor.redact(data)

    def reset(self) -> None:
        """Forget half a message and the present states: the link was cut. Which cuff readings were told is kept."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._forget()

    # --- meaning ------------------------------------------------------------------------------------------------

    def _meaning(self, message: Hl7Message, now: float) -> list[Report]:
        if message.kind != "ORU":
            return []
        for row in message.rows:
            self._cuff.clock(row.measured)
        match message.identity:
            case f.NUMERICS:
                return self._numerics(message, now)
            case f.STATES:
                self._states |= states_of(message)
                absent = {parameter for parameter, state in self._states.items() if state == ABSENT}
                return list(self._without_value(absent, now))
            case f.CUFF:
                return self._reading(message, now)
            case f.PHYSIOLOGICAL:
                self._alarms = physiological(message)
                return list(self._status_changes(now))
            case f.TECHNICAL:
                self._technical = technical(message)
                changes = self._status_changes(now)
                return [*changes, *(self._without_value(FINGER, now) if self._blind else [])]
            case _:
                return []

    @property
    def _blind(self) -> bool:
        """Whether the monitor says that the sensor sees nothing of the person."""
        return bool(BLIND & self._technical.keys())

    def _numerics(self, message: Hl7Message, now: float) -> list[Report]:
        rows: dict[Vital, list[Row]] = {}
        for row in message.rows:
            if row.code in PARAMETERS:
                rows.setdefault(PARAMETERS[row.code].vital, []).append(row)
        if not rows:
            return []
        if self._ask_at is not None:
            self._ask_at = now + ASK_AGAIN_S
        self._mode = mode_of(message)
        observations = [one for vital, each in rows.items() for one in self._stream(vital, each, now)]
        return [*self._status_changes(now), *observations]

    def _stream(self, vital: Vital, rows: list[Row], now: float) -> list[Observation]:
        """The one observation of a vital that a message has rows for; none if another parameter is giving it."""
        used = self._used.get(vital)
        alive = used.parameter if used is not None and now <= used.until else None
        read = [(row, *self._present(row, vital)) for row in rows]
        row, number, validity = min(read, key=lambda one: (one[1] is None, PARAMETERS[one[0].code].rank))
        # A parameter that is used, and has no row here, speaks in messages of its own.
        elsewhere = alive is not None and alive not in [each.code for each in rows]
        if elsewhere and (number is None or PARAMETERS[row.code].rank > PARAMETERS[alive or row.code].rank):
            return []
        if number is None:
            self._used.pop(vital, None)
        else:
            self._used[vital] = _Used(row.code, now + standing_s(self.period_s))
        label = row.measured.label if row.measured else None
        return [
            observe(self._device, vital, number, now, validity=validity, mode=self._mode, device_time=label),
        ]

    def _present(self, row: Row, vital: Vital) -> tuple[float | None, Validity]:
        """A row's value, or none while the monitor says elsewhere that there is none."""
        state = self._states.get(row.code, PRESENT)
        if state == ABSENT or (row.code in FINGER and self._blind):
            return None, Validity.UNAVAILABLE
        number, validity = value_of(row, vital)
        # A state that we do not know may be a warning about the number.
        doubted = validity is Validity.VALID and state != PRESENT
        return number, Validity.QUESTIONABLE if doubted else validity

    def _without_value(self, parameters: frozenset[str] | set[str], now: float) -> list[Observation]:
        """Takes away the vitals that these parameters were giving."""
        lost = [vital for vital, used in self._used.items() if used.parameter in parameters]
        for vital in lost:
            del self._used[vital]
        return [observe(self._device, vital, None, now, mode=self._mode) for vital in lost]

    def _reading(self, message: Hl7Message, now: float) -> list[Report]:
        reading = reading_of(message)
        if reading.empty or not self._cuff.is_new(reading):
            return []
        self._mode = mode_of(message)
        opening = self._opened_at is not None and now - self._opened_at < OPENING_S
        told = observe_cuff(
            self._device,
            reading.parts.get(Vital.SYSTOLIC),
            reading.parts.get(Vital.DIASTOLIC),
            now,
            mean=reading.parts.get(Vital.MEAN_PRESSURE),
            pulse=reading.parts.get(Vital.CUFF_PULSE_RATE),
            validity=Validity.QUESTIONABLE if opening else Validity.VALID,
            mode=self._mode,
            device_time=reading.measured.label if reading.measured else None,
            reading_age_s=self._cuff.age_s(reading),
        )
        return [*self._status_changes(now), *told]

    def _status_changes(self, now: float) -> list[DeviceStatus]:
        holding = dict(self._technical)
        if self._alarms:
            holding[Status.MONITOR_ALARM] = shown(", ".join(alarm.text for alarm in self._alarms))
        if self._mode is Mode.DEMO:
            holding[Status.DEMO] = ""
        limit_of = only_limits(alarm.limit_of for alarm in self._alarms)
        return self._statuses.update(holding, now, limit_of, self._alarms[0].priority if self._alarms else "")
