"""The recommended JSON payload, written from its description in README.md. Pure: values in, bytes out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class CuffReading(msgspec.Struct, frozen=True):
    """One finished cuff measurement as a monitor shows it: whole mmHg, whole bpm, and when it was taken."""

    systolic: int
    diastolic: int
    mean: int
    pulse: int
    time: datetime


def encode_oximeter(
    device: str,
    sequence: int,
    time: datetime,
    statuses: tuple[str, ...],
    *,
    spo2: int | None,
    pulse_rate: int | None,
    perfusion_index: float | None,
) -> bytes:
    """Write one second of an oximeter.

    Args:
        device: the sender's name for itself.
        sequence: grows by one a message; a copy delivered twice carries the same number.
        time: the sender's clock, with its offset.
        statuses: names of what is the matter; empty when all is well.
        spo2: %, or none while the oximeter shows dashes.
        pulse_rate: bpm, or none.
        perfusion_index: %, or none.
    """
    return _encode(
        device,
        sequence,
        time,
        statuses,
        {"spo2": spo2, "pulse_rate": pulse_rate, "perfusion_index": perfusion_index},
    )


def encode_cuff(
    device: str, sequence: int, time: datetime, statuses: tuple[str, ...], reading: CuffReading | None
) -> bytes:
    """Write what a cuff monitor shows: its last finished reading, again in each message, or none yet.

    Args:
        device: the sender's name for itself.
        sequence: grows by one a message.
        time: the sender's clock, with its offset.
        statuses: ``cuff_inflating`` during a measurement, ``cuff_failed`` after one without a result.
        reading: the last finished reading.
    """
    return _encode(device, sequence, time, statuses, {"nibp": reading})


def encode_offline(device: str) -> bytes:
    """Write the last will: what the broker says in the device's name when its connection breaks."""
    return msgspec.json.encode({"device": device, "status": ["offline"]})


def _encode(device: str, sequence: int, time: datetime, statuses: tuple[str, ...], vitals: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"device": device, "seq": sequence, "time": time, "status": statuses, **vitals})
