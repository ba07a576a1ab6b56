"""Frames with a known meaning, for ``vitalwatch conform tempus``, in the layout of the one published message."""

from __future__ import annotations

import json
from typing import Any, Final

from vitalwatch.driver import Conformance, Sample

NOTES: Final = "protocol notes on monitors, section 11, and the message in wlbaker/mdrepo"

NOW, EARLIER = "2026-03-02 12:02:44", "2026-03-02 12:00:00"


def sign(name: str, val: object, units: str, src: str, alert: str = "0") -> dict[str, Any]:
    """One number."""
    return {"$type": "VitalSign", "code": "", "name": name, "val": val, "alert": alert, "units": units, "src": src}


def entry(when: str, *signs: dict[str, Any], kind: str = "Real Time") -> dict[str, Any]:
    """Numbers that were taken at one time."""
    return {
        "$type": "Vital",
        "type": kind,
        "tempusNumber": 600001,
        "incidentGUID": "00000000-0000-0000-0000-000000000000",
        "captureTime": when,
        "signs": {"$type": "VitalSign[]", "$values": list(signs)},
    }


def line(*entries: dict[str, Any], kind: str = "Vitals") -> bytes:
    """A message with its line end. The check behind it is not tested, for its rule is unknown."""
    message = {"$type": kind, "vitals": {"$type": "Vital[]", "$values": list(entries)}, "crc": "0000"}
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def cuff(sys: str, dia: str, mean: str, *more: dict[str, Any], when: str = EARLIER) -> dict[str, Any]:
    """A cuff reading."""
    named = (("SysNIBP", sys), ("DiaNIBP", dia), ("MeanNIBP", mean))
    return entry(when, *(sign(name, val, "mm[Hg]", "NIBP") for name, val in named), *more)


def streams(*values: object, when: str = NOW) -> dict[str, Any]:
    """Heart rate, SpO2, respiration, CO2, temperature, perfusion and pulse."""
    named = (
        *(("HR", "/min", "ECG"), ("SPO2", "%", "PULSE"), ("RESP", "/min", "CAPNO"), ("ETCO2", "mm[Hg]", "CAPNO")),
        *(("Temperature1", "C", "T1"), ("PI", "%", "PULSE"), ("HR", "/min", "PULSE")),
    )
    return entry(when, *(sign(name, val, unit, src) for (name, unit, src), val in zip(named, values, strict=True)))


STREAMED: Final = (
    *("heart_rate", "pulse_rate", "spo2", "perfusion_index"),
    *("respiration_rate", "etco2", "temperature"),
)
GOOD: Final = ("256.0", "96.0", "31.0", "35.0", "35.4", "2.6", "300.0")
SAID: Final = (
    *("heart_rate 256 valid", "pulse_rate 300 valid", "spo2 96 valid", "perfusion_index 2.6 valid"),
    *("respiration_rate 31 valid", "etco2 35 valid", "temperature 35.4 valid"),
)
OLD: Final = "valid 164 s old"

CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="every vital, with a cuff reading of its own time, sent twice",
            source=NOTES,
            frames=(line(cuff("120.0", "80.0", "96.0", sign("HR", "70.0", "/min", "NIBP")), streams(*GOOD)),) * 2,
            expect=(
                *SAID,
                *(f"systolic 120 {OLD}", f"diastolic 80 {OLD}", f"mean_pressure 96 {OLD}", f"cuff_pulse_rate 70 {OLD}"),
                *SAID,
            ),
        ),
        Sample(
            name="no values: dashes, nothing, and left out after having been there",
            source=f"{NOTES}; dashes are not from a recording",
            frames=(line(streams(*["--"] * 7)), line(streams(*[""] * 7)), line(entry(NOW))),
            expect=tuple(f"{vital} none unavailable" for vital in STREAMED) * 3,
        ),
        Sample(
            name="what cannot be: text, zeros before anything was seen, negative numbers",
            source=NOTES,
            frames=(line(streams(*["--"] * 7)), line(streams("a lot", "0.0", "0", "-1", "0", "0.0", "0"))),
            expect=tuple(f"{vital} none {why}" for why in ("unavailable", "invalid") for vital in STREAMED),
        ),
        Sample(
            name="pressures inside a vessel and past trends are no cuff reading and no present value",
            source=NOTES,
            frames=(
                line(
                    entry(
                        NOW,
                        sign("Sys", "119.0", "mm[Hg]", "P1:"),
                        sign("Dia", "79.0", "mm[Hg]", "P1:"),
                        sign("Mean", "95.0", "mm[Hg]", "P1:"),
                    ),
                    entry(NOW, sign("SPO2", "70.0", "%", "PULSE"), kind="Trend"),
                ),
            ),
            expect=(),
        ),
        Sample(
            name="a mark of the monitor's own alarm, then none",
            source=f"{NOTES}; what the codes mean is not known",
            frames=(
                line(entry(NOW, sign("SPO2", "84.0", "%", "PULSE", alert="1"))),
                line(entry(NOW, sign("SPO2", "96.0", "%", "PULSE"))),
            ),
            expect=("+monitor_alarm", "spo2 84 valid", "-monitor_alarm", "spo2 96 valid"),
        ),
    ),
    exempt={"bit flips": "the rule of the check behind a message is not known; TCP, which carries it, has its own"},
)
