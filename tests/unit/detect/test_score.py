"""A claim needs readings, enough understood bytes and few dropped ones; anything less is no claim."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.detection_cases import STRANGERS, heard_at
from vitalwatch.detect.listen import Listeners, find_listeners, longest_s
from vitalwatch.detect.score import Confidence, Heard, Panel, Readings, Verdict, judge
from vitalwatch.driver import Driver, Due, LineSettings, load_driver
from vitalwatch.model import DeviceStatus, Mode, Status, Vital, observe

LINE = LineSettings(9600)
LISTENERS = find_listeners()


def hear(data: bytes, *drivers: type[Driver]) -> Heard:
    """What the given drivers, or all that are installed, make of bytes."""
    panel = Panel(drivers or LISTENERS.drivers, LINE)
    panel.hear(data, 0.0)
    return panel.heard()


def verdict_on(data: bytes, *drivers: type[Driver]) -> Verdict:
    return judge([hear(data, *drivers)])


@pytest.mark.parametrize("name", ["nellcor", "masimo"])
def test_each_device_is_told_from_all_others_by_its_own_bytes(name: str, request: pytest.FixtureRequest) -> None:
    verdict = verdict_on(request.getfixturevalue(name))
    assert verdict.confidence is Confidence.SURE
    assert verdict.score is not None
    assert verdict.score.driver == name
    assert 90 <= verdict.score.values["spo2"] <= 100
    assert verdict.settings == LINE


@pytest.mark.parametrize("name", ["nellcor", "masimo"])
@pytest.mark.parametrize("cut", [1, 17, 40, 100])
def test_a_first_line_that_was_cut_by_the_opening_is_forgiven(
    name: str, cut: int, request: pytest.FixtureRequest
) -> None:
    assert verdict_on(request.getfixturevalue(name)[cut:]).confidence is Confidence.SURE


@pytest.mark.parametrize("name", ["nellcor", "masimo"])
def test_how_the_bytes_are_cut_makes_no_difference(name: str, request: pytest.FixtureRequest) -> None:
    data = request.getfixturevalue(name)
    panel = Panel(LISTENERS.drivers, LINE)
    for offset in range(len(data)):
        panel.hear(data[offset : offset + 1], 0.0)
    assert panel.heard() == hear(data)


@given(st.binary(max_size=2000))
def test_random_bytes_are_never_a_monitor(data: bytes) -> None:
    assert verdict_on(data).score is None


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=90), max_size=30))
def test_random_lines_are_never_a_monitor(lines: list[str]) -> None:
    assert verdict_on("\r\n".join(lines).encode("ascii")).score is None


@pytest.mark.parametrize("name", STRANGERS)
def test_lines_of_other_programs_are_never_a_monitor(name: str) -> None:
    assert verdict_on(STRANGERS[name]).score is None


@pytest.mark.parametrize("name", ["nellcor", "masimo"])
@pytest.mark.parametrize("baud", [1200, 2400, 4800, 19200, 38400, 57600, 115200])
def test_a_device_heard_at_a_wrong_speed_is_never_claimed(name: str, baud: int, request: pytest.FixtureRequest) -> None:
    sent = request.getfixturevalue(name)
    chunks = heard_at([(0.0, sent)], LineSettings(9600), LineSettings(baud))
    garbled = b"".join(data for _, data in chunks)
    assert garbled
    assert verdict_on(garbled).score is None


def test_silence_is_nothing() -> None:
    assert verdict_on(b"") == Verdict()
    assert judge([]) == Verdict()


def test_a_heading_without_readings_proves_nothing(nellcor: bytes) -> None:
    heading = b"".join(line for line in nellcor.splitlines(keepends=True) if b"-Mar-26" not in line)
    heard = hear(heading * 10)
    (score,) = (each for each in heard.scores if each.driver == "nellcor")
    assert score.frames >= 30
    assert score.readings == 0
    assert judge([heard]) == Verdict()


def test_dashes_from_a_monitor_without_a_patient_are_readings_too() -> None:
    lines = b"02-Mar-26 10:15:00   ---     ---     ---    SO             \r\n" * 3
    verdict = verdict_on(lines)
    assert verdict.confidence is Confidence.SURE
    assert verdict.score is not None
    assert verdict.score.values == {}
    assert verdict.score.statuses == ("sensor_off",)


def test_few_bytes_are_no_proof_though_all_are_understood(make_driver: Callable[..., type[Driver]]) -> None:
    driver = make_driver(size=5)
    frame = b"<1234"
    assert verdict_on(frame * 7, driver).confidence is Confidence.NONE
    assert verdict_on(frame * 8, driver).confidence is Confidence.LIKELY
    assert verdict_on(frame * 20, driver).confidence is Confidence.SURE


def test_a_checksum_in_every_frame_lets_each_byte_count_twice(make_driver: Callable[..., type[Driver]]) -> None:
    driver = make_driver(size=5, checksum=True)
    assert verdict_on(b"<1234" * 4, driver).confidence is Confidence.LIKELY
    assert verdict_on(b"<1234" * 10, driver).confidence is Confidence.SURE


def test_what_a_driver_drops_speaks_against_it(make_driver: Callable[..., type[Driver]]) -> None:
    driver = make_driver(size=10)
    frames = b"<123456789" * 50
    assert verdict_on(frames + b"?" * 20, driver).confidence is Confidence.SURE
    assert verdict_on(frames + b"?" * 100, driver).confidence is Confidence.LIKELY
    assert verdict_on(frames + b"?" * 300, driver).confidence is Confidence.NONE


def test_short_frames_found_in_noise_are_not_claimed(make_driver: Callable[..., type[Driver]]) -> None:
    heard = hear(random.Random(1).randbytes(5000), make_driver(size=5))
    assert heard.scores[0].readings >= 10
    assert judge([heard]) == Verdict()


def test_values_that_no_body_has_speak_against_a_driver(make_driver: Callable[..., type[Driver]]) -> None:
    assert verdict_on(b"<123456789" * 50, make_driver(value=400.0)) == Verdict()


def test_two_drivers_that_both_understand_are_no_answer_but_are_named(
    make_driver: Callable[..., type[Driver]],
) -> None:
    verdict = verdict_on(b"<123456789" * 50, make_driver("one"), make_driver("other"))
    assert verdict.score is None
    assert verdict.rivals == ("one monitors", "other monitors")


def test_a_driver_that_is_sure_wins_over_one_that_is_only_likely(make_driver: Callable[..., type[Driver]]) -> None:
    lax = make_driver("lax", size=2)
    data = (b"<123456789" * 9 + b"<<") * 5
    verdict = verdict_on(data, make_driver("right"), lax)
    assert verdict.score is not None
    assert verdict.score.driver == "right"


def test_the_setting_at_which_most_is_understood_is_the_one(make_driver: Callable[..., type[Driver]]) -> None:
    driver = make_driver()
    heard = []
    for baud, data in ((4800, b"<123456789" * 20 + b"?" * 30), (9600, b"<123456789" * 20), (19200, b"?" * 200)):
        panel = Panel([driver], LineSettings(baud))
        panel.hear(data, 0.0)
        heard.append(panel.heard())
    assert judge(heard).settings == LineSettings(9600)


def test_listening_may_stop_when_one_is_sure_and_no_other_has_a_part_in_it(
    nellcor: bytes, make_driver: Callable[..., type[Driver]]
) -> None:
    panel = Panel(LISTENERS.drivers, LINE)
    panel.hear(nellcor[:200], 0.0)
    assert not panel.settled
    panel.hear(nellcor[200:], 0.0)
    assert panel.settled

    slow = make_driver("slow", size=120)
    panel = Panel([make_driver("quick"), slow], LINE)
    panel.hear((b"<123456789" * 12), 0.0)
    assert panel.heard().scores[0].confidence is Confidence.SURE
    assert not panel.settled  # the slow one has understood everything as well, and may yet be sure


def test_a_driver_that_breaks_is_told_of_and_does_not_stop_the_others(nellcor: bytes) -> None:
    class Broken(load_driver("masimo")):  # type: ignore[misc]
        def receive(self, data: object, now: float) -> list[object]:
            raise IndexError("a bug")

    heard = hear(nellcor, Broken, load_driver("nellcor"))
    assert heard.scores[0].fault == "IndexError: a bug"
    verdict = judge([heard])
    assert verdict.score is not None
    assert verdict.score.driver == "nellcor"


def asking(driver: type[Driver], *, silent: bool = True, readings: bool = False) -> Panel:
    """A panel whose driver asks, and tells readings only if said so."""

    class Asking(driver):  # type: ignore[valid-type, misc]
        def receive(self, data: Any, now: float) -> Any:
            reports = super().receive(data, now)
            return reports if readings else []

        def due(self, now: float) -> Due:
            return Due((b"hello?",), now + 1.0)

    panel = Panel((Asking,), LINE, Asking, silent=silent)
    assert panel.due(0.0) == Due((b"hello?",), 1.0)
    return panel


@pytest.mark.parametrize(
    ("silent", "frames", "expected"),
    [
        (True, 50, Confidence.LIKELY),  # never sure: it told no reading
        (True, 4, Confidence.LIKELY),
        (True, 1, Confidence.NONE),
        (False, 50, Confidence.NONE),  # the line spoke before it was asked: these may be no answers
    ],
)
def test_good_answers_on_a_line_that_was_silent_make_a_device_without_a_reading_likely(
    make_driver: Callable[..., type[Driver]], silent: bool, frames: int, expected: Confidence
) -> None:
    panel = asking(make_driver(), silent=silent)
    assert not panel.answered
    panel.hear(b"<123456789" * frames, 0.1)
    assert panel.answered
    assert panel.heard().scores[0].readings == 0
    assert judge([panel.heard()]).confidence is expected


def test_answers_count_for_the_driver_that_asked_and_for_no_other(make_driver: Callable[..., type[Driver]]) -> None:
    class Mute(make_driver("mute")):  # type: ignore[misc]
        def receive(self, data: Any, now: float) -> Any:
            super().receive(data, now)
            return []

    class Asks(make_driver("asks", sign=b">")):  # type: ignore[misc]
        pass

    panel = Panel((Mute, Asks), LINE, Asks, silent=True)
    panel.hear(b"<123456789" * 50, 0.1)
    assert judge([panel.heard()]) == Verdict()


def test_readings_of_the_driver_that_asked_make_it_sure(make_driver: Callable[..., type[Driver]]) -> None:
    panel = asking(make_driver(), readings=True)
    panel.hear(b"<123456789" * 12, 0.1)
    assert judge([panel.heard()]).confidence is Confidence.SURE


def test_what_only_gives_back_what_was_sent_is_an_echo_and_answers_nothing(
    make_driver: Callable[..., type[Driver]],
) -> None:
    driver = make_driver(size=6, sign=b"hello?")
    panel = asking(driver)
    for _ in range(20):
        panel.hear(b"hello?", 0.1)
        panel.due(0.2)
    assert panel.heard().scores[0].frames == 20
    assert panel.heard().echo
    assert judge([panel.heard()]) == Verdict()


def test_a_panel_that_only_listens_has_nothing_to_send(make_driver: Callable[..., type[Driver]]) -> None:
    class Asking(make_driver()):  # type: ignore[misc]
        def due(self, now: float) -> Due:
            raise AssertionError("never asked")

    assert Panel((Asking,), LINE).due(0.0) == Due()


def test_a_driver_that_breaks_when_it_is_to_ask_is_told_of_and_sends_no_more(
    make_driver: Callable[..., type[Driver]],
) -> None:
    class Broken(make_driver()):  # type: ignore[misc]
        def due(self, now: float) -> Due:
            raise IndexError("a bug")

    panel = Panel((Broken,), LINE, Broken)
    assert panel.due(0.0) == panel.due(1.0) == Due()
    assert panel.heard().scores[0].fault == "IndexError: a bug"
    assert Listeners((Broken,)).turns == ((Broken, LINE),)


def test_only_drivers_with_something_to_ask_get_turns_and_each_ones_best_setting_comes_first() -> None:
    turns = LISTENERS.turns
    names = {driver.info.name for driver, _ in turns}
    assert {"intellivue", "contec", "ge-dri", "dinamap", "suntech", "stx-nibp"} <= names
    assert not {"nellcor", "masimo", "nonin", "viatom"} & names
    places = [driver.info.settings.index(settings) for driver, settings in turns]
    assert places == sorted(places)
    assert len(set(turns)) == sum(len(d.info.settings) for d in LISTENERS.drivers if d.info.name in names)


def test_how_long_it_takes_at_most_is_known_before() -> None:
    only_listening = 5.0 * len(LISTENERS.settings)
    assert longest_s(LISTENERS, 5.0, probe=False) == only_listening
    turns = [max(5.0, 5 * driver.info.period_s) for driver, _ in LISTENERS.turns]
    assert longest_s(LISTENERS, 5.0, probe=True) == only_listening + sum(turns)


def test_the_preview_is_the_beginning_of_what_was_heard() -> None:
    panel = Panel(LISTENERS.drivers, LINE)
    for byte in range(100):
        panel.hear(bytes([byte]), 0.0)
    assert panel.heard().preview == bytes(range(32))
    assert panel.heard().count == 100


def test_one_value_that_is_not_a_patients_marks_them_all() -> None:
    readings = Readings()
    readings.take([observe("x", Vital.SPO2, 97, 0.0)])
    assert not readings.demo
    readings.take([observe("x", Vital.SPO2, 97, 1.0, mode=Mode.DEMO), observe("x", Vital.SPO2, 97, 2.0)])
    assert readings.demo


def test_a_value_that_is_gone_is_not_shown_as_present() -> None:
    readings = Readings()
    readings.take([observe("x", Vital.SPO2, 97, 0.0), observe("x", Vital.PULSE_RATE, 66, 0.0)])
    readings.take([observe("x", Vital.SPO2, None, 1.0), DeviceStatus("x", Status.SENSOR_OFF, True, 1.0)])
    assert readings.values == {"pulse_rate": 66}
    assert readings.statuses == ("sensor_off",)
    readings.take([DeviceStatus("x", Status.SENSOR_OFF, False, 2.0)])
    assert readings.statuses == ()
