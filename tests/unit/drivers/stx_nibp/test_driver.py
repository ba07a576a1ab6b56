"""What an STX blood pressure module says means: new readings, failures, wrong cuffs, and what is asked when."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Command, CommandedDriver, Message, NoOptions, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Observation, Report, Validity
from vitalwatch_drivers.stx_nibp import StxNibpDriver
from vitalwatch_drivers.stx_nibp.conformance import END, NONE, frame, status
from vitalwatch_drivers.stx_nibp.frames import GET_STATUS, START
from vitalwatch_drivers.stx_nibp.measurement import (
    GAP_S,
    MESSAGES,
    QUIET_S,
    RESTING_POLL_S,
    RESULT_TRIES,
    START_S,
)

GOOD = status(b"125080090")
READING = [("systolic", 125.0), ("diastolic", 80.0), ("mean_pressure", 90.0), ("cuff_pulse_rate", 75.0)]
INFLATING = ("cuff_inflating", True, "")
NOT_INFLATING = ("cuff_inflating", False, "")


class Bench:
    """A driver with a clock that the test moves."""

    def __init__(self) -> None:
        self.driver = StxNibpDriver("bp-1", NoOptions())
        self.now = 100.0
        self.reports: list[Report] = []

    def hear(self, *frames: bytes) -> list[Report]:
        told = [report for each in frames for report in self.driver.receive(each, self.now)]
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


def pressure(mmhg: int, cuff: int = 0, state: int = 3) -> bytes:
    return frame(b"%03dC%dS%d" % (mmhg, cuff, state))


def values(reports: list[Report]) -> list[tuple[str, float | None]]:
    return [(str(r.vital), r.value) for r in reports if isinstance(r, Observation)]


def statuses(reports: list[Report]) -> list[tuple[str, bool, str]]:
    return [(r.status, r.active, r.detail) for r in reports if isinstance(r, DeviceStatus)]


# --- the contract ---------------------------------------------------------------------------------------------------


def test_it_is_found_by_its_name_and_can_be_commanded() -> None:
    assert load_driver("stx-nibp") is StxNibpDriver
    assert isinstance(StxNibpDriver("bp-1", NoOptions()), CommandedDriver)
    assert StxNibpDriver.info.commands == (Command.START_NIBP,)


def test_a_message_or_another_command_is_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        Bench().driver.receive(Message(b""), 0.0)
    with pytest.raises(UsageError):
        Bench().driver.command("stop", 0.0)  # type: ignore[arg-type]


def test_nothing_is_taken_out_of_what_is_recorded() -> None:
    assert Bench().driver.redact(GOOD) == GOOD


# --- what is sent ---------------------------------------------------------------------------------------------------


def test_a_resting_module_is_asked_for_its_status_only_and_slowly() -> None:
    sent = Bench().wait(60.0)
    assert set(sent) == {GET_STATUS}
    assert len(sent) == 60.0 / RESTING_POLL_S + 1


def test_a_module_that_tells_pressures_is_not_asked() -> None:
    bench = Bench()
    for mmhg in range(0, 180, 4):
        bench.hear(pressure(mmhg))
        assert bench.wait(QUIET_S - 0.1) == []
    assert bench.wait(QUIET_S) == [GET_STATUS]


def test_nothing_but_a_command_ever_inflates_the_cuff() -> None:
    bench = Bench()
    story = [GOOD, END, GOOD, pressure(150), END, status(NONE, state=2, message=b"06"), pressure(20, state=7)]
    sent: list[bytes] = []
    for each in story * 3:
        bench.hear(each)
        sent += bench.wait(3.5)
    bench.driver.reset()
    sent += bench.wait(30.0)
    assert set(sent) == {GET_STATUS}


def test_a_command_is_sent_once() -> None:
    bench = Bench()
    bench.command()
    assert bench.send() == (START,)
    assert START not in bench.wait(60.0)


def test_a_command_right_after_a_question_waits_for_a_moment() -> None:
    bench = Bench()
    assert bench.send() == (GET_STATUS,)
    bench.command()
    due = bench.driver.due(bench.now)
    assert (due.send, due.next_at) == ((), bench.now + GAP_S)
    assert bench.wait(GAP_S) == [START]


def test_a_command_is_forgotten_when_the_link_is_cut_before_it_was_sent() -> None:
    bench = Bench()
    bench.send()
    bench.command()
    bench.driver.reset()
    assert START not in bench.wait(30.0)


@pytest.mark.parametrize("before", [[pressure(150)], [status(NONE, state=3)], [pressure(150), END]])
def test_a_command_while_a_measurement_is_under_way_starts_no_second_one(before: list[bytes]) -> None:
    bench = Bench()
    bench.hear(*before)
    bench.command()
    bench.hear(END, GOOD)
    assert START not in bench.wait(30.0)


def test_the_result_is_asked_for_at_once_and_when_lost_again() -> None:
    bench = Bench()
    bench.hear(pressure(150), END)
    assert bench.send() == (GET_STATUS,)
    assert bench.wait(1.4) == []
    assert bench.wait(0.1) == [GET_STATUS]
    assert values(bench.hear(GOOD)) == READING


# --- readings -------------------------------------------------------------------------------------------------------


def test_a_session_written_from_the_description(project: Path) -> None:
    lines = (project / "tests/data/stx_nibp/session.hex").read_text().splitlines()
    bench = Bench()
    for line in lines:
        if not line.startswith("#"):
            bench.hear(bytes.fromhex(line))
    assert values(bench.reports) == [
        ("systolic", 143.0),
        ("diastolic", 91.0),
        ("mean_pressure", 108.0),
        ("cuff_pulse_rate", 128.0),
    ]
    assert statuses(bench.reports) == [
        *(INFLATING, NOT_INFLATING, INFLATING),
        ("stx_nibp_wrong_cuff", True, "adult cuff in neonatal mode"),
        NOT_INFLATING,
        ("cuff_failed", True, "message 09: took too long, or pulse too weak"),
        ("stx_nibp_neonatal", True, "neonatal mode"),
    ]
    assert (bench.driver.counts.frames, bench.driver.counts.bad_frames, bench.driver.counts.dropped_bytes) == (10, 0, 0)


def test_a_commanded_measurement_from_start_to_reading() -> None:
    bench = Bench()
    bench.command()
    assert bench.send() == (START,)
    assert statuses(bench.hear(pressure(0))) == [INFLATING]
    assert bench.hear(pressure(128), pressure(256), pressure(60)) == []
    assert statuses(bench.hear(END)) == [NOT_INFLATING]
    told = bench.hear(GOOD)
    assert values(told) == READING
    assert {report.at for report in told} == {100.0}
    assert {report.validity for report in told if isinstance(report, Observation)} == {Validity.VALID}


def test_a_status_that_nobody_waits_for_holds_an_old_reading() -> None:
    bench = Bench()
    assert bench.hear(GOOD, GOOD) == []
    assert values(bench.hear(pressure(120), GOOD, pressure(100), GOOD)) == []


def test_the_status_after_the_end_counts_once() -> None:
    bench = Bench()
    bench.hear(pressure(120), END)
    assert values(bench.hear(GOOD)) == READING
    assert bench.hear(GOOD, GOOD) == []


def test_a_module_that_still_measures_is_asked_again() -> None:
    bench = Bench()
    bench.hear(pressure(120), END)
    assert bench.hear(status(b"118077090", state=3), status(b"118077090", state=0)) == []
    assert values(bench.hear(status(b"125080090", state=6))) == READING


def test_a_measurement_that_is_only_seen_in_the_status_is_noticed() -> None:
    bench = Bench()
    assert statuses(bench.hear(status(NONE, state=3))) == [INFLATING]
    assert statuses(bench.hear(END)) == [NOT_INFLATING]
    assert values(bench.hear(GOOD)) == READING


def test_an_end_that_was_not_seen_coming_counts_if_its_numbers_differ_from_the_last() -> None:
    bench = Bench()
    assert values(bench.hear(END, GOOD)) == READING
    assert bench.hear(END, GOOD) == []
    assert values(bench.hear(END, status(b"125080090", b"076")))[3] == ("cuff_pulse_rate", 76.0)


def test_the_same_numbers_after_pressures_are_a_new_reading() -> None:
    bench = Bench()
    bench.hear(END, GOOD, pressure(120), END)
    assert values(bench.hear(GOOD)) == READING


def test_the_reading_told_last_is_remembered_when_the_link_was_cut() -> None:
    bench = Bench()
    bench.hear(END, GOOD)
    bench.driver.reset()
    assert bench.hear(END, GOOD) == []


def test_an_end_without_pressure_after_our_start_is_no_reading() -> None:
    bench = Bench()
    bench.command()
    bench.send()
    assert statuses(bench.hear(END, GOOD)) == [("cuff_failed", True, "the cuff did not inflate")]
    assert values(bench.reports) == []


@pytest.mark.parametrize(("state", "words"), [(4, "manometer"), (7, "leak test"), (5, "state 5"), (9, "state 9")])
def test_another_use_of_the_cuff_is_told_and_its_end_brings_no_reading(state: int, words: str) -> None:
    bench = Bench()
    assert statuses(bench.hear(pressure(90, state=state))) == [("stx_nibp_cuff_in_use", True, words)]
    assert bench.hear(END, GOOD) == [DeviceStatus("bp-1", "stx_nibp_cuff_in_use", False, 100.0)]


def test_another_use_whose_end_was_lost_is_over_with_the_next_status() -> None:
    bench = Bench()
    bench.hear(pressure(90, state=4))
    assert statuses(bench.hear(GOOD)) == [("stx_nibp_cuff_in_use", False, "")]
    assert values(bench.hear(END, GOOD)) == READING


@pytest.mark.parametrize(
    ("cuff", "words"),
    [(1, "neonatal cuff in adult mode"), (2, "adult cuff in neonatal mode"), (3, "cuff code 3"), (9, "cuff code 9")],
)
def test_a_cuff_that_does_not_fit_makes_the_reading_questionable_until_the_next(cuff: int, words: str) -> None:
    bench = Bench()
    assert statuses(bench.hear(pressure(0, cuff=cuff), pressure(90)))[1] == ("stx_nibp_wrong_cuff", True, words)
    told = bench.hear(END, GOOD)
    assert values(told) == READING
    assert {r.validity for r in told if isinstance(r, Observation)} == {Validity.QUESTIONABLE}
    assert statuses(bench.hear(pressure(0))) == [INFLATING, ("stx_nibp_wrong_cuff", False, "")]


def test_in_neonatal_mode_a_reading_is_questionable() -> None:
    told = Bench().hear(pressure(90), END, status(b"125080090", mode=1))
    assert values(told) == READING
    assert {r.validity for r in told if isinstance(r, Observation)} == {Validity.QUESTIONABLE}


@pytest.mark.parametrize(
    ("pulse", "value"),
    [*((number, number) for number in (10, 127, 128, 129, 200, 255, 256, 300, 350)), (0, None), (9, None), (351, None)],
)
def test_pulses_around_boundaries(pulse: int, value: float | None) -> None:
    assert values(Bench().hear(END, status(b"120080093", b"%03d" % pulse)))[3] == ("cuff_pulse_rate", value)


def test_dashes_for_pulse_and_mean_are_no_values() -> None:
    told = values(Bench().hear(END, status(b"120080---", b"---")))
    assert told == [("systolic", 120.0), ("diastolic", 80.0)]


@pytest.mark.parametrize(("mean", "value"), [(0, None), (79, None), (80, 80), (120, 120), (121, None), (999, None)])
def test_a_mean_outside_the_pressures_is_none(mean: int, value: float | None) -> None:
    assert dict(values(Bench().hear(END, status(b"120080%03d" % mean))))["mean_pressure"] == value


# --- failures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [1, 2, 6])
@pytest.mark.parametrize("message", [*MESSAGES, 1, 3, 4, 5, 16, 99])
def test_every_message_is_a_failure_with_its_number_even_beside_numbers(state: int, message: int) -> None:
    bench = Bench()
    bench.hear(pressure(90), END)
    told = bench.hear(status(b"125080090", state=state, message=b"%02d" % message))
    words = f": {MESSAGES[message]}" if message in MESSAGES else ""
    assert told == [DeviceStatus("bp-1", "cuff_failed", True, 100.0, f"message {message:02d}{words}")]


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (status(NONE, b"---"), "the module found no pressure"),
        (status(b"---080090"), "the module found no pressure"),
        (status(b"125---090"), "the module found no pressure"),
        (status(b"125080090", message=b"--"), "the module found no pressure"),
        (status(b"125080090", state=2), "the module found no pressure"),
        (status(b"000000000", b"000"), "systolic is not above diastolic"),
        (status(b"080080080"), "systolic is not above diastolic"),
        (status(b"080125090"), "systolic is not above diastolic"),
        (status(b"029010020"), "pressures are out of range"),
        (status(b"120009060"), "pressures are out of range"),
        (status(b"301080090"), "pressures are out of range"),
        (status(b"999998999"), "pressures are out of range"),
    ],
)
def test_a_result_that_is_no_reading_is_a_failure_with_its_reason_and_without_a_number(raw: bytes, detail: str) -> None:
    bench = Bench()
    bench.hear(pressure(90), END)
    assert bench.hear(raw) == [DeviceStatus("bp-1", "cuff_failed", True, 100.0, detail)]


def test_a_failure_stands_until_the_next_measurement_begins_and_a_second_one_is_told_again() -> None:
    bench = Bench()
    spoilt = status(NONE, state=2, message=b"11")
    failed = ("cuff_failed", True, "message 11: motion")
    assert statuses(bench.hear(pressure(90), END, spoilt, spoilt)) == [INFLATING, NOT_INFLATING, failed]
    again = statuses(bench.hear(pressure(90), END, spoilt))
    assert again == [INFLATING, ("cuff_failed", False, ""), NOT_INFLATING, failed]
    assert values(bench.hear(pressure(90), END, GOOD)) == READING


def test_a_start_ends_an_older_failure() -> None:
    bench = Bench()
    bench.hear(END, status(NONE, state=2, message=b"06"))
    bench.command()
    bench.send()
    assert statuses(bench.hear(status(NONE, b"---"))) == [("cuff_failed", False, "")]


def test_a_start_without_pressure_has_failed_after_its_time() -> None:
    bench = Bench()
    bench.command()
    bench.wait(START_S - 0.1)
    assert bench.hear(GOOD) == []
    bench.wait(0.1)
    assert statuses(bench.hear(GOOD)) == [("cuff_failed", True, "the cuff did not inflate")]
    assert values(bench.reports) == []


def test_a_lost_end_is_a_failure_when_the_module_rests_again_and_the_numbers_are_not_taken() -> None:
    bench = Bench()
    bench.hear(pressure(150))
    bench.wait(QUIET_S - 0.1)
    assert bench.hear(GOOD) == []
    bench.wait(0.1)
    assert statuses(bench.hear(GOOD)) == [("cuff_failed", True, "ended without a result"), NOT_INFLATING]
    assert values(bench.reports) == []


def test_a_lost_end_of_a_failure_tells_its_message() -> None:
    bench = Bench()
    bench.hear(pressure(150))
    bench.wait(QUIET_S)
    told = statuses(bench.hear(status(NONE, state=2, message=b"06")))
    assert told == [("cuff_failed", True, "message 06: cuff loose or not connected"), NOT_INFLATING]


def test_a_measurement_that_turns_into_another_use_has_failed() -> None:
    bench = Bench()
    bench.hear(pressure(150))
    assert statuses(bench.hear(pressure(140, state=4))) == [
        ("cuff_failed", True, "ended without a result"),
        ("stx_nibp_cuff_in_use", True, "manometer"),
        NOT_INFLATING,
    ]


def test_a_result_that_never_comes_is_a_failure_told_with_the_next_frame() -> None:
    bench = Bench()
    bench.hear(pressure(150), END)
    assert bench.wait(4.4).count(GET_STATUS) == RESULT_TRIES
    bench.wait(0.1)
    assert statuses(bench.hear(GOOD)) == [("cuff_failed", True, "no result came")]
    assert values(bench.reports) == []


def test_an_error_from_before_the_link_was_opened_is_no_failed_measurement() -> None:
    bench = Bench()
    resting = status(NONE, state=2, message=b"15")
    assert statuses(bench.hear(resting)) == [("stx_nibp_error", True, "message 15: system error")]
    assert statuses(bench.hear(GOOD)) == [("stx_nibp_error", False, "")]


def test_after_a_cut_link_a_measurement_that_still_runs_is_told_again() -> None:
    bench = Bench()
    bench.hear(pressure(150))
    bench.driver.reset()
    assert statuses(bench.hear(pressure(140))) == [INFLATING]


# --- any bytes ------------------------------------------------------------------------------------------------------

FRAMES = st.sampled_from(
    [
        *(pressure(0), pressure(150, cuff=1), pressure(80, state=4), END, GOOD),
        *(status(NONE, state=2, message=b"07"), status(NONE, state=3), b"\x02", b"\x03", b"S1"),
    ]
)


@given(st.lists(FRAMES, max_size=30), st.lists(st.integers(0, 600), max_size=8))
def test_any_split_gives_the_same_reports_and_counts(sent: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(sent)
    whole, split = Bench(), Bench()
    whole.hear(stream)
    edges = [0, *sorted(cuts), max([len(stream), *cuts])]
    split.hear(*(stream[a:b] for a, b in pairwise(edges)))
    assert (split.reports, split.driver.counts) == (whole.reports, whole.driver.counts)


@given(st.lists(st.one_of(FRAMES, st.binary(max_size=60), st.floats(0, 20)), max_size=40))
def test_whatever_happens_nothing_raises_and_no_start_is_sent(story: list[bytes | float]) -> None:
    bench = Bench()
    for each in story:
        if isinstance(each, bytes):
            bench.hear(each)
        else:
            assert START not in bench.wait(each)
    assert {value for _, value in values(bench.reports)} <= {value for _, value in READING}
