"""What a CASMED 740 shows means: values, whose pulse it is, refusals, and what is asked when."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Command, CommandedDriver, Message, NoOptions, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.model import Observation, Report, Validity, Vital, plausible
from vitalwatch_drivers.casmed import CasmedDriver
from vitalwatch_drivers.casmed.driver import GAP_S, POLL_S
from vitalwatch_drivers.casmed.frames import READ_NUMERICS, START_CUFF
from vitalwatch_drivers.casmed.options import CasmedOptions

NO_STREAMS = [("spo2", None), ("pulse_rate", None), ("temperature", None)]
START_FAILED = "cuff_failed"


class Bench:
    """A driver with a clock that the test moves."""

    def __init__(self, *, oximeter: bool = True, temperature: bool = True) -> None:
        self.driver = CasmedDriver("bp-1", CasmedOptions(oximeter=oximeter, temperature=temperature))
        self.now = 100.0
        self.reports: list[Report] = []

    def hear(self, *replies: bytes) -> list[Report]:
        """Replies, each a second after the one before."""
        told: list[Report] = []
        for reply in replies:
            self.now += POLL_S
            told += self.driver.receive(reply + b"\r", self.now)
        self.reports += told
        return told

    def wait(self, seconds: float) -> list[bytes]:
        """Ask for what is due as the service does, until so much time has gone by."""
        until = self.now + seconds
        sent: list[bytes] = []
        while True:
            due = self.driver.due(self.now)
            sent += due.send
            assert due.next_at is not None
            assert due.next_at > self.now
            if due.next_at > until:
                self.now = until
                return sent
            self.now = due.next_at

    def command(self) -> None:
        self.driver.command(Command.START_NIBP, self.now)


def shown(pressures: str = "-" * 9, pulse: str = "072", spo2: str = "097", temperature: str = "368C") -> bytes:
    return f"X09{pressures}{pulse}{spo2}{temperature}".encode()


def values(reports: list[Report]) -> list[tuple[str, float | None]]:
    return [(str(r.vital), r.value) for r in reports if isinstance(r, Observation)]


def statuses(reports: list[Report]) -> list[tuple[str, bool, str]]:
    return [(r.status, r.active, r.detail) for r in reports if not isinstance(r, Observation)]  # type: ignore[union-attr]


def of(vital: Vital, reports: list[Report]) -> list[Observation]:
    return [r for r in reports if isinstance(r, Observation) and r.vital is vital]


# --- the contract ---------------------------------------------------------------------------------------------------


def test_it_is_found_by_its_name_and_can_be_commanded() -> None:
    assert load_driver("casmed") is CasmedDriver
    assert isinstance(Bench().driver, CommandedDriver)
    assert CasmedDriver.info.commands == (Command.START_NIBP,)


def test_a_message_foreign_options_or_another_command_is_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        Bench().driver.receive(Message(b""), 0.0)
    with pytest.raises(UsageError):
        CasmedDriver("bp-1", NoOptions())
    with pytest.raises(UsageError):
        Bench().driver.command("stop", 0.0)  # type: ignore[arg-type]


def test_nothing_is_taken_out_of_what_is_recorded() -> None:
    assert Bench().driver.redact(shown()) == shown()


@pytest.mark.parametrize(
    ("oximeter", "temperature", "streams"),
    [
        (True, True, {"spo2", "pulse_rate", "temperature"}),
        (True, False, {"spo2", "pulse_rate"}),
        (False, True, {"temperature"}),
        (False, False, set()),
    ],
)
def test_options_leave_vitals_out(oximeter: bool, temperature: bool, streams: set[str]) -> None:
    bench = Bench(oximeter=oximeter, temperature=temperature)
    told = bench.hear(shown(), b"X**", shown("128081097"))
    assert {vital for vital, _ in values(told)} == streams
    assert set(bench.driver.vitals) == streams | {"systolic", "diastolic", "mean_pressure", "cuff_pulse_rate"}


# --- what is sent ---------------------------------------------------------------------------------------------------


def test_numbers_are_asked_for_once_a_second_and_nothing_else_is_sent() -> None:
    assert Bench().wait(60.0) == [READ_NUMERICS] * 61


def test_replies_do_not_make_it_ask_more_often() -> None:
    bench = Bench()
    assert bench.driver.due(bench.now).send == (READ_NUMERICS,)
    bench.driver.receive(shown() + b"\r", bench.now)
    assert bench.driver.due(bench.now).send == ()


def test_nothing_but_a_command_ever_inflates_the_cuff() -> None:
    bench = Bench()
    sent: list[bytes] = []
    for reply in [shown(), b"X13156", b"X13090", shown("128081097"), b"X**", b"X??", b"noise"] * 3:
        bench.hear(reply)
        sent += bench.wait(5.0)
    bench.driver.reset()
    assert set(sent + bench.wait(30.0)) == {READ_NUMERICS}


def test_a_command_is_sent_once_a_moment_after_the_last_question() -> None:
    bench = Bench()
    assert bench.driver.due(bench.now).send == (READ_NUMERICS,)
    bench.command()
    assert bench.driver.due(bench.now).next_at == bench.now + GAP_S
    bench.now += GAP_S
    assert bench.driver.due(bench.now).send == (START_CUFF,)
    assert bench.wait(5.5) == [READ_NUMERICS] * 5


def test_a_command_is_forgotten_when_the_link_is_cut_before_it_was_sent() -> None:
    bench = Bench()
    bench.command()
    bench.driver.reset()
    assert bench.wait(30.0) == [READ_NUMERICS] * 31


@pytest.mark.parametrize("before_it_is_sent", [True, False])
def test_a_command_while_the_cuff_inflates_starts_no_second_measurement(before_it_is_sent: bool) -> None:
    bench = Bench()
    bench.wait(0.1)
    if before_it_is_sent:
        bench.command()
    bench.driver.receive(b"X13040\r", bench.now)
    if not before_it_is_sent:
        bench.command()
    bench.hear(*[shown("128081097")] * 30)
    assert START_CUFF not in bench.wait(30.0)


# --- streams --------------------------------------------------------------------------------------------------------


def test_spo2_pulse_and_temperature_are_told_with_every_reply() -> None:
    told = Bench().hear(shown(), shown(pulse="130", spo2=" 98", temperature="1012F"))
    assert values(told) == [
        *[("spo2", 97.0), ("pulse_rate", 72.0), ("temperature", 36.8)],
        *[("spo2", 98.0), ("pulse_rate", 130.0), ("temperature", 38.4)],
    ]
    assert [r.at for r in told] == [101.0] * 3 + [102.0] * 3


def test_a_temperature_of_unknown_age_is_questionable() -> None:
    assert [r.validity for r in of(Vital.TEMPERATURE, Bench().hear(shown()))] == [Validity.QUESTIONABLE]


@pytest.mark.parametrize("field", ["000C", "199C", "451C", "368F", "986C", "1140F", "9999F"])
def test_a_temperature_that_no_body_has_is_no_number(field: str) -> None:
    assert [r.value for r in of(Vital.TEMPERATURE, Bench().hear(shown(temperature=field)))] == [None]


@pytest.mark.parametrize("none", ["---", "   ", "000"])
def test_without_spo2_the_pulse_is_no_stream(none: str) -> None:
    assert values(Bench().hear(shown(spo2=none)))[:2] == [("spo2", None), ("pulse_rate", None)]


@pytest.mark.parametrize("number", [101, 127, 128, 255, 511, 999])
def test_an_spo2_that_cannot_be_is_invalid_and_takes_the_pulse_with_it(number: int) -> None:
    told = Bench().hear(shown(spo2=f"{number:03d}"))
    assert [(o.value, o.validity) for o in of(Vital.SPO2, told)] == [(None, Validity.INVALID)]
    assert [o.value for o in of(Vital.PULSE_RATE, told)] == [None]


@pytest.mark.parametrize(
    ("pulse", "value"),
    [
        *((f"{number:03d}", number) for number in (10, 127, 128, 129, 200, 255, 256, 300, 350)),
        *((text, None) for text in ("---", "   ", "000", "009", "351", "511", "999")),
    ],
)
def test_pulses_around_boundaries(pulse: str, value: float | None) -> None:
    told = Bench().hear(shown(pulse=pulse))
    assert values(told)[:2] == [("spo2", 97.0), ("pulse_rate", value)]


# --- refusals -------------------------------------------------------------------------------------------------------


def test_a_disabled_remote_control_is_told_once_and_leaves_no_values() -> None:
    bench = Bench()
    bench.hear(shown())
    told = bench.hear(b"X**", b"X**")
    assert statuses(told) == [("casmed_remote_disabled", True, "")]
    assert values(told) == NO_STREAMS * 2
    told = bench.hear(shown())
    assert statuses(told) == [("casmed_remote_disabled", False, "")]
    assert values(told)[0] == ("spo2", 97.0)


def test_an_unknown_command_is_told_until_the_next_numbers() -> None:
    bench = Bench()
    assert statuses(bench.hear(b"X??", b"X??")) == [("casmed_unknown_command", True, "")]
    assert values(bench.reports) == []
    assert statuses(bench.hear(shown())) == [("casmed_unknown_command", False, "")]
    assert bench.driver.counts.frames == 3


@pytest.mark.parametrize(
    ("reply", "status", "detail"),
    [
        (b"X**", "casmed_remote_disabled", "the monitor's remote control is disabled"),
        (b"X??", "casmed_unknown_command", "the monitor does not know the command"),
    ],
)
def test_a_refused_start_has_failed(reply: bytes, status: str, detail: str) -> None:
    bench = Bench()
    bench.command()
    bench.wait(0.1)
    assert statuses(bench.hear(reply)) == [(status, True, ""), (START_FAILED, True, detail)]


def test_a_refusal_of_a_question_is_no_failure_of_the_cuff() -> None:
    bench = Bench()
    bench.hear(b"X13100", b"X??", b"X**")
    assert START_FAILED not in {status for status, _, _ in statuses(bench.reports)}


# --- any bytes ------------------------------------------------------------------------------------------------------


def test_what_is_not_of_this_protocol_is_counted() -> None:
    bench = Bench()
    assert bench.hear(b"072098368C", b"X131", b"X04740-3MS ", b"\xff\x00\x80") == []
    counts = bench.driver.counts
    assert (counts.frames, counts.bad_frames, counts.dropped_bytes) == (0, 4, 28)


def test_after_a_cut_link_statuses_are_told_again_and_counts_are_kept() -> None:
    bench = Bench()
    bench.hear(b"X**")
    bench.driver.receive(b"X09", bench.now)
    bench.driver.reset()
    assert bench.driver.counts.dropped_bytes == 3
    assert statuses(bench.hear(b"X**")) == [("casmed_remote_disabled", True, "")]
    assert bench.driver.counts.frames == 2


REPLIES = st.sampled_from(
    [
        *(shown(), shown("128081097"), shown("129081097"), shown("081128097"), shown("128---097", "180", "---")),
        *(b"X13000", b"X13156", b"X**", b"X??", b"X131", b"\0", b"X09\xff"),
    ]
).map(lambda line: line + b"\r")


@given(st.lists(REPLIES, max_size=30), st.lists(st.integers(0, 400), max_size=8))
def test_any_split_gives_the_same_reports_and_counts(sent: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(sent)
    whole, split = Bench(), Bench()
    told = whole.driver.receive(stream, 100.0)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert [r for a, b in pairwise(edges) for r in split.driver.receive(stream[a:b], 100.0)] == told
    assert split.driver.counts == whole.driver.counts


@given(st.lists(st.one_of(REPLIES, st.binary(max_size=60), st.floats(0, 20)), max_size=40))
def test_whatever_happens_nothing_raises_no_start_is_sent_and_values_are_plausible(story: list[bytes | float]) -> None:
    bench = Bench()
    for each in story:
        if isinstance(each, bytes):
            bench.reports += bench.driver.receive(each, bench.now)
        else:
            assert START_CUFF not in bench.wait(each)
    for report in bench.reports:
        assert not isinstance(report, Observation) or report.value is None or plausible(report.vital, report.value)
