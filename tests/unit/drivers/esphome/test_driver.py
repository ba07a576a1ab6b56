"""The meaning of states: fresh, of unknown age, none; statuses; cuff readings out of several messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Counts, Message, NoOptions
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Mode, Observation, Report, Validity, Vital
from vitalwatch_drivers.esphome import EsphomeDriver
from vitalwatch_drivers.esphome.driver import BLIND, DOUBTFUL, RESENT_S
from vitalwatch_drivers.esphome.options import PLACEHOLDERS, EsphomeOptions

NONE = (None, Validity.UNAVAILABLE)
INVALID = (None, Validity.INVALID)
CUFF = {Vital.SYSTOLIC: "sys", Vital.DIASTOLIC: "dia", Vital.MEAN_PRESSURE: "map"}


class Bench:
    """A driver, fed one message a second of host time."""

    def __init__(self, **options: Any) -> None:
        self.driver = EsphomeDriver("node-1", EsphomeOptions(**options))
        self.now = 100.0

    def message(self, topic: str, text: str | bytes, *, retained: bool = False, after_s: float = 1.0) -> list[Report]:
        self.now += after_s
        payload = text if isinstance(text, bytes) else text.encode()
        return self.driver.receive(Message(payload, f"ox-1/{topic}", retained), self.now)

    def sensor(self, entity: str, text: str | bytes, **how: Any) -> list[tuple[float | None, Validity]]:
        return [(o.value, o.validity) for o in observations(self.message(f"sensor/{entity}/state", text, **how))]

    def switch(self, entity: str, text: str, **how: Any) -> list[str]:
        return told(self.message(f"binary_sensor/{entity}/state", text, **how))

    def readings(self, systolic: str, diastolic: str, **how: Any) -> list[Observation]:
        reports = self.message("sensor/sys/state", systolic, **how)
        reports += self.message("sensor/dia/state", diastolic, **(how | {"after_s": 0.1}))
        return observations(reports)


def observations(reports: list[Report]) -> list[Observation]:
    return [report for report in reports if isinstance(report, Observation)]


def told(reports: list[Report]) -> list[str]:
    return [f"{'+' if r.active else '-'}{r.status}" for r in reports if isinstance(r, DeviceStatus)]


def test_each_message_of_the_data_gives_what_is_written_beside_it(project: Path) -> None:
    messages = json.loads((project / "tests/data/esphome/oximeter-node.json").read_text("utf-8"))
    assert len(messages) == 12
    driver = EsphomeDriver("node-1", EsphomeOptions(statuses={"sensor_off": "finger_out"}))
    for message in messages:
        reports = driver.receive(
            Message(message["payload"].encode(), message["topic"], message["retain"]), message["at"]
        )
        words = [*told(reports), *(f"{o.vital} {o.value} {o.validity}" for o in observations(reports))]
        assert words == message["gives"], message


def test_a_state_to_the_last_field() -> None:
    driver = EsphomeDriver("ox-1", EsphomeOptions())
    assert driver.receive(Message(b"97.0", "ox-1/sensor/spo2/state"), 5.0) == [
        Observation("ox-1", Vital.SPO2, 97.0, Validity.VALID, 5.0)
    ]
    assert driver.counts == Counts(frames=1)


@pytest.mark.parametrize("pulse", [127, 128, 129, 200, 255, 256, 300])
def test_a_pulse_across_the_byte_boundaries(pulse: int) -> None:
    assert Bench().sensor("pulse_rate", str(pulse)) == [(pulse, Validity.VALID)]


@pytest.mark.parametrize("text", [*PLACEHOLDERS, "NaN", "Unknown", "-1", "-1.0", "0", "0.0", "0.00"])
def test_a_state_that_means_none_is_unavailable(text: str) -> None:
    assert Bench().sensor("spo2", text) == [NONE]


@pytest.mark.parametrize("text", ["inf", "97,5", "1_0", "٩٧", "ninety", "97 %", b"\xff", "9" * 65])
def test_what_is_no_number_is_invalid_and_counted(text: str | bytes) -> None:
    bench = Bench()
    bench.sensor("spo2", "97")
    assert bench.sensor("spo2", text) == [INVALID]  # the number before it does not stand
    size = len(text if isinstance(text, bytes) else text.encode())
    assert bench.driver.counts == Counts(frames=1, bad_frames=1, dropped_bytes=size)


@pytest.mark.parametrize("text", ["101", "-5", "1e9"])
def test_an_implausible_number_is_invalid(text: str) -> None:
    assert Bench().sensor("spo2", text) == [INVALID]


def test_a_real_zero_and_an_everyday_zero_are_values() -> None:
    bench = Bench(vitals={Vital.HEART_RATE: "hr", Vital.ETCO2: "co2"}, real_zero=["heart_rate"])
    assert bench.sensor("hr", "0") == [(0.0, Validity.VALID)]
    assert bench.sensor("co2", "0.0") == [(0.0, Validity.VALID)]


@pytest.mark.parametrize(("text", "celsius"), [("98.6", 37.0), ("101.3", 38.5), ("86", 30.0)])
def test_a_temperature_in_fahrenheit(text: str, celsius: float) -> None:
    bench = Bench(vitals={Vital.TEMPERATURE: "skin"}, temperature_unit="°F")
    assert bench.sensor("skin", text) == [(celsius, Validity.VALID)]


def test_a_temperature_in_celsius_stays_and_one_in_fahrenheit_is_not_taken_for_it() -> None:
    bench = Bench(vitals={Vital.TEMPERATURE: "skin"})
    assert bench.sensor("skin", "36.6") == [(36.6, Validity.VALID)]
    assert bench.sensor("skin", "98.6") == [INVALID]


def test_kilopascal_holds_for_the_cuff_and_etco2_only() -> None:
    bench = Bench(vitals={**CUFF, Vital.ETCO2: "co2", Vital.SPO2: "spo2"}, pressure_unit="kPa")
    bench.message("sensor/map/state", "12.3", after_s=0.1)
    assert [o.value for o in bench.readings("16.0", "10.4", after_s=0.1)] == [120.0, 78.0, 92.3]
    assert bench.sensor("co2", "5.0") == [(37.5, Validity.VALID)]
    assert bench.sensor("spo2", "97") == [(97.0, Validity.VALID)]


def test_a_retained_state_is_nothing_but_counted() -> None:
    bench = Bench(vitals={**CUFF, Vital.SPO2: "spo2"})
    assert bench.sensor("spo2", "97", retained=True) == []
    assert bench.readings("124", "78", retained=True) == []
    assert bench.driver.counts == Counts(retained=3)


def test_what_a_node_sends_again_after_it_has_connected_is_of_unknown_age() -> None:
    bench = Bench(vitals={**CUFF, Vital.SPO2: "spo2"})
    assert bench.message("status", "online") == []
    assert bench.sensor("spo2", "84") == []
    assert bench.readings("205", "130", after_s=0.1) == []
    assert bench.driver.counts == Counts(frames=1, retained=3)
    assert bench.sensor("spo2", "97", after_s=RESENT_S) == [(97.0, Validity.VALID)]


def test_a_kept_birth_message_proves_nothing_and_opens_no_window() -> None:
    bench = Bench()
    assert bench.message("status", "online", retained=True) == []
    assert bench.sensor("spo2", "97") == [(97.0, Validity.VALID)]
    assert bench.driver.counts == Counts(frames=1, retained=1)


def test_a_node_that_is_off_leaves_no_values_until_it_speaks() -> None:
    bench = Bench()
    bench.sensor("spo2", "97")
    reports = bench.message("status", "offline")
    assert told(reports) == ["+offline"]
    assert [(o.vital, o.value) for o in observations(reports)] == [(Vital.SPO2, None), (Vital.PULSE_RATE, None)]
    assert told(bench.message("status", "online")) == ["-offline"]
    bench.message("status", "offline", after_s=RESENT_S)
    assert told(bench.message("sensor/spo2/state", "97", after_s=RESENT_S)) == ["-offline"]


def test_a_kept_last_will_says_that_the_node_is_off_and_a_kept_state_does_not_end_it() -> None:
    bench = Bench(statuses={"motion": "moving"})
    assert told(bench.message("status", "offline", retained=True)) == ["+offline"]
    assert bench.message("sensor/spo2/state", "97", retained=True) == []
    assert bench.switch("moving", "OFF", retained=True) == []
    assert bench.switch("moving", "OFF") == ["-offline"]


@pytest.mark.parametrize("status", sorted(BLIND))
def test_a_blind_sensor_ends_its_numbers_at_once_and_later_ones_are_none(status: str) -> None:
    bench = Bench(statuses={status: "finger"}, vitals={Vital.SPO2: "spo2", Vital.HEART_RATE: "hr"})
    bench.sensor("spo2", "97")
    reports = bench.message("binary_sensor/finger/state", "ON")
    assert [type(report) for report in reports] == [DeviceStatus, Observation]
    assert observations(reports)[0].vital is Vital.SPO2
    assert observations(reports)[0].validity is Validity.UNAVAILABLE
    assert bench.sensor("spo2", "97") == [NONE]
    assert bench.sensor("hr", "75") == [(75.0, Validity.VALID)]  # the finger says nothing about the ECG
    assert bench.message("binary_sensor/finger/state", "ON") == []
    assert bench.switch("finger", "OFF") == [f"-{status}"]
    assert bench.sensor("spo2", "97") == [(97.0, Validity.VALID)]


@pytest.mark.parametrize("status", sorted(DOUBTFUL))
def test_a_poor_signal_makes_numbers_questionable(status: str) -> None:
    bench = Bench(statuses={status: "poor"})
    assert bench.switch("poor", "ON") == [f"+{status}"]
    assert bench.sensor("spo2", "97") == [(97.0, Validity.QUESTIONABLE)]


def test_statuses_add_up_and_blind_wins() -> None:
    bench = Bench(statuses={"motion": "m", "sensor_off": "f", "chair_empty": "f"})
    bench.switch("m", "ON")
    assert bench.switch("f", "ON") == ["+sensor_off", "+chair_empty"]
    assert bench.sensor("spo2", "97") == [NONE]
    assert bench.switch("f", "OFF") == ["-sensor_off", "-chair_empty"]
    assert bench.sensor("spo2", "97") == [(97.0, Validity.QUESTIONABLE)]


def test_a_binary_sensor_whose_off_means_trouble() -> None:
    bench = Bench(statuses_off={"sensor_off": "finger_present"})
    assert bench.switch("finger_present", "OFF") == ["+sensor_off"]
    assert bench.switch("finger_present", "ON") == ["-sensor_off"]


def test_a_binary_sensor_that_does_not_know_changes_nothing() -> None:
    bench = Bench(statuses={"sensor_off": "finger"})
    bench.switch("finger", "ON")
    assert bench.switch("finger", "unknown") == []
    assert bench.sensor("spo2", "97") == [NONE]


def test_demo_marks_every_value() -> None:
    bench = Bench(vitals={**CUFF, Vital.SPO2: "spo2"}, statuses={"demo": "demo"})
    assert bench.switch("demo", "ON", retained=True) == ["+demo"]  # also when nobody knows since when
    assert {o.mode for o in observations(bench.message("sensor/spo2/state", "97"))} == {Mode.DEMO}
    bench.message("sensor/map/state", "93", after_s=0.1)
    assert {o.mode for o in bench.readings("124", "78", after_s=0.1)} == {Mode.DEMO}


@pytest.mark.parametrize(
    ("status", "taken"),
    [
        ("sensor_off", True),
        ("motion", True),
        ("demo", True),
        ("cuff_inflating", False),
        ("monitor_audio_paused", False),
    ],
)
def test_a_kept_status_is_taken_only_if_it_takes_trust_away(status: str, taken: bool) -> None:
    bench = Bench(statuses={status: "s"})
    assert bench.switch("s", "ON", retained=True) == ([f"+{status}"] if taken else [])
    assert bench.switch("s", "OFF", retained=True) == []  # never given back by a kept one
    assert bench.switch("s", "OFF") == ([f"-{status}"] if taken else [])


def test_a_status_that_a_node_sends_again_after_it_has_connected_holds() -> None:
    bench = Bench(statuses={"sensor_off": "finger"})
    bench.switch("finger", "ON")
    bench.message("status", "online")
    assert bench.switch("finger", "OFF") == ["-sensor_off"]


def test_a_cuff_reading_comes_in_pieces_and_is_told_once() -> None:
    bench = Bench(vitals={Vital.SYSTOLIC: "sys", Vital.DIASTOLIC: "dia", Vital.CUFF_PULSE_RATE: "pr"})
    bench.message("sensor/pr/state", "70", after_s=0.1)
    reading = bench.readings("124", "78", after_s=0.1)
    assert [(o.vital, o.value, o.reading_age_s) for o in reading] == [
        (Vital.SYSTOLIC, 124.0, 0.0),
        (Vital.DIASTOLIC, 78.0, 0.0),
        (Vital.CUFF_PULSE_RATE, 70.0, 0.0),
    ]
    bench.message("sensor/pr/state", "70", after_s=60.0)
    assert bench.readings("124", "78", after_s=0.1) == []


def test_a_reading_without_its_mean_is_told_with_the_next_message_and_after_its_statuses() -> None:
    bench = Bench(vitals={**CUFF, Vital.SPO2: "spo2"}, statuses={"motion": "moving"})
    assert bench.readings("124", "78") == []
    reports = bench.message("binary_sensor/moving/state", "ON", after_s=10.0)
    assert [type(report) for report in reports] == [DeviceStatus, Observation, Observation]
    assert [(o.value, round(o.reading_age_s, 1)) for o in observations(reports)] == [(124.0, 10.1), (78.0, 10.1)]


def test_half_a_reading_is_counted_and_never_joined_with_the_next() -> None:
    bench = Bench(vitals={Vital.SYSTOLIC: "sys", Vital.DIASTOLIC: "dia"})
    bench.message("sensor/dia/state", "78")
    assert [o.value for o in bench.readings("205", "130", after_s=300.0)] == [205.0, 130.0]
    assert bench.driver.counts == Counts(frames=3, bad_frames=1)


def test_crossed_pressures_and_no_numbers_are_invalid() -> None:
    bench = Bench(vitals={Vital.SYSTOLIC: "sys", Vital.DIASTOLIC: "dia"})
    assert {o.validity for o in bench.readings("78", "124")} == {Validity.INVALID}
    assert {o.validity for o in bench.readings("high", "78")} == {Validity.INVALID}
    assert bench.readings("nan", "nan") == []


def test_the_cuff_that_ran_makes_the_same_reading_a_new_one_unless_it_failed() -> None:
    bench = Bench(
        vitals={Vital.SYSTOLIC: "sys", Vital.DIASTOLIC: "dia"},
        statuses={"cuff_inflating": "running", "cuff_failed": "failed"},
    )
    assert len(bench.readings("124", "78")) == 2
    assert bench.switch("running", "ON") == ["+cuff_inflating"]
    assert bench.readings("124", "78") == []
    bench.switch("running", "OFF")
    assert len(bench.readings("124", "78")) == 2
    bench.switch("running", "ON")
    bench.switch("running", "OFF")
    assert bench.switch("failed", "ON") == ["+cuff_failed"]
    assert bench.readings("124", "78") == []


def test_a_node_that_connects_again_or_goes_leaves_no_half_of_a_reading() -> None:
    for word in ("online", "offline"):
        bench = Bench(vitals={Vital.SYSTOLIC: "sys", Vital.DIASTOLIC: "dia"})
        bench.message("sensor/sys/state", "124")
        bench.message("status", word, after_s=0.1)
        assert observations(bench.message("sensor/dia/state", "78", after_s=RESENT_S)) == []


def test_a_cut_link_forgets_statuses_and_halves_and_keeps_the_last_reading() -> None:
    bench = Bench(vitals={**CUFF, Vital.SPO2: "spo2"}, statuses={"sensor_off": "finger"})
    bench.message("sensor/map/state", "93", after_s=0.1)
    assert bench.readings("124", "78", after_s=0.1)
    bench.switch("finger", "ON")
    bench.message("sensor/sys/state", "150")
    bench.driver.reset()
    assert bench.sensor("spo2", "97") == [(97.0, Validity.VALID)]
    assert bench.switch("finger", "ON", retained=True) == ["+sensor_off"]
    bench.message("sensor/map/state", "93", after_s=0.1)
    assert bench.readings("124", "78", after_s=0.1) == []


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("sensor/wifi_signal/state", "-61"),
        ("sensor/uptime/state", "12345"),
        ("binary_sensor/door/state", "ON"),
        ("text_sensor/version/state", "2026.1"),
        ("light/lamp/state", '{"state":"ON"}'),
        ("debug", "[D][sensor:094] sending state"),
    ],
)
def test_what_is_not_mapped_is_passed_over_and_does_not_count_as_heard(topic: str, text: str) -> None:
    bench = Bench()
    assert bench.message(topic, text) == []
    assert bench.driver.counts == Counts()


def test_a_message_of_no_node_is_counted() -> None:
    driver = EsphomeDriver("node-1", EsphomeOptions())
    assert driver.receive(Message(b"97", "ward/spo2"), 1.0) == []
    assert driver.receive(b"97", 1.0) == []
    assert driver.counts == Counts(bad_frames=2, dropped_bytes=4)


@pytest.mark.parametrize("data", [b"97", b"97.0", b"nan", b"ON", b"off", b"online", b"offline", b"unknown", b""])
def test_a_state_may_be_recorded_as_it_is(data: bytes) -> None:
    assert Bench().driver.redact(data) == data


@pytest.mark.parametrize("data", [b"Nobody Real", b'{"name":"x"}', b"\xff\xfe"])
def test_of_anything_else_only_the_length_is_recorded(data: bytes) -> None:
    assert Bench().driver.redact(data) == b"." * len(data)


def test_the_period_follows_the_options_and_nothing_is_ever_sent() -> None:
    driver = EsphomeDriver("node-1", EsphomeOptions(period_s=5.0))
    assert driver.period_s == 5.0
    assert (driver.due(0.0).send, driver.due(0.0).next_at) == ((), None)


def test_other_options_are_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        EsphomeDriver("node-1", NoOptions())


TOPICS = [
    *(f"ox-1/sensor/{entity}/state" for entity in ("spo2", "sys", "dia", "map", "other")),
    *("ox-1/binary_sensor/finger/state", "ox-1/binary_sensor/cuff/state", "ox-1/status", "ox-1/debug", "x", ""),
]
WORDS = st.sampled_from([b"97", b"nan", b"ON", b"OFF", b"online", b"offline", b"1e400", b""]) | st.binary(max_size=8)


@given(st.lists(st.tuples(st.sampled_from(TOPICS), WORDS, st.booleans()), max_size=12))
def test_any_messages_give_reports_that_can_be_sent_on(messages: list[tuple[str, bytes, bool]]) -> None:
    driver = EsphomeDriver(
        "node-1",
        EsphomeOptions(
            vitals={**CUFF, Vital.SPO2: "spo2"}, statuses={"sensor_off": "finger", "cuff_inflating": "cuff"}
        ),
    )
    for at, (topic, payload, retained) in enumerate(messages):
        reports = driver.receive(Message(payload, topic, retained), float(at))
        for report in reports:
            assert isinstance(report, Observation | DeviceStatus)
            assert msgspec.json.encode(report)
            assert not (
                retained and isinstance(report, Observation) and report.value is not None and not report.episodic
            )
