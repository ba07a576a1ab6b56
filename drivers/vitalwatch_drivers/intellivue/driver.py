"""What the answers of an IntelliVue monitor mean: which numerics are readings, and what its alarms and states say.

Theory of operation. The association (``association.py``) asks; each answer is about objects of one class. Numerics give
one observation of each vital that they are about; a vital that a poll does not mention is not told, its age does that.
The alert object and the monitor's own object give statuses, which hold until the next answer about the same, and no
longer than ``OLDEST_ALARMS_S`` if none comes. Every answer tells changed statuses before its values.
"""

from __future__ import annotations

from collections.abc import Iterable
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
)
from vitalwatch.errors import DecodeError, UsageError
from vitalwatch.model import (
    CUFF_VITALS,
    DeviceStatus,
    Mode,
    Observation,
    Report,
    Status,
    Validity,
    Vital,
    Waveform,
    observe,
    observe_cuff,
)
from vitalwatch_drivers.intellivue import frames as f
from vitalwatch_drivers.intellivue.alarms import PRESSURES, Alarms, read_alarms
from vitalwatch_drivers.intellivue.association import Association
from vitalwatch_drivers.intellivue.cuff import CuffMemory, Measured
from vitalwatch_drivers.intellivue.decoder import IntellivueDecoder, framed
from vitalwatch_drivers.intellivue.options import IntellivueOptions
from vitalwatch_drivers.intellivue.parts import Parts
from vitalwatch_drivers.intellivue.requests import POLL_PERIOD_S, for_network
from vitalwatch_drivers.intellivue.system import MODE, MODE_DEMO, MODE_STANDBY, read_identity
from vitalwatch_drivers.intellivue.values import IN_ALARM, ONGOING, Numeric, numerics
from vitalwatch_drivers.intellivue.waves import Curve

OLDEST_ALARMS_S: Final = 5.0
"""How long the alarms last heard of are believed; the monitor is asked for them each second."""

OXIMETER_VITALS: Final = frozenset({Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX})
BLIND: Final = frozenset({Status.SENSOR_OFF, Status.NO_SENSOR, Status.SENSOR_FAULT, Status.SEARCHING})
"""While one of these holds, a number from the finger is no measurement (protocol notes on oximeters, section 0)."""

REFUSED: Final = "intellivue_refused"
ANNOUNCED: Final = "intellivue_announced"


class IntellivueDriver:
    """One Philips IntelliVue monitor, on its serial port or on the network.

    Args:
        device: the device's id in the config.
        options: an instance of ``Options``.
    """

    info: ClassVar[DriverInfo] = DriverInfo(
        name=f.PROTOCOL,
        title="Philips IntelliVue monitors, Data Export",
        models=("IntelliVue MP series", "IntelliVue MX series", "IntelliVue X2, X3"),
        takes="stream",
        vitals=tuple(Vital),
        period_s=POLL_PERIOD_S,
        settings=(LineSettings(115200),),
        checksum=True,
        datagrams=True,
    )
    Options: ClassVar[type[DriverOptions]] = IntellivueOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, IntellivueOptions):
            raise UsageError(f"{f.PROTOCOL} needs its own options, not {type(options).__name__}")
        self.counts = Counts()
        self.period_s = self.info.period_s
        self.vitals = self.info.vitals
        self._device = device
        self._bytes_are_datagrams = options.framing == "lan"
        self._lan = {"serial": False, "lan": True, "auto": None}[options.framing]
        self._decoder = IntellivueDecoder()
        self._association = Association(options)
        self._parts = Parts()
        self._statuses = StatusBook(device)
        self._cuff = CuffMemory()
        self._not_understood = 0
        self._forget()

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take what arrived at monotonic ``now``: bytes of the line cut anywhere, or a datagram.

        With ``framing = "lan"`` bytes too are taken for one datagram, as a capture gives them.
        """
        if isinstance(data, Message):
            self._lan = True
            self._decoder.datagram(data.payload)
        elif self._bytes_are_datagrams:
            self._decoder.datagram(data)
        else:
            self._lan = False
            self._decoder.feed(data)
        reports: list[Report] = []
        for frame in self._decoder.frames():
            self.counts.frames += 1
            self._association.take(frame, now)
            try:
                reports += self._meaning(frame, now)
            except DecodeError:
                self._not_understood += 1
        self._count()
        return reports

    def due(self, now: float) -> Due:
        """The request, confirmation or poll that is due. All of them only ask: no setting is changed, no cuff started.

        To a device of another kind they are bytes that it does not know. Until something has come, nothing shows
        whether this is a line or the network: then each message goes out in both forms, the plain one first. A
        monitor passes over the form that is not its own: on the line, what stands outside of C0 and C1; on the
        network, a datagram that begins as no message does.
        """
        due = self._association.due(now)
        plain = () if self._lan is False else tuple(map(for_network, due.send))
        on_line = () if self._lan else tuple(map(framed, due.send))
        return Due((*plain, *on_line), due.next_at)

    def redact(self, data: bytes) -> bytes:
        """The bytes as they are. Names are in the patient's object, which is never asked for."""
        return data

    def reset(self) -> None:
        """Forget half a message, the association and the present states: the link was cut. Which cuff reading was
        told last is kept."""
        self._decoder.reset()
        self._association.reset()
        self._parts.reset()
        self._statuses.clear()
        self._forget()
        self._count()

    def _forget(self) -> None:
        self._alarms = Alarms()
        self._alarms_until = float("-inf")
        self._curve = Curve()
        self._mode = 0
        self._announced = ""
        self._demo_numbers = False
        self._inflating = False
        self._in_alarm: tuple[Vital, ...] = ()

    def _count(self) -> None:
        self.counts.bad_frames = self._decoder.bad_frames + self._parts.lost + self._not_understood
        self.counts.dropped_bytes = self._decoder.dropped_bytes

    # --- meaning ------------------------------------------------------------------------------------------------

    def _meaning(self, frame: f.Frame, now: float) -> list[Report]:
        match frame:
            case f.Result():
                poll = self._parts.take(frame, now)
                return self._polled(poll, now) if poll is not None else []
            case f.Event(event=f.MDS_CREATED):
                self._announced = ""
                self._on_system(frame.attributes)
            case f.ConnectIndication():
                self._announced = read_identity(frame.event.attributes).shown
        return list(self._status_changes(now))

    def _polled(self, poll: f.Poll, now: float) -> list[Report]:
        match poll.kind:
            case f.NUMERICS:
                return self._on_numerics(poll, now)
            case f.WAVES:
                blocks = list(self._curve.take(poll))
                return [Waveform(self._device, "pleth", rate_hz, heights, now) for rate_hz, heights in blocks]
            case f.ALARMS:
                # An answer without objects says that no alarm holds.
                attributes = {name: value for one in poll.objects for name, value in one.attributes.items()}
                self._alarms, self._alarms_until = read_alarms(attributes), now + OLDEST_ALARMS_S
            case f.SYSTEM:
                for one in poll.objects:
                    self._on_system(one.attributes)
        return list(self._status_changes(now))

    def _on_system(self, attributes: f.Attributes) -> None:
        if MODE in attributes:
            self._mode = f.Reader(attributes[MODE]).u16()

    def _on_numerics(self, poll: f.Poll, now: float) -> list[Report]:
        read = [(Measured.of(one.attributes), list(numerics(one.attributes))) for one in poll.objects]
        every = [number for _, numbers in read for number in numbers]
        self._demo_numbers = any(number.mode is Mode.DEMO for number in every)
        self._in_alarm = tuple(dict.fromkeys(number.vital for number in every if number.state & IN_ALARM))
        cuff = [each for each in read if any(number.vital in PRESSURES for number in each[1])]
        if cuff:
            self._inflating = any(number.state & ONGOING for _, numbers in cuff for number in numbers)
        statuses = self._status_changes(now)  # also settles whether the finger's numbers count
        best: dict[Vital, Numeric] = {}
        for number in sorted(every, key=lambda number: (number.value is None, number.rank)):
            if number.vital not in CUFF_VITALS:
                best.setdefault(number.vital, number)
        observations = [self._stream(best[vital], poll, now) for vital in Vital if vital in best]
        for measured, numbers in cuff:
            observations += self._reading(measured, numbers, read, poll, now)
        return [*statuses, *observations]

    def _stream(self, number: Numeric, poll: f.Poll, now: float) -> Observation:
        blind = number.vital in OXIMETER_VITALS and bool(BLIND & self._fresh(now).statuses().keys())
        return observe(
            self._device,
            number.vital,
            number.value,
            now,
            validity=Validity.UNAVAILABLE if blind else number.validity,
            mode=self._mode_of([number], now),
            device_time=poll.stamp.label if poll.stamp else None,
        )

    def _reading(
        self,
        measured: Measured,
        numbers: list[Numeric],
        read: list[tuple[Measured, list[Numeric]]],
        poll: f.Poll,
        now: float,
    ) -> list[Observation]:
        found = {number.vital: number for number in reversed(numbers)}
        if self._inflating:
            self._cuff.runs()
            return []
        pressures = tuple(found[vital].value if vital in found else None for vital in PRESSURES)
        if all(number.value is None for number in numbers) or not self._cuff.is_new(measured, pressures):
            return []
        # The pulse is an object of its own. One with another time belongs to another reading.
        pulses = [
            number
            for when, others in read
            for number in others
            if number.vital is Vital.CUFF_PULSE_RATE and when.same(measured) is not False
        ]
        systolic, diastolic, mean = (_usable(found[vital]) if vital in found else None for vital in PRESSURES)
        return observe_cuff(
            self._device,
            systolic,
            diastolic,
            now,
            mean=mean,
            pulse=_usable(pulses[0]) if pulses else None,
            mode=self._mode_of([*numbers, *pulses[:1]], now),
            device_time=measured.stamp.label if measured.stamp else None,
            reading_age_s=measured.age_s(poll),
        )

    # --- states -------------------------------------------------------------------------------------------------

    def _mode_of(self, numbers: Iterable[Numeric], now: float) -> Mode:
        modes = {number.mode for number in numbers}
        if Mode.TEST in modes:
            return Mode.TEST
        return Mode.DEMO if Mode.DEMO in modes or self._demo(now) else Mode.REAL

    def _demo(self, now: float) -> bool:
        return bool(self._mode & MODE_DEMO) or self._fresh(now).demo

    def _fresh(self, now: float) -> Alarms:
        return self._alarms if now <= self._alarms_until else Alarms()

    def _status_changes(self, now: float) -> list[DeviceStatus]:
        alarms = self._fresh(now)
        holding = alarms.statuses()
        if self._in_alarm and now > self._alarms_until:  # the monitor does not tell its alarms, but has one
            holding[Status.MONITOR_ALARM] = f"alarm at the monitor: {', '.join(self._in_alarm)}"
        if self._demo(now) or self._demo_numbers:
            holding[Status.DEMO] = ""
        if self._mode & MODE_STANDBY:
            holding[Status.STANDBY] = ""
        if self._inflating:
            holding[Status.CUFF_INFLATING] = ""
        if self._association.refused:
            holding[REFUSED] = "the monitor refuses the connection: another computer may have it, or Data Export is off"
        if self._announced:
            holding[ANNOUNCED] = self._announced
        return self._statuses.update(holding, now, alarms.limit_of, alarms.priority)


def _usable(number: Numeric) -> float | None:
    """A part of a cuff reading: what is there and cannot be used is NaN, which comes out as invalid."""
    if number.value is None and number.validity is not Validity.UNAVAILABLE:
        return float("nan")
    return number.value
