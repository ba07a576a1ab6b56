"""What a config can say about a publisher's JSON: where each thing stands, and what its figures mean."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from vitalwatch.driver import DriverOptions
from vitalwatch.model import Vital

RECOMMENDED: Final[dict[Vital, str]] = {
    Vital.SPO2: "spo2",
    Vital.PULSE_RATE: "pulse_rate",
    Vital.PERFUSION_INDEX: "perfusion_index",
    Vital.SYSTOLIC: "nibp.systolic",
    Vital.DIASTOLIC: "nibp.diastolic",
    Vital.MEAN_PRESSURE: "nibp.mean",
    Vital.CUFF_PULSE_RATE: "nibp.pulse",
}
"""The places of the payload that README.md recommends."""

PLACEHOLDERS: Final[tuple[str, ...]] = (
    *("", "-", "--", "---", "--.-", "--.--", "+--"),
    *("nan", "none", "null", "n/a", "unknown", "unavailable"),
)
"""Texts that real devices and bridges send in the place of a missing value (protocol notes on oximeters, sections 0
and 12)."""


def _is_path(path: str) -> str:
    if not all(path.split(".")):
        raise ValueError('a path is names with single dots between them, for example "nibp.systolic"')
    return path


Path = Annotated[str, AfterValidator(_is_path)]
"""Names with dots between them, from the outermost object inwards; a number picks an element of a list, from 0."""

OptionalPath = Annotated[str, AfterValidator(lambda path: _is_path(path) if path else path)]
"""A path, or an empty text when the publisher sends no such thing."""


class MqttJsonOptions(DriverOptions):
    """``[device.options]`` of an mqtt-json device. Everything left out is as in the recommended payload."""

    vitals: dict[Annotated[Vital, Field(strict=False)], Path] = Field(
        default=RECOMMENDED,
        min_length=1,
        description="Which vital stands where: vital name = path. Replaces the recommended table as a whole.",
    )
    time: OptionalPath = Field(
        default="time", description="Path of the message's own time: ISO 8601, or seconds or milliseconds since 1970."
    )
    cuff_time: OptionalPath = Field(
        default="nibp.time", description="Path of the time of the cuff reading; same forms as time."
    )
    sequence: OptionalPath = Field(
        default="seq", description="Path of the message's number; the same number twice in a row is a copy."
    )
    status: OptionalPath = Field(
        default="status", description="Path of the list of everything that is the matter with the device now."
    )
    mode: OptionalPath = Field(
        default="mode", description='Path of the flag that says true or "demo" for demo data, "test" for a test signal.'
    )
    none: list[str | float] = Field(
        default=[*PLACEHOLDERS, -1.0],
        description="Texts (any case) and numbers that mean no value. JSON null always does.",
    )
    real_zero: list[Literal["heart_rate", "respiration_rate"]] = Field(
        default=[],
        description="Vitals in which this publisher's 0 is a measurement (asystole, apnoea) and never its no value.",
    )
    pressure_unit: Literal["mmHg", "kPa"] = Field(
        default="mmHg", description="Unit in which the cuff pressures are sent: mmHg or kPa."
    )
    period_s: float = Field(
        default=1.0,
        gt=0,
        le=3600,
        description="Longest usual time between two messages, seconds. Ages and the no-data alarm follow it.",
    )

    @model_validator(mode="after")
    def _cuff_pressures_come_in_pairs(self) -> MqttJsonOptions:
        # A systolic alone cannot be checked against its diastolic, and a mean alone is no reading on the screen.
        pressures = {Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE, Vital.CUFF_PULSE_RATE} & self.vitals.keys()
        if pressures and not {Vital.SYSTOLIC, Vital.DIASTOLIC} <= pressures:
            raise ValueError("a cuff needs both systolic and diastolic in vitals")
        return self

    @model_validator(mode="after")
    def _a_reading_has_its_own_time(self) -> MqttJsonOptions:
        # Stamped with the time of each message, an old reading would look new in every one of them.
        if self.cuff_time and self.cuff_time == self.time:
            raise ValueError(
                'cuff_time must be the time of the reading, not of the message; if there is none, set it to ""'
            )
        return self
