"""Typed commands, and the table above which they are typed."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from vitalwatch_simulators.clinic import DevicePlan
from vitalwatch_simulators.live import LiveClinic, Refused
from vitalwatch_simulators.plan import ChairPlan, ClinicPlan
from vitalwatch_simulators.scenario import load_scenario
from vitalwatch_simulators.terminal import HELP, LONGEST_LINE, USAGE, Keyboard, obey, table

STARTED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def make(folder: str = "/tmp") -> LiveClinic:
    chairs = tuple(
        ChairPlan(
            chair,
            load_scenario("quiet"),
            int(chair),
            {
                "masimo": DevicePlan("masimo", f"pty:{folder}/{chair}"),
                "hl7": DevicePlan("hl7", f"tcp://127.0.0.1:{chair}"),
            },
            "quiet",
        )
        for chair in ("1", "2", "3")
    )
    return LiveClinic(ClinicPlan(chairs), STARTED)


@pytest.mark.parametrize("usage", USAGE.values())
def test_the_example_of_every_command_can_be_typed(usage: str) -> None:
    example = re.split(r"  +", usage)[-1]
    if not example.startswith("stops"):
        assert obey(make(), example).endswith(".")


def test_a_fault_is_typed_with_and_without_an_end() -> None:
    clinic = make()
    obey(clinic, "fault 3/masimo silence 30s")
    obey(clinic, "fault 2 flood")
    faults = {device.address: device.rig.line.present(0.0) for device in clinic.devices()}
    assert faults["3/masimo"] == {"silence": 30.0}
    assert list(faults["2/hl7"]) == list(faults["2/masimo"]) == ["flood"]
    assert faults["3/hl7"] == faults["1/masimo"] == {}
    obey(clinic, "clear 3")
    assert clinic.chairs["3"].devices["masimo"].rig.line.present(0.0) == {}


def test_values_are_typed_with_their_course() -> None:
    clinic = make()
    obey(clinic, "set 1 spo2=84 heart_rate=130.5 over 10s for 1m")
    patient = clinic.chairs["1"].patient
    assert round(patient.vitals(30.0).spo2) == 84
    assert round(patient.vitals(30.0).heart_rate, 1) == 130.5
    assert patient.vitals(200.0).spo2 > 90


def test_a_dose_and_its_stop_are_typed() -> None:
    clinic = make()
    assert obey(clinic, "give 1 ketamine iv 0.5 40m") == "Chair 1: ketamine is given (iv)."
    assert obey(clinic, "give 1 ketamine nasal") == "Chair 1: ketamine is given (nasal)."
    assert obey(clinic, "stop 1") == "Chair 1: infusions stop."


def test_an_event_is_typed_with_time_and_strength_in_any_order() -> None:
    clinic = make()
    assert obey(clinic, "event 2 probe_off 20s") == "Chair 2: probe_off, for 20 s."
    assert obey(clinic, "event 2 vasovagal x1.5 90s") == "Chair 2: vasovagal, for 90 s."


@pytest.mark.parametrize("command", ["help", "?", " help "])
def test_help_names_every_command(command: str) -> None:
    said = obey(make(), command)
    assert said == HELP
    assert all(f"\n{name} " in f"\n{said}" for name in USAGE)
    assert "vasovagal" in said
    assert "wrong_checksum" in said


def test_an_empty_line_is_nothing() -> None:
    assert obey(make(), "  ") == ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dance", "There are: fault, clear"),
        ("fault", "Write: fault CHAIR"),
        ("fault 1 silence 30s now", "Write: fault CHAIR"),
        ("fault 1 silence half", "is not a time"),
        ("fault 9 silence", "There are: 1, 2, 3"),
        ("set 1", "Write: set CHAIR"),
        ("set 1 spo2", "Write: set CHAIR"),
        ("set 1 spo2=low", '"low" is not a number'),
        ("set 1 spo2=84 over", "Write: set CHAIR"),
        ("give 1 ketamine 1,5", '"1,5" is not a number'),
        ("give 1 ketamine oral", "iv"),
        ("event 1 vasovagal xx", "is not a number"),
        ('event 1 "vasovagal', "quotation mark"),
        ("set 1 spo2=nan", "number"),
    ],
)
def test_what_cannot_be_is_refused_in_a_plain_sentence(line: str, words: str) -> None:
    with pytest.raises(Refused, match=re.escape(words)):
        obey(make(), line)


@given(
    line=st.text(max_size=40) | st.lists(st.sampled_from([*USAGE, "1", "spo2=84", "30s", "x2", "over"])).map(" ".join)
)
def test_whatever_is_typed_is_obeyed_or_refused(line: str) -> None:
    clinic = make()
    with contextlib.suppress(Refused):
        assert obey(clinic, line) != "" or not line.strip()


def test_keys_become_lines() -> None:
    entered: list[str] = []
    keyboard = Keyboard(entered.append)
    keyboard.press("helx\x7fp\n")
    keyboard.press("junk\x15clear")
    keyboard.press("\x1b[A")
    assert (entered, keyboard.line) == (["help"], "clear")
    keyboard.press(" 1\r")
    keyboard.press("x" * 1000)
    assert entered[1:] == ["clear 1"]
    assert len(keyboard.line) == LONGEST_LINE


def test_the_table_shows_people_devices_and_what_is_wrong() -> None:
    clinic = make()
    obey(clinic, "fault 3/masimo silence 30s")
    obey(clinic, "event 2 probe_off")
    console = Console(width=160, record=True, file=_Nowhere())
    console.print(table(clinic))
    shown = console.export_text()
    assert "silence 30 s" in shown
    assert "(off)" in shown
    assert all(f"{name} " in shown for name in ("masimo", "hl7", "quiet", "pty:/tmp/3"))


def test_a_long_link_leaves_room_for_what_is_wrong() -> None:
    clinic = make("/tmp" + "/a-long-name" * 10)
    obey(clinic, "fault 3/masimo unplug")
    console = Console(width=150, record=True, file=_Nowhere())
    console.print(table(clinic))
    assert "unplug" in console.export_text()


class _Nowhere:
    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None: ...

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)
