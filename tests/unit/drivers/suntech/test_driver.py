"""What a SunTech module says means: when a result is a new reading, when the cuff has failed, what is asked when."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Command, CommandedDriver, Message, NoOptions, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Observation, Report
from vitalwatch_drivers.suntech import SuntechDriver
from vitalwatch_drivers.suntech.conformance import COMPLETE, RESULT, packet, pressure, result
from vitalwatch_drivers.suntech.frames import GET_PRESSURE, GET_RESULT, START_BP
from vitalwatch_drivers.suntech.measurement import (
    EMPTYING_S,
    END_S,
    RESTING_POLL_S,
    RESULT_TRIES,
    RUNNING_POLL_S,
    START_S,
)

READING = [("systolic", 115.0), ("diastolic", 74.0), ("mean_pressure", 88.0), ("cuff_pulse_rate", 85.0)]


class Bench:
    """A driver with a clock that the test moves."""

    def __init__(self) -> None:
        self.driver = SuntechDriver("bp-1", NoOptions())
        self.now = 100.0
        self.reports: list[Report] = []

    def hear(self, *packets: bytes) -> list[Report]:
        told = [report for each in packets for report in self.driver.receive(each, self.now)]
        self.reports += told
        return told

    def send(self) -> tuple[bytes, ...]:
        return self.driver.due(self.now).send

    def wait(self, seconds: float) -> list[bytes]:
        """Ask for what is due as the service does, until so much time has gone by."""
        until = self.now + seconds
        sent: list[bytes] = []
        while True:
            due = self.driver.due(self.now)
            sent += due.send
            assert due.next_at is not None
            if due.next_at > until:
                self.now = until
                return sent
            self.now = due.next_at

    def command(self) -> None:
        self.driver.command(Command.START_NIBP, self.now)


def values(reports: list[Report]) -> list[tuple[str, float | None]]:
    return [(str(r.vital), r.value) for r in reports if isinstance(r, Observation)]


def statuses(reports: list[Report]) -> list[tuple[str, bool, str]]:
    return [(r.status, r.active, r.detail) for r in reports if isinstance(r, DeviceStatus)]


INFLATING = ("cuff_inflating", True, "")
NOT_INFLATING = ("cuff_inflating", False, "")


# --- the contract ---------------------------------------------------------------------------------------------------


def test_it_is_found_by_its_name_and_can_be_commanded() -> None:
    assert load_driver("suntech") is SuntechDriver
    assert isinstance(SuntechDriver("bp-1", NoOptions()), CommandedDriver)
    assert SuntechDriver.info.commands == (Command.START_NIBP,)


def test_a_message_or_another_command_is_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        Bench().driver.receive(Message(b""), 0.0)
    with pytest.raises(UsageError):
        Bench().driver.command("stop", 0.0)  # type: ignore[arg-type]


def test_nothing_is_taken_out_of_what_is_recorded() -> None:
    assert Bench().driver.redact(RESULT) == RESULT


# --- what is sent ---------------------------------------------------------------------------------------------------


def test_a_resting_module_is_asked_for_its_pressure_only_and_slowly() -> None:
    bench = Bench()
    sent = bench.wait(60.0)
    assert set(sent) == {GET_PRESSURE}
    assert len(sent) == 60.0 / RESTING_POLL_S + 1


def test_bytes_that_arrive_do_not_make_it_ask_more_often() -> None:
    bench = Bench()
    assert bench.send() == (GET_PRESSURE,)
    bench.hear(pressure(0))
    assert bench.send() == ()


def test_nothing_but_a_command_ever_inflates_the_cuff() -> None:
    bench = Bench()
    story = [pressure(0), COMPLETE, RESULT, pressure(150), pressure(0), COMPLETE, result(0, 0, 0, 0, 87), packet(b"A")]
    sent: list[bytes] = []
    for each in story * 3:
        bench.hear(each)
        sent += bench.wait(3.0)
    bench.driver.reset()
    sent += bench.wait(30.0)
    assert START_BP not in sent
    assert set(sent) == {GET_PRESSURE, GET_RESULT}


def test_a_command_is_sent_once_with_the_next_due_and_then_the_pressure_is_watched() -> None:
    bench = Bench()
    bench.send()
    bench.command()
    assert bench.send() == (START_BP,)
    assert bench.wait(5.5 * RUNNING_POLL_S) == [GET_PRESSURE] * 5


def test_a_command_is_forgotten_when_the_link_is_cut_before_it_was_sent() -> None:
    bench = Bench()
    bench.command()
    bench.driver.reset()
    assert START_BP not in bench.wait(30.0)


def test_a_command_while_a_measurement_runs_starts_no_second_one() -> None:
    bench = Bench()
    bench.hear(pressure(150))
    bench.command()
    bench.hear(COMPLETE, RESULT, pressure(0))
    assert START_BP not in bench.wait(30.0)


def test_a_command_waits_until_the_cuff_is_empty() -> None:
    bench = Bench()
    bench.hear(pressure(150), COMPLETE, RESULT)
    bench.command()
    assert START_BP not in bench.wait(2.0)
    bench.hear(pressure(4))
    assert bench.send() == (START_BP,)


def test_the_result_is_asked_for_at_once_and_when_lost_again() -> None:
    bench = Bench()
    bench.hear(pressure(150))
    bench.send()
    bench.hear(COMPLETE)
    assert bench.send() == (GET_RESULT,)
    bench.now += 0.9
    assert bench.send() == ()
    bench.now += 0.1
    assert bench.send() == (GET_RESULT,)
    bench.hear(RESULT)
    assert GET_RESULT not in bench.wait(30.0)


# --- readings -------------------------------------------------------------------------------------------------------


def test_captured_examples_give_one_reading(shared: Path) -> None:
    text = (shared / "captures/suntech-oem/frames.hex").read_text().split("# module -> host")[1]
    bench = Bench()
    told = bench.hear(bytes.fromhex("".join(line for line in text.splitlines() if not line.startswith("#"))))
    assert values(told) == READING
    assert statuses(told) == [INFLATING, NOT_INFLATING]
    # The last example is damaged: five bytes.
    assert (bench.driver.counts.frames, bench.driver.counts.bad_frames, bench.driver.counts.dropped_bytes) == (3, 1, 5)


def test_a_commanded_measurement_from_start_to_reading() -> None:
    bench = Bench()
    bench.command()
    assert bench.send() == (START_BP,)
    assert bench.hear(pressure(0), pressure(19)) == []
    assert statuses(bench.hear(pressure(20))) == [INFLATING]
    assert bench.hear(pressure(258), pressure(60)) == []
    assert statuses(bench.hear(COMPLETE)) == [NOT_INFLATING]
    bench.now += 0.1
    told = bench.hear(RESULT)
    assert values(told) == READING
    assert {report.at for report in told} == {100.1}


def test_a_measurement_started_at_the_module_is_noticed_and_told_once() -> None:
    bench = Bench()
    bench.wait(10.0)
    assert statuses(bench.hear(pressure(90))) == [INFLATING]
    assert bench.wait(5.5 * RUNNING_POLL_S) == [GET_PRESSURE] * 5
    bench.hear(COMPLETE)
    assert bench.send() == (GET_RESULT,)
    assert values(bench.hear(RESULT)) == READING
    assert values(bench.hear(RESULT)) == []


def test_an_end_that_was_not_seen_coming_counts_if_its_numbers_differ_from_the_last() -> None:
    bench = Bench()
    assert values(bench.hear(COMPLETE, RESULT)) == READING
    assert bench.hear(COMPLETE, RESULT) == []
    assert values(bench.hear(COMPLETE, result(116, 74, 88, 85)))[0] == ("systolic", 116.0)


def test_the_same_numbers_after_a_cuff_that_was_seen_inflated_are_a_new_reading() -> None:
    bench = Bench()
    bench.hear(COMPLETE, RESULT, pressure(120), COMPLETE)
    assert values(bench.hear(RESULT)) == READING


def test_the_reading_told_last_is_remembered_when_the_link_was_cut() -> None:
    bench = Bench()
    bench.hear(COMPLETE, RESULT)
    bench.driver.reset()
    assert bench.hear(COMPLETE, RESULT) == []


def test_a_result_that_nobody_waits_for_is_an_old_one() -> None:
    bench = Bench()
    assert bench.hear(RESULT, pressure(150), RESULT)[1:] == []
    assert values(bench.reports) == []


def test_complete_right_after_our_start_is_no_end_and_the_old_result_is_not_fetched() -> None:
    bench = Bench()
    bench.command()
    bench.send()
    assert bench.hear(COMPLETE, RESULT) == []
    assert GET_RESULT not in bench.wait(1.0)


@pytest.mark.parametrize("code", b"OABENDST\x00\xff")
def test_another_short_answer_is_no_end(code: int) -> None:
    bench = Bench()
    bench.hear(pressure(120))
    assert bench.hear(packet(bytes((code,))), RESULT) == []
    assert bench.driver.counts.frames == 3


@pytest.mark.parametrize(
    ("pulse", "value"),
    [
        *((number, number) for number in (10, 127, 128, 129, 200, 255, 256, 300, 350)),
        *((number, None) for number in (0, 9, 351, 511, 0xFFFF)),
    ],
)
def test_pulses_around_boundaries(pulse: int, value: float | None) -> None:
    told = Bench().hear(COMPLETE, result(120, 80, 93, pulse))
    assert values(told)[:2] == [("systolic", 120.0), ("diastolic", 80.0)]
    assert values(told)[2:] == [("mean_pressure", 93.0), ("cuff_pulse_rate", value)]


@pytest.mark.parametrize(("mean", "value"), [(0, None), (79, None), (80, 80), (120, 120), (121, None), (0xFFFF, None)])
def test_a_mean_outside_the_pressures_is_none(mean: int, value: float | None) -> None:
    assert dict(values(Bench().hear(COMPLETE, result(120, 80, mean, 70))))["mean_pressure"] == value


@pytest.mark.parametrize(
    ("systolic", "diastolic"), [(30, 10), (31, 29), (127, 80), (128, 80), (255, 128), (256, 129), (300, 250)]
)
def test_pressures_that_are_a_reading(systolic: int, diastolic: int) -> None:
    told = values(Bench().hear(COMPLETE, result(systolic, diastolic, systolic, 70)))
    assert told[:2] == [("systolic", systolic), ("diastolic", diastolic)]


# --- failures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        *((result(115, 74, 88, 85, error=code), f"error {code}") for code in (1, 2, 3, 4, 85, 87, 99, 127, 128, 255)),
        (result(0, 0, 0, 0), "systolic is not above diastolic"),
        (result(80, 80, 80, 70), "systolic is not above diastolic"),
        (result(74, 115, 88, 85), "systolic is not above diastolic"),
        (result(29, 10, 20, 70), "pressures are out of range"),
        (result(120, 9, 80, 70), "pressures are out of range"),
        (result(301, 80, 93, 70), "pressures are out of range"),
        (result(0xFFFF, 0xFFFE, 0xFFFF, 70), "pressures are out of range"),
    ],
)
def test_a_result_that_is_no_reading_is_a_failure_with_its_reason_and_without_a_number(raw: bytes, detail: str) -> None:
    bench = Bench()
    bench.hear(pressure(150), COMPLETE)
    told = bench.hear(raw)
    assert told == [DeviceStatus("bp-1", "cuff_failed", True, 100.0, detail)]


def test_a_failure_stands_until_the_next_measurement_begins_and_a_second_one_is_told_again() -> None:
    bench = Bench()
    failed = ("cuff_failed", True, "error 2")
    spoilt = result(0, 0, 0, 0, error=2)
    assert statuses(bench.hear(pressure(150), COMPLETE, spoilt, pressure(0))) == [INFLATING, NOT_INFLATING, failed]
    told = statuses(bench.hear(pressure(150), COMPLETE, spoilt, pressure(0)))
    assert told == [INFLATING, ("cuff_failed", False, ""), NOT_INFLATING, failed]
    assert values(bench.hear(pressure(150), COMPLETE, RESULT)) == READING


def test_a_start_ends_an_older_failure() -> None:
    bench = Bench()
    bench.hear(COMPLETE, result(0, 0, 0, 0, error=2))
    bench.command()
    bench.send()
    assert statuses(bench.hear(pressure(0))) == [("cuff_failed", False, "")]


def test_a_start_without_pressure_has_failed_after_its_time() -> None:
    bench = Bench()
    bench.command()
    bench.wait(START_S - 0.1)
    assert bench.hear(pressure(3)) == []
    bench.wait(0.1)
    assert statuses(bench.hear(pressure(3))) == [("cuff_failed", True, "the cuff did not inflate")]


def test_a_cuff_that_empties_without_an_end_has_failed_and_the_kept_result_is_not_taken() -> None:
    bench = Bench()
    bench.hear(pressure(150), pressure(5))
    bench.now += END_S - 0.1
    assert bench.hear(pressure(5)) == []
    bench.now += 0.1
    told = bench.hear(pressure(5))
    assert statuses(told) == [("cuff_failed", True, "ended without a result"), NOT_INFLATING]
    assert bench.hear(RESULT) == []


def test_a_second_try_of_the_module_within_one_measurement_is_no_end() -> None:
    bench = Bench()
    bench.hear(pressure(150), pressure(5))
    bench.now += END_S - 1
    bench.hear(pressure(150), pressure(5))
    bench.now += END_S - 1
    assert bench.hear(pressure(5)) == []
    assert values(bench.hear(COMPLETE, RESULT)) == READING


def test_a_result_that_never_comes_is_a_failure_told_with_the_next_packet() -> None:
    bench = Bench()
    bench.hear(pressure(150), COMPLETE)
    assert bench.wait(10.0).count(GET_RESULT) == RESULT_TRIES
    assert statuses(bench.hear(pressure(0))) == [("cuff_failed", True, "no result came")]
    assert bench.hear(RESULT) == []


def test_pressure_that_is_left_after_the_end_is_no_second_measurement_unless_it_stays() -> None:
    bench = Bench()
    bench.hear(pressure(150), COMPLETE, RESULT)
    bench.now += EMPTYING_S - 0.1
    assert bench.hear(pressure(40), COMPLETE, RESULT) == []
    bench.now += 0.1
    assert statuses(bench.hear(pressure(40))) == [INFLATING]


def test_after_a_cut_link_a_cuff_that_is_still_inflated_is_told_again() -> None:
    bench = Bench()
    bench.hear(pressure(150))
    bench.driver.reset()
    assert statuses(bench.hear(pressure(140))) == [INFLATING]


# --- any bytes ------------------------------------------------------------------------------------------------------

PACKETS = st.sampled_from(
    [pressure(0), pressure(150), COMPLETE, RESULT, result(0, 0, 0, 0, 2), packet(b"O"), b"\x3e", b"\x00\x18"]
)


@given(st.lists(PACKETS, max_size=30), st.lists(st.integers(0, 400), max_size=8))
def test_any_split_gives_the_same_reports_and_counts(sent: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(sent)
    whole, split = Bench(), Bench()
    whole.hear(stream)
    edges = [0, *sorted(cuts), len(stream)]
    split.hear(*(stream[a:b] for a, b in pairwise(edges)))
    assert (split.reports, split.driver.counts) == (whole.reports, whole.driver.counts)


@given(st.lists(st.one_of(PACKETS, st.binary(max_size=60), st.floats(0, 20)), max_size=40))
def test_whatever_happens_nothing_raises_and_no_start_is_sent(story: list[bytes | float]) -> None:
    bench = Bench()
    for each in story:
        if isinstance(each, bytes):
            bench.hear(each)
        else:
            assert START_BP not in bench.wait(each)
    assert [value for _, value in values(bench.reports) if value is not None and not 10 <= value <= 350] == []
