"""Frames with a known meaning, for ``vitalwatch conform intellivue``.

No recording of an IntelliVue monitor with values is public: all frames are made from the protocol notes.
"""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Sample
from vitalwatch_drivers.intellivue.decoder import framed

GUIDE: Final = "Philips Data Export guide 4535 642 59271, by the protocol notes on monitors, section 1"
READERS: Final = "alert lists as the public readers LNhealth, VSCaptureMP and mdpnp take them"

CLOCK: Final = "2026030212003900"
EARLIER: Final = "2026030211580000"


def u16(*numbers: int) -> bytes:
    """Numbers of two bytes."""
    return b"".join(number.to_bytes(2, "big") for number in numbers)


def counted(*entries: bytes) -> bytes:
    """A list: count, length, entries."""
    data = b"".join(entries)
    return u16(len(entries), len(data)) + data


def attribute(name: int, value: bytes) -> bytes:
    """Id, length, value."""
    return u16(name, len(value)) + value


def observed(source: int, unit: int, number: str, state: int = 0) -> bytes:
    """An observed value; the number as the eight hexadecimal digits of its FLOAT-Type."""
    return u16(source, state, unit) + bytes.fromhex(number)


def numeric(source: int, unit: int, number: str, state: int = 0) -> bytes:
    """An object with one number."""
    return u16(source) + counted(attribute(0x0950, observed(source, unit, number, state)))


def cuff(*pressures: str, state: int = 0, time: str = EARLIER, unit: int = 0x0F20) -> bytes:
    """An object with the pressures of a cuff, and when they were measured."""
    numbers = [observed(0x4A05 + n, unit, number, state) for n, number in enumerate(pressures)]
    stamp = [attribute(0x0990, bytes.fromhex(time))] if time else []
    return u16(0x4A04) + counted(attribute(0x094B, counted(*numbers)), *stamp)


def alert(source: int, event: int, kind: int, text: str) -> bytes:
    """One entry of a list of alarms."""
    raw = text.encode("utf-16-be")
    information = bytes(10) + u16(len(raw)) + raw
    return u16(source, event, kind, 8, 0x36, 0, 0, 516, len(information)) + information


def alerts(person: bytes = b"", technical: bytes = b"") -> bytes:
    """The alert object with at most one alarm in each list."""
    lists = [attribute(name, counted(*[one] if one else [])) for name, one in ((0x0902, person), (0x0904, technical))]
    return u16(1) + counted(*lists)


def message(*objects: bytes, kind: int = 6, link: str = "", invoke: int = 1, action: int = 0x0C16) -> bytes:
    """A poll result, or a part of one; ``link`` is its state and number in hexadecimal digits."""
    polled = counted(*[u16(0) + counted(*objects)] if objects else [])
    number = u16(1) if action == 0x0C16 else u16(1, 1)
    body = number + bytes.fromhex("09457f00" + CLOCK) + u16(1, kind, 0) + polled
    inner = u16(0x21, 0, 0, action, len(body)) + body
    operation = bytes.fromhex(link) + u16(invoke, 7, len(inner)) + inner
    return u16(0xE100, 2, 5 if link else 2, len(operation)) + operation


def created(mode: int) -> bytes:
    """An MDS create event with a mode."""
    body = u16(0x21, 0, 0) + counted(attribute(0x0946, u16(mode)))
    inner = u16(0x21, 0, 0) + bytes.fromhex("09457f00") + u16(0x0D06, len(body)) + body
    operation = u16(1, 1, len(inner)) + inner
    return u16(0xE100, 2, 1, len(operation)) + operation


def poll(*objects: bytes, kind: int = 6, link: str = "", action: int = 0x0C16) -> bytes:
    """The same as a frame of the serial line."""
    return framed(message(*objects, kind=kind, link=link, action=action))


SPO2: Final = numeric(0x4BB8, 0x0220, "00000061")
SPO2_SAID: Final = "spo2 97 valid"
CUFF_SAID: Final = ("systolic 120 valid 159 s old", "diastolic 80 valid 159 s old", "mean_pressure 93 valid 159 s old")
NAN: Final = "007fffff"
STREAMED: Final = ("heart_rate", "pulse_rate", "spo2", "perfusion_index", "respiration_rate", "etco2", "temperature")
SOURCES: Final = (
    *((0x4182, 0x0AA0), (0x4822, 0x0AA0), (0x4BB8, 0x0220), (0x4BB0, 0x0200)),
    *((0x500A, 0x0AE0), (0x50B0, 0x0F20), (0x4B48, 0x17A0)),
)


def none(validity: str) -> tuple[str, ...]:
    """Every streamed vital without a value."""
    return tuple(f"{vital} none {validity}" for vital in STREAMED)


CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="every streamed vital, and one that is not ours",
            source=GUIDE,
            checksum=True,
            frames=(
                poll(
                    *(numeric(0x4182, 0x0AA0, "00000100"), numeric(0x4822, 0x0AA0, "0000012c"), SPO2),
                    *(numeric(0x4BB0, 0x0200, "fe00007b"), numeric(0x500A, 0x0AE0, "00000010")),
                    *(numeric(0x50B0, 0x0F03, "ff000032"), numeric(0x4B48, 0x1140, "ff0003da")),
                    numeric(0x4A11, 0x0F20, "00000078"),
                ),
            ),
            expect=(
                *("heart_rate 256 valid", "pulse_rate 300 valid", SPO2_SAID, "perfusion_index 1.23 valid"),
                *("respiration_rate 16 valid", "etco2 37.5 valid", "temperature 37 valid"),
            ),
        ),
        Sample(
            name="the heart stands still",
            source=GUIDE,
            checksum=True,
            frames=(poll(numeric(0x4182, 0x0AA0, "00000000"), numeric(0x4BB8, 0x0220, "00000000")),),
            expect=("heart_rate 0 valid", "spo2 none invalid"),
        ),
        Sample(
            name="numbers that are none: not a number, then good numbers beside invalid, then unavailable",
            source=GUIDE,
            checksum=True,
            frames=(
                poll(*(numeric(source, unit, NAN) for source, unit in SOURCES)),
                poll(*(numeric(source, unit, "00000028", 0x8000) for source, unit in SOURCES)),
                poll(*(numeric(source, unit, "00000028", 0x2000) for source, unit in SOURCES)),
            ),
            expect=(*none("unavailable"), *none("invalid"), *none("unavailable")),
        ),
        Sample(
            name="a long answer in linked parts",
            source=f"{GUIDE}; the last part is followed by one plain result",
            checksum=True,
            frames=(
                poll(SPO2, link="0101"),
                poll(numeric(0x4182, 0x0AA0, "00000048"), link="0202"),
                poll(numeric(0x4822, 0x0AA0, "00000047"), link="0303"),
                poll(),
            ),
            expect=("heart_rate 72 valid", "pulse_rate 71 valid", SPO2_SAID),
        ),
        Sample(
            name="the cuff runs, has a reading, and shows it again",
            source=GUIDE,
            checksum=True,
            frames=(
                poll(cuff(NAN, NAN, NAN, state=0x0020)),
                *[poll(cuff("00000078", "00000050", "0000005d"), numeric(0xF0E5, 0x0AA0, "00000042"))] * 2,
            ),
            expect=("+cuff_inflating", "-cuff_inflating", *CUFF_SAID, "cuff_pulse_rate 66 valid 159 s old"),
        ),
        Sample(
            name="alarms: about the person, then an oximeter without a sensor beside its old number, then none",
            source=READERS,
            checksum=True,
            frames=(
                poll(SPO2),
                poll(alerts(alert(0x4BB8, 62, 512, "** SpO2 LOW")), kind=0x36),
                poll(alerts(b"", alert(0x4BB8, 308, 1, "SpO2 NO SENSOR")), kind=0x36),
                poll(SPO2),
                poll(alerts(), kind=0x36),
            ),
            expect=(SPO2_SAID, "+monitor_alarm", "+no_sensor", "-monitor_alarm", "spo2 none unavailable", "-no_sensor"),
        ),
        Sample(
            name="accepted, then demo mode, then standby",
            source=GUIDE,
            checksum=True,
            frames=(
                framed(bytes.fromhex("0e0413010016")),
                framed(created(0x2000)),
                poll(numeric(0x4BB8, 0x0220, "00000061", 0x0400)),
                poll(u16(1) + counted(attribute(0x0946, u16(0x0002))), kind=0x21),
            ),
            expect=("+demo", "spo2 97 valid demo", "+standby"),
        ),
        Sample(
            name="extended poll and the pleth: shape, samples, then samples that mean nothing",
            source=f"{GUIDE}; the layout within the array attribute from memory",
            checksum=True,
            options={"poll": "extended", "pleth": True},
            frames=(
                poll(SPO2, action=0xF13B),
                poll(
                    u16(30)
                    + counted(
                        attribute(0x096E, u16(0x4BB4, 0, 4, 0x0400, 0xF401)),
                        attribute(0x096D, bytes.fromhex("0002 10 0c 0000")),
                        attribute(0x098D, u16(0, 64)),
                    ),
                    kind=9,
                    action=0xF13B,
                ),
                poll(u16(30) + counted(attribute(0x096E, u16(0x4BB4, 0x8000, 2, 7))), kind=9, action=0xF13B),
            ),
            expect=(SPO2_SAID, "pleth 125 Hz 1024 1025 none"),
        ),
    ),
)
