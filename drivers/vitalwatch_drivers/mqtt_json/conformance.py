"""Messages with a known meaning, for ``vitalwatch conform mqtt-json``."""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Message, Sample

RECOMMENDED: Final = "README, Recommended payload"

EVERY_VITAL: Final = {
    "vitals": {
        "heart_rate": "HR",
        "pulse_rate": "PR",
        "spo2": "SPO2",
        "perfusion_index": "PI",
        "respiration_rate": "RESP",
        "etco2": "ETCO2",
        "temperature": "TEMP",
        "systolic": "NBP.sys",
        "diastolic": "NBP.dia",
        "mean_pressure": "NBP.mean",
        "cuff_pulse_rate": "NBP.pr",
    },
    "none": ["--", -1],
}
"""A bridge that names everything in its own way."""

NONE_OF_ALL: Final = (
    *("heart_rate none unavailable", "pulse_rate none unavailable", "spo2 none unavailable"),
    *("perfusion_index none unavailable", "respiration_rate none unavailable"),
    *("etco2 none unavailable", "temperature none unavailable"),
)

CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="oximeter, then cuff",
            source=RECOMMENDED,
            frames=(
                Message(b'{"seq":1,"time":"2026-03-02T10:15:07+01:00","status":[],"spo2":97,"pulse_rate":71}'),
                Message(
                    b'{"seq":2,"time":"2026-03-02T10:15:10+01:00","status":["motion"],"spo2":96,"pulse_rate":128,'
                    b'"perfusion_index":2.4,"nibp":{"systolic":124,"diastolic":78,"mean":93,"pulse":70,'
                    b'"time":"2026-03-02T10:12:31+01:00"}}'
                ),
            ),
            expect=(
                *("spo2 97 valid", "pulse_rate 71 valid", "perfusion_index none unavailable"),
                *("+motion", "spo2 96 questionable", "pulse_rate 128 questionable", "perfusion_index 2.4 questionable"),
                *("systolic 124 valid 159 s old", "diastolic 78 valid 159 s old"),
                *("mean_pressure 93 valid 159 s old", "cuff_pulse_rate 70 valid 159 s old"),
            ),
        ),
        Sample(
            name="old numbers beside sensor off, then demo mode",
            source=RECOMMENDED,
            frames=(
                Message(b'{"seq":3,"status":["sensor_off"],"spo2":97,"pulse_rate":71,"perfusion_index":2.4}'),
                Message(b'{"seq":4,"status":[],"mode":"demo","spo2":97,"pulse_rate":71,"perfusion_index":2.4}'),
            ),
            expect=(
                "+sensor_off",
                *("spo2 none unavailable", "pulse_rate none unavailable", "perfusion_index none unavailable"),
                *("+demo", "-sensor_off", "spo2 97 valid demo", "pulse_rate 71 valid demo"),
                "perfusion_index 2.4 valid demo",
            ),
        ),
        Sample(
            name="kept by the broker",
            source="README, Vitals",
            frames=(Message(b'{"seq":5,"status":[],"spo2":97,"pulse_rate":71}', "ward/1", retained=True),),
            expect=(),
        ),
        Sample(
            name="every vital, in a bridge's own words",
            source="README, Options",
            options=EVERY_VITAL,
            frames=(
                Message(
                    b'{"HR":"61","PR":60,"SPO2":98,"PI":3.1,"RESP":14,"ETCO2":38,"TEMP":36.6,'
                    b'"NBP":{"sys":121,"dia":79,"mean":93,"pr":62}}'
                ),
            ),
            expect=(
                *("heart_rate 61 valid", "pulse_rate 60 valid", "spo2 98 valid", "perfusion_index 3.1 valid"),
                *("respiration_rate 14 valid", "etco2 38 valid", "temperature 36.6 valid"),
                *("systolic 121 valid", "diastolic 79 valid", "mean_pressure 93 valid", "cuff_pulse_rate 62 valid"),
            ),
        ),
        Sample(
            name="null, dashes, -1 and zero are no values",
            source="README, Vitals",
            options=EVERY_VITAL,
            frames=(
                Message(b'{"HR":"--","PR":0,"SPO2":0,"PI":-1,"RESP":0,"ETCO2":null,"TEMP":"--","NBP":null}'),
                Message(b'{"HR":-1,"PR":null,"SPO2":"--","PI":0,"RESP":"--","ETCO2":-1,"TEMP":0}'),
            ),
            expect=(*NONE_OF_ALL, *NONE_OF_ALL),
        ),
    ),
    exempt={"bit flips": "JSON has no checksum; TCP, which carries MQTT, has its own"},
)
