"""The payload on the wire, to the byte; the driver's README shows the same form."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from vitalwatch_simulators.mqtt_json.encoder import CuffReading, encode_cuff, encode_offline, encode_oximeter

NOON = datetime(2026, 3, 2, 12, 0, 0, 250000, timezone(timedelta(hours=1)))


def test_an_oximeter_with_values() -> None:
    payload = encode_oximeter("ox-17", 4711, NOON, (), spo2=97, pulse_rate=71, perfusion_index=2.4)
    assert payload == (
        b'{"device":"ox-17","seq":4711,"time":"2026-03-02T12:00:00.250000+01:00","status":[],'
        b'"spo2":97,"pulse_rate":71,"perfusion_index":2.4}'
    )


def test_an_oximeter_without_values_sends_null() -> None:
    payload = encode_oximeter("ox-17", 0, NOON, ("sensor_off",), spo2=None, pulse_rate=None, perfusion_index=None)
    assert payload.endswith(b'"status":["sensor_off"],"spo2":null,"pulse_rate":null,"perfusion_index":null}')


def test_a_cuff_before_and_after_its_first_reading() -> None:
    assert encode_cuff("cuff-3", 1, NOON, ("cuff_inflating",), None).endswith(
        b'"status":["cuff_inflating"],"nibp":null}'
    )
    assert encode_cuff("cuff-3", 2, NOON, (), CuffReading(124, 78, 93, 70, NOON)).endswith(
        b'"nibp":{"systolic":124,"diastolic":78,"mean":93,"pulse":70,"time":"2026-03-02T12:00:00.250000+01:00"}}'
    )


def test_the_last_will() -> None:
    assert encode_offline("ox-17") == b'{"device":"ox-17","status":["offline"]}'
