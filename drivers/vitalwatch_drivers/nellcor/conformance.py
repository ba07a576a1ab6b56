"""Lines with a known meaning, for ``vitalwatch conform nellcor``."""

from __future__ import annotations

from typing import Final

from vitalwatch.driver import Conformance, Sample

RECORDING: Final = "recording of an N-560, firmware 1.56.00 (demo stream of the open-source project cosmopusher)"
MANUALS: Final = 'NPB-290, NPB-295 and N-395 operator\'s manuals, appendix "Data Port Protocol"'

CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="saturation falls while the sensor moves",
            source=RECORDING,
            recorded=True,
            frames=(
                b"29-Dec-17 07:18:43    99      66      12                     \r\n",
                b"29-Dec-17 07:18:45    99      66      17    MO               \r\n",
                b"29-Dec-17 07:18:57    89*     66     201    MO SL            \r\n",
                b"29-Dec-17 07:19:07    77*     70       8       SL       AS   \r\n",
            ),
            expect=(
                *("spo2 99 valid", "pulse_rate 66 valid"),
                *("+motion", "spo2 99 questionable", "pulse_rate 66 questionable"),
                *("+monitor_alarm", "spo2 89 questionable", "pulse_rate 66 questionable"),
                *("+monitor_audio_paused", "-motion", "spo2 77 valid", "pulse_rate 70 valid"),
            ),
        ),
        Sample(
            name="sensor disconnected, then off",
            source=RECORDING,
            recorded=True,
            frames=(
                b"29-Dec-17 07:19:55   ---     ---     ---    SD          AS   \r\n",
                b"29-Dec-17 07:19:57   ---     ---     ---    SO          AS   \r\n",
            ),
            expect=(
                *("+monitor_audio_paused", "+no_sensor", "spo2 none unavailable", "pulse_rate none unavailable"),
                *("+sensor_off", "-no_sensor", "spo2 none unavailable", "pulse_rate none unavailable"),
            ),
        ),
        Sample(
            name="page header",
            source=RECORDING,
            recorded=True,
            frames=(
                b"N-560    VERSION 1.56.00    CRC:XXXX  SpO2 Limit: 90-100%    PR Limit: 60-170BPM\r\n",
                b"                             ADULT            0SAT-S \r\n",
                b"TIME                 %SpO2   BPM     PA     Status\r\n",
            ),
            expect=(),
        ),
        Sample(
            name="zeros, then last values, while the monitor searches",
            source="README, Vitals: seen on an N-560",
            frames=(
                b"24-MAR-25 09:14:12     0       0     ---    PS               \r\n",
                b"24-MAR-25 09:14:16    97      95     ---    PS               \r\n",
            ),
            expect=(
                *("+searching", "spo2 none unavailable", "pulse_rate none unavailable"),
                *("spo2 none unavailable", "pulse_rate none unavailable"),
            ),
        ),
        Sample(
            name="pulse lost beside an old number, then a fast pulse",
            source=MANUALS,
            frames=(
                b"24-MAR-25 09:14:18    97      95      24    LP               \r\n",
                b"24-MAR-25 09:14:20    97     200*     24       PH       AO LB\r\n",
            ),
            expect=(
                *("+pulse_lost", "spo2 none unavailable", "pulse_rate none unavailable"),
                *("+battery_low", "+monitor_alarm", "+monitor_audio_paused", "-pulse_lost"),
                *("spo2 97 valid", "pulse_rate 200 valid"),
            ),
        ),
    ),
    exempt={"bit flips": "the table has no checksum; every part of a line must have its exact form instead"},
)
