"""What one frame of values says: which numbers are readings, how far to trust them, and why there are none. Pure."""

from __future__ import annotations

from typing import Final

import msgspec

from vitalwatch.model import Status, Validity, Vital, plausible
from vitalwatch_drivers.contec.frames import NO_PULSE, NO_SPO2, EbMeasurement, Live

WEAK_SIGNAL: Final = frozenset((0, 1, 2, *range(9, 16)))
"""Signal strengths at which numbers are doubtful: the lowest three of 0-8 (our choice), and what no document lists."""

EB_HIGH_PULSE: Final = 0x02
EB_NONE: Final = (0, NO_SPO2)
EB_JUMP_BPM: Final = 100
"""A change within a second that no heart makes: more likely the 128 that a wrong ``pulse_bit`` adds or leaves out."""


class Reading(msgspec.Struct, frozen=True):
    """What the vitals are, as one frame says.

    Attributes:
        statuses: those that hold, each with its detail.
        validity: of all values.
        pulse_validity: of the pulse rate.
        spo2: %, or none.
        pulse: bpm, or none.
        perfusion_index: %, or none.
    """

    statuses: dict[str, str]
    validity: Validity
    pulse_validity: Validity
    spo2: int | None = None
    pulse: int | None = None
    perfusion_index: float | None = None


def nothing(status: str, detail: str) -> Reading:
    """There are no values, and why."""
    return Reading({status: detail}, Validity.UNAVAILABLE, Validity.UNAVAILABLE)


def of_live(frame: Live) -> Reading:
    """The values of a package of V7 or the 5-byte dialect: readings only while no flag speaks against them."""
    statuses: dict[str, str] = {}
    if frame.probe_error:
        statuses[Status.SENSOR_OFF] = "probe error, finger out"
    if frame.searching_long:
        statuses[Status.SEARCHING] = "searching too long"
    elif frame.searching:
        statuses[Status.SEARCHING] = "searching"
    if statuses:
        return Reading(statuses, Validity.UNAVAILABLE, Validity.UNAVAILABLE)
    weak = frame.signal in WEAK_SIGNAL
    validity = Validity.QUESTIONABLE if weak else Validity.VALID
    return Reading(
        {Status.LOW_SIGNAL: "weak signal"} if weak else {},
        validity,
        validity,
        frame.spo2,
        frame.pulse,
        _percent(frame.perfusion),
    )


class EbReadings:
    """The values of an EB oximeter: the pulse rate joined, and doubted where its eighth bit may be wrong.

    Args:
        pulse_bit: whether bit 1 of the status stands for 128 bpm. Where it does not and is set all the same, nobody
            knows whether 128 are missing: such a pulse is questionable.
    """

    def __init__(self, *, pulse_bit: bool) -> None:
        self._pulse_bit = pulse_bit
        self._trusted: int | None = None

    def forget(self) -> None:
        """What comes next may be another person's."""
        self._trusted = None

    def of(self, frame: EbMeasurement) -> Reading:
        """The values of the next measurement."""
        if frame.spo2 in EB_NONE:
            self.forget()
            return nothing(Status.SENSOR_OFF, "no reading, probably no finger")
        high = bool(frame.status & EB_HIGH_PULSE)
        pulse = frame.pulse + 128 if high and self._pulse_bit else frame.pulse
        if pulse in (0, NO_PULSE):
            # No document says what a saturation without a pulse is worth.
            return Reading({}, Validity.QUESTIONABLE, Validity.UNAVAILABLE, frame.spo2, None, _percent(frame.perfusion))
        # 127 is a possible pulse, and with a saturation of 127 it is none: beside a real saturation it is doubtful.
        doubtful = pulse == NO_SPO2 or (high and not self._pulse_bit) or self._jumped(pulse)
        if not doubtful and plausible(Vital.PULSE_RATE, pulse):
            self._trusted = pulse
        return Reading(
            {},
            Validity.VALID,
            Validity.QUESTIONABLE if doubtful else Validity.VALID,
            frame.spo2,
            pulse,
            _percent(frame.perfusion),
        )

    def _jumped(self, pulse: int) -> bool:
        # Against the last trusted one, not the last: after a wrong jump every pulse is wrong, until it is back.
        return self._trusted is not None and abs(pulse - self._trusted) >= EB_JUMP_BPM


def _percent(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100
