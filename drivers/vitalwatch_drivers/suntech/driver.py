"""What a SunTech module's packets mean for a chair: a cuff that inflates, a reading, or why there is none."""

from __future__ import annotations

import math
from typing import ClassVar

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
from vitalwatch.model import Observation, Report, Status, Vital, observe_cuff
from vitalwatch_drivers.suntech.decoder import SuntechDecoder
from vitalwatch_drivers.suntech.frames import Result
from vitalwatch_drivers.suntech.measurement import RESTING_POLL_S, Measurement


class SuntechDriver:
    """One SunTech OEM module. It is asked for its cuff pressure all the time, and inflates only on command."""

    info: ClassVar[DriverInfo] = DriverInfo(
        name="suntech",
        title="SunTech OEM blood pressure modules (Advantage family)",
        models=("Advantage OEM modules, and spot monitors that lead their line out",),
        takes="stream",
        vitals=(Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE, Vital.CUFF_PULSE_RATE),
        period_s=RESTING_POLL_S,
        settings=(LineSettings(9600),),
        checksum=True,
        commands=(Command.START_NIBP,),
    )
    Options: ClassVar[type[DriverOptions]] = NoOptions

    def __init__(self, device: str, options: DriverOptions) -> None:  # noqa: ARG002 - the contract; nothing to set
        self.counts = Counts()
        self.period_s = self.info.period_s
        self.vitals = self.info.vitals
        self._device = device
        self._decoder = SuntechDecoder()
        self._measurement = Measurement()
        self._statuses = StatusBook(device)

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes that arrived at monotonic ``now``: changed statuses, and a cuff reading if one is new.

        Raises:
            UsageError: if given a message; this is a byte stream.
        """
        if isinstance(data, Message):
            raise UsageError("the suntech driver reads a stream of bytes, not messages")
        self._decoder.feed(data)
        reports: list[Report] = []
        for packet in self._decoder.frames():
            self.counts.frames += 1
            result = self._measurement.take(packet, now)
            reports += self._statuses.update(self._states(), now)
            if result is not None:
                reports += self._reading(result, now)
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        return reports

    def due(self, now: float) -> Due:
        """Ask for the cuff pressure, or for a result that is ready; start a measurement that was commanded."""
        return self._measurement.due(now)

    def command(self, command: Command, now: float) -> None:  # noqa: ARG002 - the contract
        """Start one cuff measurement with the next ``due``, or as soon as the cuff is empty after the last one.

        Raises:
            UsageError: for any other command.
        """
        if command is not Command.START_NIBP:
            raise UsageError(f"a SunTech module cannot {command}")
        self._measurement.want_start()

    def redact(self, data: bytes) -> bytes:
        """The bytes as they are. The module knows no names."""
        return data

    def reset(self) -> None:
        """Forget half a packet, the present measurement and the statuses: the link was cut. The last reading stays."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._measurement.reset()
        self._statuses.clear()

    def _states(self) -> dict[str, str]:
        states: dict[str, str] = {}
        if self._measurement.inflated:
            states[Status.CUFF_INFLATING] = ""
        if self._measurement.failure:
            states[Status.CUFF_FAILED] = self._measurement.failure
        return states

    def _reading(self, result: Result, now: float) -> list[Observation]:
        # A mean outside the two pressures is none; systolic and diastolic have been found good already.
        mean = result.mean if result.diastolic <= result.mean <= result.systolic else math.nan
        return observe_cuff(self._device, result.systolic, result.diastolic, now, mean=mean, pulse=result.pulse)
