"""The meaning of HL7 messages: which rows are present values, and what has to be answered.

Theory of operation. A message says nothing about vitals that it has no row for; their age does. Of each vital that it
has rows for, one observation is made, however many rows there are: the most direct source that has a value (SpO2 twice
from two places is one SpO2). A source once used is kept as long as it goes on giving values, so that two sources never
take turns. A value that the device itself stamps as old is not present: it is unavailable. Cuff rows make one reading,
told once (``cuff.py``).

Acknowledgements go out with the next ``due``, which is asked for several times a second.
"""

from __future__ import annotations

from collections import deque
from typing import ClassVar, Final

import msgspec

from vitalwatch.driver import (
    NOTHING_DUE,
    Counts,
    DriverInfo,
    DriverOptions,
    Due,
    Message,
    Received,
    StatusBook,
    only_limits,
)
from vitalwatch.errors import UsageError
from vitalwatch.hl7 import (
    PROTOCOL,
    Hl7Message,
    LineRedactor,
    MllpDecoder,
    Row,
    Stamp,
    parse_message,
    redact_segment,
    shown,
)
from vitalwatch.model import (
    CUFF_VITALS,
    USABLE,
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
from vitalwatch_drivers.hl7.alarms import AlarmBook
from vitalwatch_drivers.hl7.answers import EDAN_QUERY, acknowledgement, wants_answer
from vitalwatch_drivers.hl7.cuff import CuffMemory, CuffReading
from vitalwatch_drivers.hl7.nomenclature import Source, source_of
from vitalwatch_drivers.hl7.options import Hl7Options
from vitalwatch_drivers.hl7.values import mode_of, value_of

MOST_WAITING: Final = 64
"""Acknowledgements that wait to be sent; of more, the oldest are left out."""


class _Used(msgspec.Struct, frozen=True):
    """The source that gives a vital: its place in the device, how direct it is, and until when it counts as alive."""

    place: tuple[str, str]
    rank: int
    until: float


class Hl7Driver:
    """One sender of HL7 observation messages. See the module's text for what it makes of them.

    Args:
        device: the device's id in the config.
        options: an instance of ``Options``.
    """

    info: ClassVar[DriverInfo] = DriverInfo(
        name=PROTOCOL,
        title="HL7 v2 observations over MLLP (IHE PCD-01 and makers' dialects)",
        models=(
            "Mindray VS-900, VS8, A-series, eGateway",
            "Comen NC",
            "GE B1x5, B40 (VSP)",
            "Philips SureSigns VS4 and gateways (MDIL)",
            "Edan gateway",
            "any sender of IHE PCD-01",
        ),
        takes="stream",
        vitals=tuple(Vital),
        period_s=10.0,
    )
    Options: ClassVar[type[DriverOptions]] = Hl7Options

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, Hl7Options):
            raise UsageError(f"{PROTOCOL} needs its own options, not {type(options).__name__}")
        self.counts = Counts()
        self.period_s = options.period_s
        self.vitals = self.info.vitals
        self._device = device
        self._options = options
        self._decoder = MllpDecoder(parse_message)
        self._redactor = LineRedactor(redact_segment)
        self._statuses = StatusBook(device)
        self._alarms = AlarmBook()
        self._cuff = CuffMemory()
        self._used: dict[Vital, _Used] = {}
        self._mode = Mode.REAL
        self._answers: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._answered = 0
        self._asked = False
        self._ask_at = 0.0

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take the next bytes, arrived at monotonic ``now``. Never raises on anything a device may send.

        Raises:
            UsageError: if given a message; this is a byte stream.
        """
        if isinstance(data, Message):
            raise UsageError(f"{PROTOCOL} reads a stream of bytes, not messages")
        self._decoder.feed(data)
        reports: list[Report] = []
        for message in self._decoder.frames():
            self.counts.frames += 1
            if wants_answer(message, self._options.acknowledge):
                self._answered += 1
                self._answers.append(acknowledgement(message, self._answered))
            reports += self._meaning(message, now)
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        return reports

    def due(self, now: float) -> Due:
        """Acknowledgements of what came, and the device's question if the options name one. Neither does harm: the
        one is sent only to a device that has spoken HL7, the other reads values and changes nothing."""
        if self._options.ask == "none" and self._options.acknowledge == "never":
            return NOTHING_DUE
        send = [*self._questions(now), *self._answers]
        self._answers.clear()
        return Due(tuple(send), None if self._options.ask == "none" else self._ask_at)

    def redact(self, data: bytes) -> bytes:
        """The bytes for a recording, without names, addresses, births and whatever else says who somebody is."""
        return self._redactor.redact(data)

    def reset(self) -> None:
        """Forget half a message, unsent answers and the present states: the link was cut. Which cuff readings were
        already seen is kept."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._statuses.clear()
        self._alarms = AlarmBook()
        self._used.clear()
        self._mode = Mode.REAL
        self._answers.clear()
        self._asked = False

    # --- sending ------------------------------------------------------------------------------------------------

    def _questions(self, now: float) -> list[bytes]:
        if self._options.ask == "none" or (self._asked and now < self._ask_at):
            return []
        self._asked = True
        self._ask_at = now + self.period_s
        return [EDAN_QUERY]

    # --- meaning ------------------------------------------------------------------------------------------------

    def _meaning(self, message: Hl7Message, now: float) -> list[Report]:
        if message.kind != "ORU":
            return []
        if message.trigger == "R40":
            self._alarms.event(message)
            return list(self._status_changes(now))
        return self._values(message, now)

    def _values(self, message: Hl7Message, now: float) -> list[Report]:
        streams: dict[Vital, list[tuple[Source, Row]]] = {}
        cuff: dict[Vital, tuple[int, Row]] = {}
        for row in message.rows:
            source = source_of(row)
            if source is None:
                continue
            if source.vital not in CUFF_VITALS:
                streams.setdefault(source.vital, []).append((source, row))
            elif source.vital not in cuff or source.rank < cuff[source.vital][0]:
                cuff[source.vital] = (source.rank, row)
        if not streams and not cuff:
            return []
        self._mode = mode_of(message)
        observations: list[Observation] = []
        for vital, rows in streams.items():
            observations += self._stream(vital, rows, message, now)
        observations += self._reading({vital: row for vital, (_, row) in cuff.items()}, message, now)
        return [*self._status_changes(now), *observations]

    def _stream(
        self, vital: Vital, rows: list[tuple[Source, Row]], message: Hl7Message, now: float
    ) -> list[Observation]:
        """The one observation of a vital that a message has rows for; none if another source is giving it."""
        used = self._used.get(vital)
        alive = used if used is not None and now <= used.until else None
        read = [(source, row, *self._present(row, vital, message)) for source, row in rows]
        # With a value before without, then by directness, then the source that gave the last value.
        read.sort(key=lambda one: (one[2] is None, one[0].rank, alive is None or _place(one[1]) != alive.place))
        source, row, number, validity = read[0]
        place = _place(row)
        # A source that is used, and has no row here, speaks in messages of its own.
        elsewhere = alive is not None and alive.place not in [_place(each) for _, each in rows]
        if alive is not None and elsewhere and (number is None or source.rank >= alive.rank):
            return []
        if number is None:
            self._used.pop(vital, None)
        else:
            self._used[vital] = _Used(place, source.rank, now + standing_s(self.period_s))
        self._alarms.flagged(vital, row)
        stamp = row.measured or message.observed or message.sent
        return [
            observe(
                self._device,
                vital,
                number,
                now,
                validity=validity,
                mode=self._mode,
                device_time=stamp.label if stamp else None,
            )
        ]

    def _present(self, row: Row, vital: Vital, message: Hl7Message) -> tuple[float | None, Validity]:
        """A row's value, or none if the device itself says that it is old."""
        number, validity = value_of(row, vital)
        age_s = _seconds_between(message.sent, row.measured)
        if age_s is not None and age_s > self._options.oldest_s:
            return None, Validity.UNAVAILABLE
        return number, validity

    def _reading(self, rows: dict[Vital, Row], message: Hl7Message, now: float) -> list[Observation]:
        if not rows:
            return []
        read = {vital: value_of(row, vital) for vital, row in rows.items()}
        # A value whose flag forbids its use is there and cannot be used, which NaN says.
        parts = {
            vital: number if number is None or validity in USABLE else float("nan")
            for vital, (number, validity) in read.items()
        }
        pressures = [vital for vital in rows if vital is not Vital.CUFF_PULSE_RATE]
        measured = next((rows[vital].measured for vital in pressures), None)
        reading = CuffReading(
            parts.get(Vital.SYSTOLIC),
            parts.get(Vital.DIASTOLIC),
            parts.get(Vital.MEAN_PRESSURE),
            parts.get(Vital.CUFF_PULSE_RATE),
            measured,
            message.sent,
        )
        for vital, row in rows.items():
            self._alarms.flagged(vital, row)
        if reading.empty or not self._cuff.is_new(reading):
            return []
        stamp = reading.measured or message.observed or message.sent
        told = observe_cuff(
            self._device,
            reading.systolic,
            reading.diastolic,
            now,
            mean=reading.mean,
            pulse=reading.pulse,
            mode=self._mode,
            device_time=stamp.label if stamp else None,
            reading_age_s=reading.age_s,
        )
        doubted = {vital for vital, (_, validity) in read.items() if validity is Validity.QUESTIONABLE}
        return [
            msgspec.structs.replace(part, validity=Validity.QUESTIONABLE)
            if part.vital in doubted and part.value is not None
            else part
            for part in told
        ]

    def _status_changes(self, now: float) -> list[DeviceStatus]:
        alarms = self._alarms.alarms()
        holding: dict[str, str] = {}
        if alarms:
            holding[Status.MONITOR_ALARM] = shown(", ".join(alarm.text for alarm in alarms))
        if self._mode is Mode.DEMO:
            holding[Status.DEMO] = ""
        limit_of = only_limits(alarm.limit_of for alarm in alarms)
        return self._statuses.update(holding, now, limit_of, alarms[0].priority if alarms else "")


def _place(row: Row) -> tuple[str, str]:
    return (row.code, row.sub_id)


def _seconds_between(sent: Stamp | None, measured: Stamp | None) -> float | None:
    return sent.seconds_since(measured) if sent and measured else None
