"""Contec oximeters as they behave: silent until they are started, asleep again when nobody says a word to them.

The 5-byte dialect talks by itself. All write 60 samples of a curve a second.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from vitalwatch_simulators.contec.encoder import (
    EB_COMMANDS,
    V7_COMMAND_BYTES,
    V7_COMMANDS,
    Command,
    Shown,
    eb_measurement,
    eb_stopped,
    eb_wave,
    five_byte,
    hid_report,
    v7_live,
)
from vitalwatch_simulators.monitor import Person
from vitalwatch_simulators.patient import PatientVitals

SAMPLES_A_SECOND: Final = 60
SAMPLES_A_WRITE: Final = 3
WRITES_A_SECOND: Final = SAMPLES_A_SECOND // SAMPLES_A_WRITE

PATIENCE_S: Final = 10.0
"""How long V7 and EB go on without a word. The documents ask for one every 5 s; when they stop, they do not say."""

MOST_PULSE_BPM: Final = 254.0
MOST_PERFUSION: Final = 2200
WEAK_SIGNAL: Final = 2


class Finger:
    """What the oximeter sees, sample by sample."""

    def __init__(self, patient: Person) -> None:
        self._patient = patient
        self._beat = 0.0  # share of the present beat that is over

    def samples(self, t: float) -> list[Shown]:
        """The next samples, all with the values of ``t``."""
        vitals = self._patient.vitals(t)
        if vitals.sensor in ("off", "unplugged"):
            return [Shown(signal=0, probe_error=True)] * SAMPLES_A_WRITE
        if vitals.sensor == "searching" or not 1.0 <= vitals.heart_rate <= MOST_PULSE_BPM:
            return [Shown(signal=0, searching=True)] * SAMPLES_A_WRITE
        return [self._sample(vitals) for _ in range(SAMPLES_A_WRITE)]

    def _sample(self, vitals: PatientVitals) -> Shown:
        step = vitals.heart_rate / (60.0 * SAMPLES_A_SECOND)
        # A quick rise and a slow fall, like a pulse in the finger.
        height = math.sin(math.pi * self._beat**0.5) ** 2
        beep = self._beat + step >= 1.0
        self._beat = (self._beat + step) % 1.0
        return Shown(
            pulse=round(vitals.heart_rate),
            spo2=min(100, max(1, round(vitals.spo2))),
            perfusion=min(MOST_PERFUSION, max(1, round(100 * vitals.perfusion_index))),
            signal=WEAK_SIGNAL if vitals.motion else 6,
            wave=round(10 + 90 * height),
            beep=beep,
        )


class ContecFiveByteMonitor:
    """An oximeter of the 5-byte dialect. Same person and same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the time of day at t = 0; it is not told.
    """

    def __init__(self, patient: Person, start: datetime) -> None:  # noqa: ARG002 - as all monitors
        self._finger = Finger(patient)
        self._writes = 0

    def next_at(self) -> float:
        """Seconds since the start at which it writes next."""
        return self._writes / WRITES_A_SECOND

    def emit(self, t: float) -> bytes:
        """Write what is due at ``t``."""
        self._writes += 1
        return b"".join(map(five_byte, self._finger.samples(t)))


class Started:
    """When an oximeter that has to be started and kept awake writes next."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._writes = 0
        self._heard_at = -math.inf

    def hear(self, command: Command, t: float) -> None:
        """Take a command at ``t``."""
        if command is Command.STOP or math.isinf(self.next_at()):
            self._since = None  # asleep: a word alone does not wake it
        self._heard_at = t
        if self._since is None and command in (Command.START, Command.START_WAVE):
            self._since, self._writes = t, 0

    def next_at(self) -> float:
        """Seconds since the start at which it writes next; infinite while it is silent."""
        if self._since is None:
            return math.inf
        at = self._since + (self._writes + 1) / WRITES_A_SECOND
        return at if at <= self._heard_at + PATIENCE_S else math.inf

    def wrote(self) -> int:
        """Count a write; how many there were before."""
        self._writes += 1
        return self._writes - 1


class ContecV7Monitor:
    """An oximeter of the V7 dialect, silent until it is started. Same person, words and times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the time of day at t = 0; it is not told.
    """

    def __init__(self, patient: Person, start: datetime) -> None:  # noqa: ARG002 - as all monitors
        self._finger = Finger(patient)
        self._started = Started()
        self._heard = b""

    def next_at(self) -> float:
        """Seconds since the start at which it writes next; infinite while it is silent."""
        return self._started.next_at()

    def emit(self, t: float) -> bytes:
        """Write what is due at ``t``."""
        self._started.wrote()
        return b"".join(map(v7_live, self._finger.samples(t)))

    def receive(self, data: bytes, t: float) -> bytes:
        """Take bytes of a host. None of the commands that are simulated has an answer of its own."""
        # A command begins with 7D, the only byte of it below 80: what stands before is noise.
        _, start, rest = (self._heard + data).partition(b"\x7d")
        self._heard = start + rest
        while len(self._heard) >= V7_COMMAND_BYTES:
            command = V7_COMMANDS.get(self._heard[2])
            if command is not None:
                self._started.hear(command, t)
            _, start, rest = self._heard[1:].partition(b"\x7d")
            self._heard = start + rest
        return b""


class ContecEbMonitor:
    """An oximeter of the EB dialect, silent until it is started. Same person, words and times, same bytes.

    As in the recording of one, every 20th report brings the values in place of a sample of the curve.

    Args:
        patient: whose vitals it measures.
        start: the time of day at t = 0; it is not told.
        hid: whether it writes reports of 64 bytes, as over USB, or bare frames, as over Bluetooth.
    """

    def __init__(self, patient: Person, start: datetime, *, hid: bool = True) -> None:  # noqa: ARG002 - as all
        self._finger = Finger(patient)
        self._hid = hid
        self._started = Started()
        self._wants: set[Command] = set()
        self._heard = b""

    def next_at(self) -> float:
        """Seconds since the start at which it writes next; infinite while it is silent."""
        return self._started.next_at()

    def emit(self, t: float) -> bytes:
        """Write what is due at ``t``."""
        number = self._started.wrote()
        samples = self._finger.samples(t)
        frames = [eb_wave(sample) for sample in samples] if Command.START_WAVE in self._wants else []
        if number % WRITES_A_SECOND == WRITES_A_SECOND - 1 and Command.START in self._wants:
            # Which of the two stands for none is not known: now the one, now the other.
            none = 0 if number // WRITES_A_SECOND % 2 else 127
            frames[1:2] = [eb_measurement(samples[1], none=none)]
        if self._hid:
            return hid_report(*frames) if frames else b""
        return b"".join(frames)

    def receive(self, data: bytes, t: float) -> bytes:
        """Take bytes of a host; only a stop is answered. What is no command that is simulated is passed over."""
        self._heard += data
        answer = b""
        while len(self._heard) >= 2:
            known = next((each for each in EB_COMMANDS if self._heard.startswith(each)), b"")
            if known:
                answer += self._obey(EB_COMMANDS[known], t)
            elif len(self._heard) < 3 and self._heard[0] == 0x9B:
                break  # the rest of it has yet to come
            self._heard = self._heard[max(1, len(known)) :]
        return answer

    def _obey(self, command: Command, t: float) -> bytes:
        self._started.hear(command, t)
        if command is Command.STOP:
            self._wants.clear()
            return hid_report(eb_stopped()) if self._hid else eb_stopped()
        if command is not Command.KEEP_ALIVE:
            self._wants.add(command)
        return b""
