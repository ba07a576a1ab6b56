"""What the frames of an STX blood pressure module mean: a cuff that runs, a reading, or why there is none."""

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
    NoOptions,
    Received,
    StatusBook,
)
from vitalwatch.errors import UsageError
from vitalwatch.model import Observation, Report, Status, Validity, Vital, observe_cuff
from vitalwatch_drivers.stx_nibp.decoder import StxNibpDecoder
from vitalwatch_drivers.stx_nibp.frames import ModuleStatus
from vitalwatch_drivers.stx_nibp.measurement import RESTING_POLL_S, Measurement

CUFF_CODES: Final[dict[int, str]] = {1: "neonatal cuff in adult mode", 2: "adult cuff in neonatal mode"}

OTHER_USES: Final[dict[int, str]] = {4: "manometer", 7: "leak test"}
"""What the cuff is used for besides measurements, by the state beside its pressure."""


class StxNibpDriver:
    """One module. It is asked for its status while it rests, and inflates only on command."""

    info: ClassVar[DriverInfo] = DriverInfo(
        name="stx-nibp",
        title="Blood pressure modules that speak STX frames of text (SINNOR N6, PAR NIBP2010/2020)",
        models=("SINNOR N6", "UN300C", "PAR NIBP2010", "PAR NIBP2020"),
        takes="stream",
        vitals=(Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE, Vital.CUFF_PULSE_RATE),
        period_s=RESTING_POLL_S,
        settings=(LineSettings(4800),),
        commands=(Command.START_NIBP,),
    )
    Options: ClassVar[type[DriverOptions]] = NoOptions

    def __init__(self, device: str, options: DriverOptions) -> None:  # noqa: ARG002 - the contract; nothing to set
        self.counts = Counts()
        self.period_s = self.info.period_s
        self.vitals = self.info.vitals
        self._device = device
        self._decoder = StxNibpDecoder()
        self._measurement = Measurement()
        self._statuses = StatusBook(device)
        self._neonatal = False

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes that arrived at monotonic ``now``: changed statuses, and a cuff reading if one is new.

        Raises:
            UsageError: if given a message; this is a byte stream.
        """
        if isinstance(data, Message):
            raise UsageError("the stx-nibp driver reads a stream of bytes, not messages")
        self._decoder.feed(data)
        reports: list[Report] = []
        for frame in self._decoder.frames():
            self.counts.frames += 1
            reading = self._measurement.take(frame, now)
            if isinstance(frame, ModuleStatus):
                self._neonatal = frame.mode != 0
            reports += self._statuses.update(self._states(), now)
            if reading is not None:
                reports += self._reading(reading, now)
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        return reports

    def due(self, now: float) -> Due:
        """Ask for the status while the cuff is not used; start a measurement that was commanded."""
        return self._measurement.due(now)

    def command(self, command: Command, now: float) -> None:  # noqa: ARG002 - the contract
        """Start one cuff measurement with the next ``due``, or a second later if something was just asked.

        Raises:
            UsageError: for any other command.
        """
        if command is not Command.START_NIBP:
            raise UsageError(f"an STX blood pressure module cannot {command}")
        self._measurement.want_start()

    def redact(self, data: bytes) -> bytes:
        """The bytes as they are. The module knows no names."""
        return data

    def reset(self) -> None:
        """Forget half a frame, the present measurement and the statuses: the link was cut. The last reading stays."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._measurement.reset()
        self._statuses.clear()
        self._neonatal = False

    def _states(self) -> dict[str, str]:
        states: dict[str, str] = {}
        if self._measurement.running:
            states[Status.CUFF_INFLATING] = ""
        if self._measurement.failure:
            states[Status.CUFF_FAILED] = self._measurement.failure
        elif self._measurement.error:
            states["stx_nibp_error"] = self._measurement.error
        if cuff := self._measurement.cuff:
            states["stx_nibp_wrong_cuff"] = CUFF_CODES.get(cuff, f"cuff code {cuff}")
        if (use := self._measurement.other_use) is not None:
            states["stx_nibp_cuff_in_use"] = OTHER_USES.get(use, f"state {use}")
        if self._neonatal:
            states["stx_nibp_neonatal"] = "neonatal mode"
        return states

    def _reading(self, status: ModuleStatus, now: float) -> list[Observation]:
        systolic, diastolic = status.systolic, status.diastolic
        mean: float | None = status.mean
        # A mean outside the two pressures is none; systolic and diastolic have been found good already.
        if mean is not None and not (diastolic or 0) <= mean <= (systolic or 0):
            mean = math.nan
        fits = not (self._measurement.cuff or self._neonatal)
        validity = Validity.VALID if fits else Validity.QUESTIONABLE
        return observe_cuff(self._device, systolic, diastolic, now, mean=mean, pulse=status.pulse, validity=validity)
