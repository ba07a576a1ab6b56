"""Notifications with a known meaning, for ``vitalwatch conform bluetooth``. Built from the specifications by hand."""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Message, Sample

PLXS: Final = "Pulse Oximeter Service 1.0.1, PLX Continuous Measurement"
BLS: Final = "Blood Pressure Service 1.1, Blood Pressure Measurement"
HRS: Final = "Heart Rate Service 1.0, Heart Rate Measurement"


def _message(characteristic: str, digits: str, *, retained: bool = False) -> Message:
    return Message(bytes.fromhex(digits), f"gateway/ox-1/{characteristic}", retained)


NONE_OF_ALL: Final = ("spo2 none unavailable", "pulse_rate none unavailable", "perfusion_index none unavailable")

CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="oximeter: plain, with every field, doubtful, demo",
            source=PLXS,
            frames=(
                _message("2a5f", "00 62 00 47 00"),  # 98 %, 71 bpm
                # 97.5 %, 128 bpm, fast and slow pairs, ongoing, low perfusion, amplitude 2.4
                _message("2a5f", "1f cf f3 80 00 60 00 82 00 61 00 81 00 20 00 20 00 00 18 f0"),
                _message("2a5f", "04 62 00 47 00 00 04"),  # demo
                _message("2a5f", "00 62 00 48 00"),
            ),
            expect=(
                *("spo2 98 valid", "pulse_rate 71 valid"),
                *("+low_perfusion", "spo2 97.5 questionable", "pulse_rate 128 questionable"),
                "perfusion_index 2.4 questionable",
                *("+demo", "-low_perfusion", "spo2 98 valid demo", "pulse_rate 71 valid demo"),
                *("-demo", "spo2 98 valid", "pulse_rate 72 valid"),
            ),
        ),
        Sample(
            name="oximeter: numbers that are no measurement",
            source=PLXS,
            frames=(
                _message("2a5f", "10 ff 07 ff 07 ff 07"),  # not a number
                _message("2a5f", "10 00 00 00 00 00 00"),  # zeros
                _message("2a5f", "18 62 00 47 00 00 08 00 18 f0"),  # old numbers beside "not on the patient"
                _message("2a5f", "14 62 00 47 00 00 02 18 f0"),  # from the device's memory
            ),
            expect=(
                *NONE_OF_ALL,
                *NONE_OF_ALL,
                "+sensor_off",
                *NONE_OF_ALL,
                *("+stored_reading", "-sensor_off"),
                *NONE_OF_ALL,
            ),
        ),
        Sample(
            name="spot check, then kept by the broker",
            source="README, Vitals",
            frames=(
                _message("2a5e", "01 54 00 47 00 ea 07 03 02 0a 0f 07"),
                _message("2a5f", "00 54 00 47 00", retained=True),
            ),
            expect=("+spot_check",),
        ),
        Sample(
            name="heart rate in one byte and in two, with energy and intervals",
            source=HRS,
            frames=(_message("2a37", "16 48 00 04"), _message("2a37", "19 2c 01 64 00 cd 00 cc 00")),
            expect=("heart_rate 72 valid", "heart_rate 300 valid"),
        ),
        Sample(
            name="heart rate of nobody",
            source=HRS,
            frames=(_message("2a37", "04 48"), _message("2a37", "06 00")),
            expect=(
                "+no_skin_contact",
                "heart_rate none unavailable",
                "-no_skin_contact",
                "heart_rate none unavailable",
            ),
        ),
        Sample(
            name="cuff: running, result, the same again",
            source=BLS,
            options={"characteristics": ["2A35"]},
            frames=(
                _message("2a36", "00 5a 00 ff 07 ff 07"),
                _message("2a35", "1e 7c 00 4e 00 5d 00 ea 07 03 02 0a 0c 1f 46 00 01 00 00"),
                _message("2a35", "1e 7c 00 4e 00 5d 00 ea 07 03 02 0a 0c 1f 46 00 01 00 00"),
            ),
            expect=(
                *("+cuff_inflating", "-cuff_inflating"),
                *("systolic 124 valid", "diastolic 78 valid", "mean_pressure 93 valid", "cuff_pulse_rate 70 valid"),
            ),
        ),
        Sample(
            name="cuff: 16.0 / 10.4 / 12.3 kPa on an arm that moved",
            source=BLS,
            options={"characteristics": ["2A35"]},
            frames=(_message("2a35", "13 a0 f0 68 f0 7b f0 ea 07 03 02 0a 11 1f 01 00"),),
            expect=(
                *("+cuff_motion", "systolic 120 questionable", "diastolic 78 questionable"),
                "mean_pressure 92.3 questionable",
            ),
        ),
        Sample(
            name="cuff: no result",
            source=BLS,
            options={"characteristics": ["2A35"]},
            frames=(_message("2a35", "10 ff 07 ff 07 ff 07 02 00"),),
            expect=("+cuff_failed",),
        ),
        Sample(
            name="base64 on a topic of one's own",
            source="README, Options",
            options={"payload": "base64", "topics": {"ox/live": "2A5F"}},
            frames=(Message(b"AGIARwA=", "ward/ox/live"),),
            expect=("spo2 98 valid", "pulse_rate 71 valid"),
        ),
    ),
    exempt={"bit flips": "a notification has no checksum; the radio link and TCP, which carries MQTT, have their own"},
)
