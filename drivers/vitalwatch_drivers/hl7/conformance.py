"""Messages with a known meaning, for ``vitalwatch conform hl7``."""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Sample

PCD: Final = "IHE Patient Care Device technical framework volume 2, PCD-01, filled in as a Mindray VS-900 does"


def message(*rows: bytes, sent: bytes = b"20260302120000", kind: bytes = b"ORU^R01^ORU_R01") -> bytes:
    """A message of IHE PCD-01 in its frame."""
    header = b"MSH|^~\\&|MONITOR^0000000000000001^EUI-64||||" + sent + b"||" + kind + b"|7|P|2.6|||AL|NE"
    segments = (header, b"PID|||", b"OBR|1|||182777000^monitoring of patient^SCT|||" + sent, *rows)
    return b"\x0b" + b"".join(segment + b"\r" for segment in segments) + b"\x1c\r"


def row(code: bytes, value: bytes, unit: bytes = b"", *, at: bytes = b"", flags: bytes = b"") -> bytes:
    """One OBX; ``code`` as in OBX-3."""
    return b"OBX||NM|" + code + b"||" + value + b"|" + unit + b"||" + flags + b"|||R|||" + at


SPO2: Final = b"150456^MDC_PULS_OXIM_SAT_O2^MDC"
PULSE: Final = b"149530^MDC_PULS_OXIM_PULS_RATE^MDC"
STREAMS: Final = (
    (b"147842^MDC_ECG_HEART_RATE^MDC", b"61", "heart_rate"),
    (PULSE, b"128", "pulse_rate"),
    (SPO2, b"98", "spo2"),
    (b"150488^MDC_BLD_PERF_INDEX^MDC", b"3.1", "perfusion_index"),
    (b"151562^MDC_RESP_RATE^MDC", b"14", "respiration_rate"),
    (b"151708^MDC_CONC_AWAY_CO2_ET^MDC", b"38", "etco2"),
    (b"150344^MDC_TEMP^MDC", b"36.6", "temperature"),
)
CUFF_AT: Final = b"20260302115000"

CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="every vital; the cuff reading is ten minutes old",
            source=PCD,
            frames=(
                message(
                    *(row(code, value) for code, value, _ in STREAMS),
                    row(b"150301^MDC_PRESS_CUFF_SYS^MDC", b"147", b"266016^MDC_DIM_MMHG^MDC", at=CUFF_AT),
                    row(b"150302^MDC_PRESS_CUFF_DIA^MDC", b"90", b"266016^MDC_DIM_MMHG^MDC", at=CUFF_AT),
                    row(b"150303^MDC_PRESS_CUFF_MEAN^MDC", b"109", b"266016^MDC_DIM_MMHG^MDC", at=CUFF_AT),
                    row(b"149546^MDC_PULS_RATE_NON_INV^MDC", b"63", at=CUFF_AT),
                ),
            ),
            expect=(
                *(f"{vital} {value.decode()} valid" for _, value, vital in STREAMS),
                *("systolic 147 valid 600 s old", "diastolic 90 valid 600 s old"),
                *("mean_pressure 109 valid 600 s old", "cuff_pulse_rate 63 valid 600 s old"),
            ),
        ),
        Sample(
            name="all forms of no value",
            source="protocol notes on monitors, section 4: -100 Mindray, -999 XH80X, 0x7FFFFF",
            frames=tuple(
                message(*(row(code, none) for code, _, _ in STREAMS))
                for none in (b"", b"-100", b"-100.00", b"-999", b"-99.9", b"-1", b"8388607", b"---")
            ),
            expect=tuple(f"{vital} none unavailable" for _ in range(8) for _, _, vital in STREAMS),
        ),
        Sample(
            name="kilopascal and Fahrenheit; an arterial pressure is no cuff reading",
            source="UCUM; protocol notes on monitors, section 0",
            frames=(
                message(
                    row(b"150344^MDC_TEMP^MDC", b"98.6", b"268160^MDC_DIM_FAHR^MDC"),
                    row(b"150021^MDC_PRESS_BLD_NONINV_SYS^MDC", b"16.0", b"kPa^kPa^UCUM"),
                    row(b"150022^MDC_PRESS_BLD_NONINV_DIA^MDC", b"10.0", b"kPa^kPa^UCUM"),
                    row(b"150033^MDC_PRESS_BLD_ART_SYS^MDC", b"131", b"266016^MDC_DIM_MMHG^MDC"),
                ),
            ),
            expect=("temperature 37 valid", "systolic 120 valid", "diastolic 75 valid"),
        ),
        Sample(
            name="demo mode, then a value that the monitor marks as invalid",
            source="IHE Patient Care Device technical framework volume 2, OBX-8",
            frames=(
                message(row(SPO2, b"97", flags=b"DEMO")),
                message(row(SPO2, b"97", flags=b"INV"), row(PULSE, b"71", flags=b"QUES")),
            ),
            expect=("+demo", "spo2 97 valid demo", "-demo", "spo2 none invalid", "pulse_rate 71 questionable"),
        ),
    ),
    exempt={"bit flips": "HL7 over MLLP has no checksum; TCP, which carries it, has its own"},
)
