"""What a config can say about an ESPHome node: which entity is which vital, and what its states mean."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from vitalwatch.driver import DriverOptions
from vitalwatch.model import CUFF_VITALS, Vital

PLACEHOLDERS: Final[tuple[str, ...]] = ("", "nan", "unknown", "unavailable", "none", "null", "n/a", "-", "--", "---")
"""Texts in the place of a missing value. ``nan`` is what ESPHome itself sends (protocol notes on oximeters, 12)."""

PAIR: Final = (Vital.SYSTOLIC, Vital.DIASTOLIC)


def _is_entity(name: str) -> str:
    if not name or set(name) & set("/+#"):
        raise ValueError('write the name in the topic between sensor and state, for example "spo2"')
    return name


Entity = Annotated[str, AfterValidator(_is_entity)]
"""An entity's name as it stands in its topic."""

StatusName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class EsphomeOptions(DriverOptions):
    """``[device.options]`` of an esphome device."""

    vitals: dict[Annotated[Vital, Field(strict=False)], Entity] = Field(
        default={Vital.SPO2: "spo2", Vital.PULSE_RATE: "pulse_rate"},
        min_length=1,
        description="Which sensor is which vital: vital name = entity, as in its topic.",
    )
    statuses: dict[StatusName, Entity] = Field(
        default={}, description="Which binary sensor tells which status: status = entity; ON means that it holds."
    )
    statuses_off: dict[StatusName, Entity] = Field(
        default={}, description="The same for binary sensors whose OFF means that the status holds."
    )
    none: list[str | float] = Field(
        default=[*PLACEHOLDERS, -1.0], description="Texts (any case) and numbers that mean no value."
    )
    real_zero: list[Literal["heart_rate", "respiration_rate"]] = Field(
        default=[],
        description="Vitals in which this node's 0 is a measurement (asystole, apnoea) and never its no value.",
    )
    temperature_unit: Literal["°C", "°F"] = Field(default="°C", description="Unit of the temperature: °C or °F.")
    pressure_unit: Literal["mmHg", "kPa"] = Field(
        default="mmHg", description="Unit of the cuff pressures and of EtCO2: mmHg or kPa."
    )
    period_s: float = Field(
        default=1.0,
        gt=0,
        le=3600,
        description="Longest usual time between two states of one vital, seconds. Ages and alarms follow it.",
    )

    @model_validator(mode="after")
    def _fits(self) -> EsphomeOptions:
        if not CUFF_VITALS.isdisjoint(self.vitals) and not all(vital in self.vitals for vital in PAIR):
            raise ValueError("a cuff needs both, systolic and diastolic: one without the other is no reading")
        if len(set(self.vitals.values())) < len(self.vitals):
            raise ValueError("one sensor is mapped to two vitals")
        if twice := self.statuses.keys() & self.statuses_off.keys():
            raise ValueError(f"{min(twice)} stands in statuses and in statuses_off")
        return self
