"""What the lines of the Nellcor table mean: which numbers are readings, and what the status codes say."""

from __future__ import annotations

from typing import ClassVar, Final

import msgspec

from vitalwatch.driver import (
    NOTHING_DUE,
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
from vitalwatch.model import Report, Status, Validity, Vital, observe
from vitalwatch_drivers.nellcor.decoder import NellcorDecoder
from vitalwatch_drivers.nellcor.frames import DataLine


class Meaning(msgspec.Struct, frozen=True):
    """What one status code says.

    Attributes:
        validity: the best that can be said of the values of a line with this code.
        statuses: what is reported of the device while the code is there.
    """

    validity: Validity
    statuses: tuple[str, ...]


MEANINGS: Final[dict[str, Meaning]] = {
    "AO": Meaning(Validity.VALID, (Status.MONITOR_AUDIO_PAUSED,)),  # alarm sound off
    "AS": Meaning(Validity.VALID, (Status.MONITOR_AUDIO_PAUSED,)),  # alarm sound paused for a while
    "LB": Meaning(Validity.VALID, (Status.BATTERY_LOW,)),
    "LM": Meaning(Validity.UNAVAILABLE, (Status.PULSE_LOST, Status.INTERFERENCE)),
    "LP": Meaning(Validity.UNAVAILABLE, (Status.PULSE_LOST,)),
    "MO": Meaning(Validity.QUESTIONABLE, (Status.MOTION,)),
    "PH": Meaning(Validity.VALID, (Status.MONITOR_ALARM,)),  # pulse above the monitor's own limit
    "PL": Meaning(Validity.VALID, (Status.MONITOR_ALARM,)),
    "PS": Meaning(Validity.UNAVAILABLE, (Status.SEARCHING,)),
    "SD": Meaning(Validity.UNAVAILABLE, (Status.NO_SENSOR,)),  # cable or sensor disconnected
    "SH": Meaning(Validity.VALID, (Status.MONITOR_ALARM,)),
    "SL": Meaning(Validity.VALID, (Status.MONITOR_ALARM,)),
    "SO": Meaning(Validity.UNAVAILABLE, (Status.SENSOR_OFF,)),
}
"""Every published status code (N-595 data port description; NPB-290, NPB-295, N-395 operator's manuals)."""


LIMIT_CODES: Final[dict[str, Vital]] = {
    "PH": Vital.PULSE_RATE,
    "PL": Vital.PULSE_RATE,
    "SH": Vital.SPO2,
    "SL": Vital.SPO2,
}
"""Codes that say which vital passed a limit of the monitor's own."""


def meaning_of(code: str) -> Meaning:
    """Look a status code up. One that no manual lists is reported under its own name, and its line is suspect."""
    return MEANINGS.get(code) or Meaning(Validity.QUESTIONABLE, (f"nellcor_{code.lower()}",))


class NellcorDriver:
    """Nellcor oximeters on their data port in ASCII mode. The device talks by itself; nothing is ever sent."""

    info: ClassVar[DriverInfo] = DriverInfo(
        name="nellcor",
        title="Nellcor pulse oximeters, ASCII table on the data port",
        models=("N-560", "N-595", "NPB-595", "NPB-290", "NPB-295", "N-395"),
        takes="stream",
        vitals=(Vital.SPO2, Vital.PULSE_RATE),
        period_s=2.0,
        settings=(LineSettings(9600), LineSettings(19200)),
    )
    Options: ClassVar[type[DriverOptions]] = NoOptions

    def __init__(self, device: str, options: DriverOptions) -> None:  # noqa: ARG002 - the contract; nothing to set
        self.counts = Counts()
        self.period_s = self.info.period_s
        self.vitals = self.info.vitals
        self._device = device
        self._decoder = NellcorDecoder()
        self._statuses = StatusBook(device)

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes that arrived at monotonic ``now``: for each good data line, changed statuses, then both vitals.

        Raises:
            UsageError: if given a message; this is a byte stream.
        """
        if isinstance(data, Message):
            raise UsageError("the nellcor driver reads a stream of bytes, not messages")
        self._decoder.feed(data)
        reports: list[Report] = []
        for line in self._decoder.frames():
            self.counts.frames += 1
            if isinstance(line, DataLine):
                reports += self._report(line, now)
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        return reports

    def due(self, now: float) -> Due:  # noqa: ARG002 - the contract
        """Nothing: while its menu is open after a host's bytes, the monitor sends no data lines."""
        return NOTHING_DUE

    def redact(self, data: bytes) -> bytes:
        """The bytes as they are. The monitor knows no names."""
        return data

    def reset(self) -> None:
        """Forget half a line and the present statuses: the link was cut."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._statuses.clear()

    def _report(self, line: DataLine, now: float) -> list[Report]:
        validity = validity_of(line)
        statuses: dict[str, str] = {}
        for code in sorted(set(line.codes)):
            for status in map(str, meaning_of(code).statuses):
                statuses[status] = f"{statuses[status]} {code}" if status in statuses else code
        values = ((Vital.SPO2, line.spo2), (Vital.PULSE_RATE, line.pulse))
        return [
            *self._statuses.update(statuses, now, limit_of=limits_passed(line)),
            *(
                observe(self._device, vital, value, now, validity=validity, device_time=line.device_time)
                for vital, value in values
            ),
        ]


def limits_passed(line: DataLine) -> tuple[Vital, ...]:
    """The vitals whose limits the monitor itself found passed."""
    return tuple(dict.fromkeys(LIMIT_CODES[code] for code in line.codes if code in LIMIT_CODES))


def validity_of(line: DataLine) -> Validity:
    """Say how far the numbers of a line can be trusted; codes add up, so the worst one decides.

    Without a pulse amplitude no pulse is being measured and the numbers are left over from before: a searching N-560
    was recorded printing its last values with dashes for the amplitude.
    """
    found = {meaning_of(code).validity for code in line.codes}
    if line.amplitude is None or Validity.UNAVAILABLE in found:
        return Validity.UNAVAILABLE
    return Validity.QUESTIONABLE if Validity.QUESTIONABLE in found else Validity.VALID
