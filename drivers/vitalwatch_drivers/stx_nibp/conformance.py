"""Frames with a known meaning, for ``vitalwatch conform stx-nibp``."""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Sample

MANUAL: Final = "Technical Description of the PAR NIBP2020 UP, as quoted by open-source readers"


def frame(text: bytes) -> bytes:
    """A whole frame around its text."""
    return b"\x02" + text + b"\x03\r"


def status(numbers: bytes, pulse: bytes = b"075", *, state: int = 1, mode: int = 0, message: bytes = b"00") -> bytes:
    """An answer with the status; ``numbers`` are systolic, diastolic and mean, three digits or dashes each."""
    body = b"S%d;A%d;C00;M%b;P%b;R%b;T    ;;" % (state, mode, message, numbers, pulse)
    return frame(body + b"%02X" % (sum(body) & 0xFF))


END: Final = frame(b"999")
NONE: Final = b"---------"

CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="the end of a measurement, and its result",
            source=f"{MANUAL}; numbers of its example",
            checksum=True,
            frames=(END, status(b"125080090")),
            expect=("systolic 125 valid", "diastolic 80 valid", "mean_pressure 90 valid", "cuff_pulse_rate 75 valid"),
        ),
        Sample(
            name="a pulse above one byte, a mean that is none",
            source=MANUAL,
            checksum=True,
            frames=(END, status(b"188114000", b"300")),
            expect=(
                *("systolic 188 valid", "diastolic 114 valid"),
                *("mean_pressure none invalid", "cuff_pulse_rate 300 valid"),
            ),
        ),
        Sample(
            name="a status that nobody waits for holds an old reading",
            source=MANUAL,
            checksum=True,
            frames=(status(b"118077090"), status(NONE, b"---", state=0, message=b"--"), status(b"118077090")),
            expect=(),
        ),
        Sample(
            name="the cuff runs, leaks, and the measurement fails",
            source=f"{MANUAL}; its example of message 07",
            frames=(
                *(frame(b"000C0S3"), frame(b"152C0S3"), END),
                *(status(NONE, b"---", state=2, message=b"07"), status(NONE, b"---")),
            ),
            expect=("+cuff_inflating", "-cuff_inflating", "+cuff_failed"),
        ),
        Sample(
            name="a cuff that does not fit, then a manometer, whose end brings no reading, in neonatal mode",
            source="CardioArtLab/NIBP-project: cuff codes and states of the SINNOR N6",
            frames=(
                *(frame(b"035C1S3"), frame(b"035C1S4"), END),
                status(b"118077090", mode=1),
            ),
            expect=(
                *("+cuff_inflating", "+stx_nibp_wrong_cuff", "+cuff_failed", "+stx_nibp_cuff_in_use"),
                *("-cuff_inflating", "-stx_nibp_cuff_in_use", "+stx_nibp_neonatal"),
            ),
        ),
    ),
)
