"""Replies with a known meaning, for ``vitalwatch conform casmed``."""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Sample

LAYOUT: Final = "columns of the X09 and X13 replies in the VA's VistA Vitals program, unit uVHA_ATE740X"

OXIMETER_OFF: Final = ("spo2 none unavailable", "pulse_rate none unavailable")
NO_STREAMS: Final = (*OXIMETER_OFF, "temperature none unavailable")
STEADY: Final = ("spo2 97 valid", "pulse_rate 72 valid", "temperature 36.8 questionable")
FAST: Final = ("spo2 98 valid", "pulse_rate 130 valid", "temperature 37 questionable")

EMPTY: Final = b"X09------------------C\r"
BEFORE: Final = b"X09---------072097368C\r"
AFTER: Final = b"X09128081097072097368C\r"
INFLATING: Final = b"X13156\r"

CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="nothing connected, then a cuff reading that is shown on and on",
            source=LAYOUT,
            frames=(EMPTY, EMPTY, BEFORE, AFTER, AFTER, AFTER),
            expect=(
                *(*NO_STREAMS, *NO_STREAMS, *STEADY, *STEADY, *STEADY),
                *("systolic 128 valid", "diastolic 81 valid", "mean_pressure 97 valid"),
                *STEADY,
            ),
        ),
        Sample(
            name="SpO2 and pulse above byte boundaries, temperature in F and in C",
            source=LAYOUT,
            frames=(b"X09---------128100986F\r", b"X09---------2560851012F\r", b"X09---------3000990370C\r"),
            expect=(
                *("spo2 100 valid", "pulse_rate 128 valid", "temperature 37 questionable"),
                *("spo2 85 valid", "pulse_rate 256 valid", "temperature 38.4 questionable"),
                *("spo2 99 valid", "pulse_rate 300 valid", "temperature 37 questionable"),
            ),
        ),
        Sample(
            name="no SpO2: dashes, blanks, zeros; the pulse may be the cuff's",
            source=f"{LAYOUT}; it treats zeros, blanks and dashes as none",
            frames=(b"X09---------072------C\r", b"X09---------072   ----\r", b"X09000000000072000000F\r"),
            expect=(*NO_STREAMS, *NO_STREAMS, *NO_STREAMS),
        ),
        Sample(
            name="a monitor without an oximeter: the pulse is the cuff's",
            source=LAYOUT,
            options={"oximeter": False},
            frames=(EMPTY, EMPTY, b"X09188114139068---1004F\r", b"X09188114139068---1004F\r"),
            expect=(
                *("temperature none unavailable",) * 2,
                *("temperature 38 questionable",) * 2,
                *("systolic 188 valid", "diastolic 114 valid", "mean_pressure 139 valid", "cuff_pulse_rate 68 valid"),
            ),
        ),
        Sample(
            name="the cuff inflates, and the pressures of before stand beside it",
            source=LAYOUT,
            frames=(b"X09118076090130098370C\r", INFLATING, b"X13 78\r", b"X09118076090130098370C\r"),
            expect=(*FAST, "+cuff_inflating", *FAST),
        ),
        Sample(
            name="remote control disabled, then an unknown command, then numbers again",
            source="replies X** and X?? in the same unit",
            frames=(b"X**\r", b"X??\r", b"X09---------072097368C\r"),
            expect=(
                *("+casmed_remote_disabled", *NO_STREAMS),
                *("+casmed_unknown_command", "-casmed_remote_disabled", "-casmed_unknown_command", *STEADY),
            ),
        ),
    ),
    exempt={"bit flips": "the protocol has no checksum; two replies have to agree on a cuff reading instead"},
)
