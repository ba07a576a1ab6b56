"""The words that every other room uses: vitals, observations, waveforms, device statuses. Pure values."""

from vitalwatch.model.observation import (
    USABLE,
    DeviceStatus,
    Mode,
    Observation,
    Report,
    Status,
    Validity,
    Waveform,
    observe,
    observe_cuff,
)
from vitalwatch.model.vitals import CATALOGUE, CUFF_VITALS, Vital, VitalInfo, gone_s, plausible, standing_s

__all__ = [
    "CATALOGUE",
    "CUFF_VITALS",
    "USABLE",
    "DeviceStatus",
    "Mode",
    "Observation",
    "Report",
    "Status",
    "Validity",
    "Vital",
    "VitalInfo",
    "Waveform",
    "gone_s",
    "observe",
    "observe_cuff",
    "plausible",
    "standing_s",
]
