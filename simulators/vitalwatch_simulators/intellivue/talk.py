"""An IntelliVue monitor as it behaves: it keeps one association, answers polls, and runs its cuff now and then.

It says nothing before it is asked to associate, refuses a second association, tells of itself once it has accepted, and
answers polls only after that was confirmed. Ten seconds without a request end the association.
"""

from __future__ import annotations

import math
import struct
from datetime import datetime, timedelta
from typing import Final

from vitalwatch_simulators.intellivue import encoder as e
from vitalwatch_simulators.monitor import Person
from vitalwatch_simulators.patient import PatientVitals

PERIOD_S: Final = 1.0
KEEP_ALIVE_S: Final = 10.0
CREATED_AFTER_S: Final = 0.2
WAVE_S: Final = 0.256
SAMPLES_A_BLOCK: Final = 32
FIRST_CUFF_S: Final = 8.0
CUFF_INTERVAL_S: Final = 300.0
INFLATING_S: Final = 25.0
TICKS_A_SECOND: Final = 8000

LOW_SPO2: Final = 90.0
"""The monitor's own limit."""

BEATS, PERCENT, MMHG = 0x0AA0, 0x0220, 0x0F20
UNAVAILABLE, DEMO, ONGOING, IN_ALARM = 0x2000, 0x0400, 0x0020, 0x0002
MONITORING, DEMONSTRATING, STANDING_BY = 0x4000, 0x2000, 0x0002

SENSOR_ALARMS: Final = {
    "off": e.Alarm(0x4BB8, 274, 1, "SpO2 SENSOR OFF"),
    "unplugged": e.Alarm(0x4BB8, 308, 1, "SpO2 NO SENSOR"),
    "searching": e.Alarm(0x4BB8, 442, 1, "SpO2 NON-PULSAT."),
}
CUFF_ALARM: Final = e.Alarm(0x4A04, 356, 1, "NBP MEASURE FAILED")
LOW_ALARM: Final = e.Alarm(0x4BB8, 62, 512, "** SpO2 LOW")


class Talk:
    """The monitor without a wire: messages in, messages out.

    Args:
        patient: whose vitals it measures.
        start: the monitor's own time of day at t = 0.
        largest: longest message that it sends, bytes; a longer answer comes in linked parts.
        demo: whether it is in demo mode and says so.
        standby: whether it is in standby: then it has no numerics.
        cuff_interval_s: seconds between two cuff measurements; more than 25.

    Attributes:
        start: its clock; may be set while it runs.
        demo: its mode; may be set while it runs.
    """

    def __init__(
        self,
        patient: Person,
        start: datetime,
        *,
        largest: int = 1000,
        demo: bool = False,
        standby: bool = False,
        cuff_interval_s: float = CUFF_INTERVAL_S,
    ) -> None:
        self._patient = patient
        self.start = start
        self._largest = largest
        self.demo = demo
        self._standby = standby
        self._cuff_interval_s = cuff_interval_s
        self._cuff_at = FIRST_CUFF_S
        self._reading: tuple[float, PatientVitals] | None = None
        self._cuff_failed = False
        self._beat = 0.0
        self._associated = False
        self._ready = False
        self._heard = 0.0
        self._create_at = math.inf
        self._shape_told = False
        self._extended: dict[int, tuple[tuple[int, int, int, int], float, float, int]] = {}

    def next_at(self) -> float:
        """When it speaks by itself next."""
        return min([self._create_at, self._heard + KEEP_ALIVE_S if self._ready else math.inf, *self._sending_at()])

    def say(self, t: float) -> list[bytes]:
        """What it says by itself at ``t``."""
        if self._create_at <= t:
            self._create_at = math.inf
            return [e.created(self._ticks(t), self._mode())]
        if self._ready and t >= self._heard + KEEP_ALIVE_S:
            self._end()
            return [e.ABORT]
        said: list[bytes] = []
        for kind, (request, until, at, sent) in list(self._extended.items()):
            if at <= t:
                period_s = WAVE_S if kind == e.WAVE_OBJECT else PERIOD_S
                self._extended[kind] = (request, until, at + period_s, sent + 1)
                if at > until:
                    del self._extended[kind]
                else:
                    said += self._result(request, t, sent)
        return said

    def answer(self, message: bytes, t: float) -> list[bytes]:
        """What it answers to a message; nothing to one that it does not know."""
        if message[:1] == b"\x0d":
            if self._associated:
                return [e.REFUSE]
            self._associated, self._heard, self._create_at = True, t, t + CREATED_AFTER_S
            return [e.ACCEPT]
        if message[:1] == b"\x09":
            self._end()
            return [e.RELEASED]
        if message[:2] != b"\xe1\x00" or len(message) < 14 or not self._associated:
            return []
        kind, _, invoke_id, command = struct.unpack(">HHHH", message[4:12])
        self._heard = t
        if (kind, command) == (2, 1):
            self._ready = True
        elif (kind, command) == (1, e.CONFIRMED_ACTION) and self._ready and len(message) >= 36:
            action, _, number, _, wanted = struct.unpack(">HHHHH", message[24:34])
            return self._polled((invoke_id, action, number, wanted), message, t)
        return []

    def _polled(self, request: tuple[int, int, int, int], message: bytes, t: float) -> list[bytes]:
        _, action, _, wanted = request
        if action != e.EXTENDED:
            return self._result(request, t, 0)
        until = t + struct.unpack(">I", message[44:48])[0] / TICKS_A_SECOND
        at = self._extended[wanted][2] if wanted in self._extended else t
        self._extended[wanted] = (request, until, max(at, math.nextafter(t, math.inf)), 0)
        return []

    def _result(self, request: tuple[int, int, int, int], t: float, sequence: int) -> list[bytes]:
        objects = self._objects(request[3], t)
        moment, ticks = self._clock(t), self._ticks(t)
        whole = e.poll_result(request, moment, ticks, objects, sequence=sequence)
        if len(whole) <= self._largest:
            return [whole]
        last = len(objects)
        states = [3 if place == last else 1 if place == 1 else 2 for place in range(1, last + 1)]
        parts = [
            e.poll_result(request, moment, ticks, [one], link=(states[place], place + 1), sequence=sequence)
            for place, one in enumerate(objects)
        ]
        return [*parts, e.poll_result(request, moment, ticks, [], sequence=sequence)]

    def _objects(self, kind: int, t: float) -> list[bytes]:
        match kind:
            case e.NUMERIC_OBJECT:
                return self._numerics(t)
            case e.WAVE_OBJECT:
                return self._waves(t)
            case e.ALERT_OBJECT:
                return self._alerts(t)
            case e.MDS_OBJECT:
                return [e.system(1, self._mode())]
        return []

    def _numerics(self, t: float) -> list[bytes]:
        if self._standby:
            return []
        vitals = self._patient.vitals(t)
        sees = vitals.sensor == "on"
        common = DEMO if self.demo else 0
        finger = common if sees else common | UNAVAILABLE
        low = IN_ALARM if sees and vitals.spo2 < LOW_SPO2 else 0
        pulse = round(vitals.heart_rate) if sees else None
        spo2 = min(100, round(vitals.spo2)) if sees else None
        index = round(vitals.perfusion_index, 1) if sees else None
        return [
            e.numeric(10, e.Number(0x4182, round(vitals.heart_rate), 0, BEATS, common)),
            e.numeric(11, e.Number(0x4BB8, spo2, 0, PERCENT, finger | low)),
            e.numeric(12, e.Number(0x4822, pulse, 0, BEATS, finger)),
            e.numeric(13, e.Number(0x4BB0, index, 1, 0x0200, finger)),
            self._cuff(t, common),
        ]

    def _cuff(self, t: float, common: int) -> bytes:
        running = self._run_cuff(t)
        state = common | (ONGOING if running else 0) | (0 if self._reading else UNAVAILABLE)
        at, vitals = self._reading or (0.0, None)
        shown = (vitals.systolic, vitals.diastolic, vitals.mean_pressure) if vitals else (None, None, None)
        numbers = [
            e.Number(source, value if value is None else round(value), 0, MMHG, state)
            for source, value in zip((0x4A05, 0x4A06, 0x4A07), shown, strict=True)
        ]
        return e.compound(14, numbers, e.stamps(self._clock(at), self._ticks(at)) if vitals else ())

    def _run_cuff(self, t: float) -> bool:
        """Move the cuff on to ``t``; whether it runs."""
        while t >= self._cuff_at + INFLATING_S:
            done = self._cuff_at + INFLATING_S
            vitals = self._patient.vitals(done)
            self._cuff_failed = vitals.spoils_cuff
            if not vitals.spoils_cuff:
                self._reading = (done, vitals)
            self._cuff_at += self._cuff_interval_s
        return t >= self._cuff_at

    def _alerts(self, t: float) -> list[bytes]:
        vitals = self._patient.vitals(t)
        technical = [SENSOR_ALARMS[vitals.sensor]] if vitals.sensor in SENSOR_ALARMS else []
        if self._cuff_failed:
            technical.append(CUFF_ALARM)
        low = vitals.sensor == "on" and vitals.spo2 < LOW_SPO2
        return [e.alert(20, [LOW_ALARM] if low else [], technical)]

    def _waves(self, t: float) -> list[bytes]:
        vitals = self._patient.vitals(t)
        heights = []
        for _ in range(SAMPLES_A_BLOCK):
            heights.append(round(1000 + 2000 * math.sin(math.pi * self._beat**0.5) ** 2))
            self._beat = (self._beat + vitals.heart_rate / 60.0 * WAVE_S / SAMPLES_A_BLOCK) % 1.0
        state = 0 if vitals.sensor == "on" else UNAVAILABLE
        first, self._shape_told = not self._shape_told, True
        return [e.wave(30, 0x4BB4, heights, first=first, state=state)]

    def _mode(self) -> int:
        return STANDING_BY if self._standby else DEMONSTRATING if self.demo else MONITORING

    def _clock(self, t: float) -> datetime:
        return self.start + timedelta(seconds=t)

    def _ticks(self, t: float) -> int:
        return round(t * TICKS_A_SECOND) & 0xFFFFFFFF

    def _sending_at(self) -> list[float]:
        return [at for _, _, at, _ in self._extended.values()]

    def _end(self) -> None:
        self._associated = self._ready = self._shape_told = False
        self._create_at = math.inf
        self._extended.clear()
