"""Messages with a known meaning, for ``vitalwatch conform mindray-pds``."""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Sample

NOTES: Final = "protocol notes on monitors, section 4c: Mindray port 4601"
RECEIVERS: Final = "rows in the tests of public receivers of port 4601"


def message(number: int, *rows: str, processing: str = "P") -> bytes:
    """A message in its frame; ``number`` is MSH-10."""
    segments = (f"MSH|^~\\&|||||||ORU^R01|{number}|{processing}|2.3.1|", *rows)
    return b"\x0b" + "".join(f"{segment}\r" for segment in segments).encode() + b"\x1c\r"


def value(parameter: str, number: str, *, flags: str = "", unit: str = "") -> str:
    """A row of message 204; ``parameter`` is number and label."""
    return f"OBX||NM|{parameter}|2101|{number}|{unit}||{flags}|||F"


def state(parameter: int, number: int) -> str:
    """A row of message 205."""
    return f"OBX||CE|2037^|{parameter}|{number}^||||||F"


def cuff(parameter: str, number: str, at: str = "20260302115000") -> str:
    """A row of message 503."""
    return f"OBX||NM|{parameter}|2105|{number}||||||F||APERIODIC|{at}"


def alarm(text: str, at: str = "20260302115000") -> str:
    """A row of message 54."""
    return f"OBX||CE|2|1|{text}||||||F|||{at}|"


def technical(text: str) -> str:
    """A row of message 56."""
    return f"OBX||CE|4||{text}||||||F|"


STREAMS: Final = (
    ("101^HR", "61", "heart_rate"),
    ("151^RR", "14", "respiration_rate"),
    ("160^SpO2", "98", "spo2"),
    ("161^PR", "128", "pulse_rate"),
    ("162^PI", "3.1", "perfusion_index"),
    ("200^T1", "36.6", "temperature"),
    ("250^EtCO2", "38", "etco2"),
)

CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="every streaming vital, beside parameters that are none of ours",
            source=NOTES,
            frames=(
                message(106),
                *(message(204, value(parameter, number)) for parameter, number, _ in STREAMS),
                message(204, value("102^PVCs", "3"), value("202^TD", "0.2"), value("251^FiCO2", "2")),
                message(204, value("500^Sys", "120"), value("501^Mean", "90"), value("502^Dia", "75")),
            ),
            expect=tuple(f"{vital} {number} valid" for _, number, vital in STREAMS),
        ),
        Sample(
            name="all forms of no value",
            source=NOTES,
            frames=tuple(
                message(204, *(value(parameter, none) for parameter, _, _ in STREAMS))
                for none in ("-100", "-100.00", "-1", "", "---")
            ),
            expect=tuple(f"{vital} none unavailable" for _ in range(5) for _, _, vital in STREAMS),
        ),
        Sample(
            name="a cuff reading, doubted at the opening; then the one of a monitor that has none",
            source=NOTES,
            frames=(
                message(
                    503,
                    *(cuff("171^Dia", "80"), cuff("172^Mean", "93"), cuff("170^Sys", "120")),
                    cuff("173^NIBP_PR", "63"),
                ),
                message(503, *(cuff(f"{number}^", "-100", "00000000000000") for number in (170, 171, 172, 173))),
            ),
            expect=(
                *("systolic 120 questionable", "diastolic 80 questionable"),
                *("mean_pressure 93 questionable", "cuff_pulse_rate 63 questionable"),
            ),
        ),
        Sample(
            name="a parameter without a value, whatever number stands beside it",
            source=NOTES,
            frames=(
                message(204, value("160^SpO2", "97")),
                message(205, state(160, 2)),
                message(204, value("160^SpO2", "97")),
                message(205, state(160, 3)),
                message(204, value("160^SpO2", "98")),
            ),
            expect=("spo2 97 valid", "spo2 none unavailable", "spo2 none unavailable", "spo2 98 valid"),
        ),
        Sample(
            name="sensor off beside an old number, then a limit alarm",
            source=RECEIVERS,
            frames=(
                message(204, value("160^SpO2", "97")),
                message(56, technical("205^SpO2 Sensor Off"), "OBX||CE|2041^||0^||||||F"),
                message(204, value("160^SpO2", "97")),
                message(56),
                message(54, alarm("10033^**SpO2 TOO HIGH"), "OBX||CE|2040^||0^||||||F"),
                message(204, value("160^SpO2", "100")),
                message(54),
            ),
            expect=(
                *("spo2 97 valid", "+sensor_off", "spo2 none unavailable", "spo2 none unavailable", "-sensor_off"),
                *("+monitor_alarm", "spo2 100 valid", "-monitor_alarm"),
            ),
        ),
        Sample(
            name="demo mode, where the monitor says so",
            source="HL7 v2 OBX-8, protocol notes on monitors, section 4",
            frames=(
                message(204, value("160^SpO2", "97", flags="DEMO")),
                message(204, value("160^SpO2", "97", flags="INV")),
            ),
            expect=("+demo", "spo2 97 valid demo", "-demo", "spo2 none invalid"),
        ),
    ),
    exempt={"bit flips": "HL7 over MLLP has no checksum; TCP, which carries it, has its own"},
)
