"""A GE Dash monitor on its network: silent but for broadcasts until it is asked."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from vitalwatch_simulators.ge_unity import encoder as e
from vitalwatch_simulators.monitor import Person

VALUES_EACH_S: Final = 2.0
WAVES_EACH_S: Final = 0.25
DISCOVERY_EACH_S: Final = 10.0
ALARM_EACH_S: Final = 2.0
ASKED_FOR_S: Final = 15.0
"""How long a request counts: three of the hosts' 5 s. Assumed."""

ANSWERS_AFTER_S: Final = 0.05

CUFF_FIRST_S: Final = 8.0
CUFF_RUNS_S: Final = 25.0
CUFF_EACH_S: Final = 300.0

WANTED: Final = {96: "values", 33: "waves"}
PLETH_MIDDLE, PLETH_HEIGHT = 700, 600


class GeUnityMonitor:
    """One monitor. Same person, same requests and same times, same bytes.

    A real monitor sends values, waves, alarms and discoveries to four ports; this one sends all to the one place that
    its link has.

    Args:
        patient: whose vitals it measures.
        start: the monitor's own time of day at t = 0.
        address: its IPv4 address, 4 bytes.
        place: its ward and bed.
        leads: whether the ECG is attached.
        name: what it says that the person is called.
    """

    def __init__(
        self,
        patient: Person,
        start: datetime,
        *,
        address: bytes = b"\xc0\x00\x02\x01",
        place: str = "HOME|B-01",
        leads: bool = True,
        name: str = "SIMULATED,PERSON",
    ) -> None:
        self._patient = patient
        self._start_s = int(start.timestamp())
        self._address = address
        self._place = place
        self._leads = leads
        self._name = name
        self._asked_until = {"values": -math.inf, "waves": -math.inf}
        self._next = {"discovery": 0.0, "alarm": 0.0, "values": math.inf, "waves": math.inf}
        self._sent = {"values": 0, "waves": 0}

    def next_at(self) -> float:
        """Seconds since the start at which it speaks by itself next."""
        return min(self._next.values())

    def emit(self, t: float) -> list[bytes]:
        """The datagrams that are due at ``t``; no alarm datagram while nothing alarms."""
        said: list[bytes] = []
        if self._next["discovery"] <= t:
            self._next["discovery"] += DISCOVERY_EACH_S
            said.append(e.discovery(self._address, self._place, self._name, self._start_s + int(t)))
        if self._next["alarm"] <= t:
            self._next["alarm"] += ALARM_EACH_S
            level, code, text = self._alarm(t)
            if level:
                said.append(e.alarm(self._address, self._place, level, code, text, self._start_s + int(t)))
        for wanted, each_s in (("values", VALUES_EACH_S), ("waves", WAVES_EACH_S)):
            if self._next[wanted] <= t:
                self._next[wanted] = t + each_s if t + each_s < self._asked_until[wanted] else math.inf
                said.append(self._values(t) if wanted == "values" else self._waves(t))
                self._sent[wanted] += 1
        return said

    def receive(self, data: bytes, t: float) -> list[bytes]:
        """Take a request; what it asks for begins a moment later, or goes on. Anything else is passed over."""
        if len(data) == 62 and data[12:14] == b"\0\xca":
            wanted = WANTED.get(int.from_bytes(data[14:16], "big"))
            if wanted:
                self._asked_until[wanted] = t + ASKED_FOR_S
                if self._next[wanted] == math.inf:
                    self._next[wanted] = t + ANSWERS_AFTER_S
        return []

    def _values(self, t: float) -> bytes:
        now = self._patient.vitals(t)
        seen = now.sensor == "on"
        parameters = [
            e.ecg(round(now.heart_rate) if self._leads else None),
            e.oximeter(round(now.spo2) if seen else None, round(now.heart_rate) if seen else None),
            e.cuff(*self._pressures(t)),
            *map(e.st_segment, (0x56, 0x57, 0x58, 0x59)),
        ]
        level, _, _ = self._alarm(t)
        return e.values(self._address, self._sent["values"] + 1, 0, level, parameters)

    def _pressures(self, t: float) -> tuple[int, int, int]:
        """Mean, systolic and diastolic of the last measurement that has ended by ``t``."""
        ended = t - CUFF_FIRST_S - CUFF_RUNS_S
        if ended < 0:
            return e.INVALID, e.INVALID, e.INVALID
        then = self._patient.vitals(t - ended % CUFF_EACH_S)
        if then.spoils_cuff:
            return e.NO_CUFF_PULSE, e.NO_CUFF_PULSE, e.NO_CUFF_PULSE
        return round(then.mean_pressure), round(then.systolic), round(then.diastolic)

    def _alarm(self, t: float) -> tuple[int, int, str]:
        """The level of the worst alarm, what it is about, and its text."""
        now = self._patient.vitals(t)
        if now.sensor == "on" and round(now.spo2) < 90:
            return 6, 0x2D, "SPO2 LO"
        if now.sensor in ("off", "unplugged"):
            return 3, 0x2D, "SPO2 PROBE OFF"
        if not self._leads:
            return 3, 0x3A, "LEADS FAIL"
        return 0, 0, ""

    def _waves(self, t: float) -> bytes:
        now = self._patient.vitals(t)
        if now.sensor != "on":
            return e.waves(self._sent["waves"], [e.LEAD_OFF] * 15)
        turn = now.heart_rate / 60.0 * math.tau
        heights = [PLETH_MIDDLE + PLETH_HEIGHT * math.sin(turn * (t + n / 60.0)) for n in range(15)]
        return e.waves(self._sent["waves"], [round(height) for height in heights])
