"""What the replies of a CASMED 740 mean, what it is asked, and how one cuff measurement is started.

Theory of operation. The driver asks for the present numbers once a second, also while the cuff inflates. They are those
of the screen: SpO2 and pulse of now, a temperature of some time, the pressures of the last cuff measurement, which
:mod:`vitalwatch_drivers.casmed.cuff` tells apart. Only a person's command makes the driver send anything else; above
all never X37, "new patient", which clears the monitor's numbers.
"""

from __future__ import annotations

import math
from typing import ClassVar, Final

from vitalwatch.driver import (
    Command,
    Counts,
    DriverInfo,
    DriverOptions,
    Due,
    LineSettings,
    Message,
    Received,
    StatusBook,
)
from vitalwatch.errors import UsageError
from vitalwatch.model import Observation, Report, Status, Validity, Vital, observe, observe_cuff, plausible
from vitalwatch_drivers.casmed.cuff import CuffMemory, Pressures, Reading
from vitalwatch_drivers.casmed.decoder import CasmedDecoder
from vitalwatch_drivers.casmed.frames import (
    PROTOCOL,
    READ_NUMERICS,
    START_CUFF,
    CuffPressure,
    Numerics,
    Refusal,
    Reply,
)
from vitalwatch_drivers.casmed.options import CasmedOptions

POLL_S: Final = 1.0
"""How often the numbers are asked for, seconds."""

GAP_S: Final = 0.2
"""Least time between two commands: so long the VA's program waits for a reply before it looks for it."""

REMOTE_DISABLED: Final = "casmed_remote_disabled"
UNKNOWN_COMMAND: Final = "casmed_unknown_command"


class CasmedDriver:
    """One CASMED 740.

    Args:
        device: the device's id in the config.
        options: an instance of ``Options``.
    """

    info: ClassVar[DriverInfo] = DriverInfo(
        name=PROTOCOL,
        title="CASMED 740 vital signs monitors: cuff, SpO2, temperature",
        models=("740-2T", "740-3MS", "740-3ML", "740-3NL"),
        takes="stream",
        vitals=(
            *(Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE, Vital.CUFF_PULSE_RATE),
            *(Vital.SPO2, Vital.PULSE_RATE, Vital.TEMPERATURE),
        ),
        period_s=POLL_S,
        settings=(LineSettings(115200),),
        commands=(Command.START_NIBP,),
    )
    Options: ClassVar[type[DriverOptions]] = CasmedOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, CasmedOptions):
            raise UsageError(f"{PROTOCOL} needs its own options, not {type(options).__name__}")
        left_out: set[Vital] = set()
        if not options.oximeter:
            left_out |= {Vital.SPO2, Vital.PULSE_RATE}
        if not options.temperature:
            left_out.add(Vital.TEMPERATURE)
        self.counts = Counts()
        self.period_s = self.info.period_s
        self.vitals = tuple(vital for vital in self.info.vitals if vital not in left_out)
        self._device = device
        self._oximeter = options.oximeter
        self._decoder = CasmedDecoder()
        self._cuff = CuffMemory()
        self._statuses = StatusBook(device)
        self._forget()

    def _forget(self) -> None:
        self._start_wanted: bool = False
        self._sent_at: float = -math.inf
        self._refusal: str = ""

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes that arrived at monotonic ``now``: for each reply, changed statuses, then its values.

        Raises:
            UsageError: if given a message; this is a byte stream.
        """
        if isinstance(data, Message):
            raise UsageError(f"the {PROTOCOL} driver reads a stream of bytes, not messages")
        self._decoder.feed(data)
        reports: list[Report] = []
        for reply in self._decoder.frames():
            self.counts.frames += 1
            values = self._take(reply, now)
            reports += [*self._statuses.update(self._states(), now), *values]
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        return reports

    def due(self, now: float) -> Due:
        """Ask for the numbers, or start the measurement that a person commanded."""
        starts = self._start_wanted
        send_at = self._sent_at + (GAP_S if starts else POLL_S)
        if now < send_at:
            return Due(next_at=send_at)
        self._sent_at = now
        if starts:
            self._start_wanted = False
            self._cuff.start(now)
        return Due((START_CUFF if starts else READ_NUMERICS,), now + POLL_S)

    def command(self, command: Command, now: float) -> None:  # noqa: ARG002 - the contract
        """Start one cuff measurement with the next ``due``. While one is under way, that one is the answer.

        Raises:
            UsageError: for any other command.
        """
        if command is not Command.START_NIBP:
            raise UsageError(f"the {PROTOCOL} driver cannot do {command}")
        self._start_wanted = self._cuff.resting

    def redact(self, data: bytes) -> bytes:
        """The bytes as they are. What is asked for carries no names."""
        return data

    def reset(self) -> None:
        """Forget half a reply, an unsent command and the present statuses: the link was cut. Which pressures are known
        is kept."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._statuses.clear()
        self._cuff.reset()
        self._forget()

    def _states(self) -> dict[str, str]:
        states: dict[str, str] = {}
        if self._cuff.running:
            states[Status.CUFF_INFLATING] = ""
        if self._cuff.failure:
            states[Status.CUFF_FAILED] = self._cuff.failure
        if self._refusal:
            states[self._refusal] = ""
        return states

    def _take(self, reply: Reply, now: float) -> list[Observation]:
        match reply:
            case Numerics():
                self._refusal = ""
                return self._on_numerics(reply, now)
            case CuffPressure():
                self._start_wanted = False  # this measurement is the answer
                self._cuff.inflate(now)
                return []
            case Refusal(disabled=True):
                self._refusal = REMOTE_DISABLED
                self._cuff.refuse("the monitor's remote control is disabled", now)
                return self._streams(None, None, None, now)
            case Refusal():
                self._refusal = UNKNOWN_COMMAND
                self._cuff.refuse("the monitor does not know the command", now)
                return []

    def _on_numerics(self, shown: Numerics, now: float) -> list[Observation]:
        # The pulse is the oximeter's only while that measures; else it may be left over from the cuff.
        measures = self._oximeter and shown.spo2 is not None and plausible(Vital.SPO2, shown.spo2)
        values = self._streams(shown.spo2, shown.pulse if measures else None, shown.temperature, now)
        reading = self._cuff.take(_pressures(shown), now)
        return values if reading is None else [*values, *self._reading(reading, None if measures else shown.pulse, now)]

    def _streams(self, spo2: int | None, pulse: int | None, temperature: float | None, now: float) -> list[Observation]:
        """The streamed vitals that this monitor gives, with values or without."""
        streams = (
            observe(self._device, Vital.SPO2, spo2, now),
            observe(self._device, Vital.PULSE_RATE, pulse, now),
            # It may have been taken at any time, and from another patient.
            observe(self._device, Vital.TEMPERATURE, temperature, now, validity=Validity.QUESTIONABLE),
        )
        return [observation for observation in streams if observation.vital in self.vitals]

    def _reading(self, reading: Reading, pulse: int | None, now: float) -> list[Observation]:
        systolic, diastolic, mean = reading.pressures
        # A mean outside the two pressures is none, and is told so.
        impossible = mean is not None and not diastolic <= mean <= systolic
        return observe_cuff(
            *(self._device, systolic, diastolic, now),
            mean=math.nan if impossible else mean,
            pulse=pulse,
            validity=Validity.VALID if reading.proven else Validity.QUESTIONABLE,
            reading_age_s=reading.age_s,
        )


def _pressures(shown: Numerics) -> Pressures | None:
    if shown.systolic is None or shown.diastolic is None:
        return None
    return Pressures(shown.systolic, shown.diastolic, shown.mean)
