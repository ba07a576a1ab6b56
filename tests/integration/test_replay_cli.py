"""The commands ``replay`` and ``backtest`` as people and scripts call them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools.running import VITALWATCH


def vitalwatch(*arguments: object) -> subprocess.CompletedProcess[str]:
    plain = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100"}
    command = [VITALWATCH, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=plain)


def lines(ended: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def alarms(found: list[dict[str, Any]], *starts: str) -> list[dict[str, Any]]:
    return [line for line in found if line.get("to") == "active" and line["condition"].startswith(starts)]


@pytest.fixture
def falling(tmp_path: Path) -> Path:
    path = tmp_path / "falling.csv"
    rows = "".join(f"{second},{97 if second < 30 else 86},70\n" for second in range(120))
    path.write_text(f"Time [s], SpO2, HR\n{rows}")
    return path


def test_a_line_is_a_change_of_state_or_an_event(falling: Path) -> None:
    found = lines(vitalwatch("replay", falling, "--profile", "adult-default", "--json"))
    (active,) = alarms(found, "SPO2-LOW")
    assert active.items() >= {
        "t": 40.0, "chair": "1", "condition": "SPO2-LOW", "from": "pending", "to": "active",
        "priority": "medium", "value": 86.0, "limit": 90.0, "text": "SpO2 low 86 < 90",
    }.items()  # fmt: skip
    for line in found:
        assert next(iter(line)) == "t"
        if "to" in line:
            assert line["from"] != line["to"]
            assert "kind" not in line
        else:
            assert line["kind"] == "event"


def test_the_same_call_prints_the_same_bytes(shared: Path) -> None:
    recordings = sorted((shared / "recordings" / "bidmc").glob("*.csv"))[::6]
    printed = {
        hashlib.sha256(vitalwatch("replay", *recordings, "--json").stdout.encode()).hexdigest() for _ in range(2)
    }
    assert len(printed) == 1


def test_without_json_there_is_a_table_and_a_summary(falling: Path) -> None:
    ended = vitalwatch("replay", falling)
    assert ended.returncode == 0
    assert "SPO2-LOW" in ended.stdout
    assert "1 recording" in ended.stdout
    assert ended.stderr == ""


def test_several_recordings_are_chairs_of_their_files_names(falling: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / "falling.csv"
    twin.write_text(falling.read_text())
    found = lines(vitalwatch("replay", falling, twin, "--json"))
    assert {line["chair"] for line in found} == {"falling", "falling-2"}


def test_a_profile_file_decides(falling: Path, tmp_path: Path) -> None:
    profile = tmp_path / "late.toml"
    profile.write_text('name = "late"\nversion = "1"\n[limits]\nspo2_low = 85\nspo2_very_low = 80\n')
    assert alarms(lines(vitalwatch("replay", falling, "--profile", profile, "--json")), "SPO2") == []


def test_a_recording_of_a_row_a_minute_says_what_it_cannot_test_and_what_it_ignores(shared: Path) -> None:
    recording = next((shared / "recordings" / "mimic").glob("*.csv"))
    ended = vitalwatch("replay", recording)
    assert ended.returncode == 0
    assert "spo2_low 15 s" in " ".join(ended.stdout.split())
    assert ended.stderr.count("ABPSys") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay", "none.csv"],
        ["replay", "{falling}", "--profile", "none"],
        ["replay", "{falling}", "--baseline", "soon"],
        ["backtest", "{falling}", "--against", "none"],
        ["backtest", "{falling}"],
    ],
)
def test_what_cannot_run_says_so_and_exits_2(falling: Path, arguments: list[str]) -> None:
    ended = vitalwatch(*(argument.format(falling=falling) for argument in arguments))
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr
    assert "Traceback" not in ended.stderr


def test_backtest_tells_what_other_limits_would_have_done(falling: Path) -> None:
    ended = vitalwatch("backtest", falling, "--profile", "adult-default", "--against", "ketamine-iv", "--json")
    assert ended.returncode == 0
    found = json.loads(ended.stdout)
    assert [load["profile"] for load in found["profiles"]] == ["adult-default", "ketamine-iv"]
    (reranked,) = found["difference"]["reranked"]
    assert (reranked["priority_before"], reranked["priority"]) == ("medium", "high")
    assert "earlier" in vitalwatch("backtest", falling, "--against", "ketamine-iv").stdout


@pytest.mark.parametrize("command", ["replay", "backtest"])
def test_help_has_an_example(command: str) -> None:
    ended = vitalwatch(command, "--help")
    assert ended.returncode == 0
    assert f"Example:  vitalwatch {command}" in ended.stdout


# --- the real recordings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stay", "starts", "alarming"),
    [
        ("22", ("SPO2",), False),
        ("39", ("HR-",), False),
        ("46", ("SPO2",), False),
        ("19", ("SPO2", "HR-"), False),
        ("21", ("HR-HIGH",), True),
        ("25", ("HR-HIGH",), True),
        ("19", ("T-NOVALUE",), True),
        ("39", ("T-HRDIFF",), True),
    ],
)
def test_real_stays_alarm_when_they_should(shared: Path, stay: str, starts: tuple[str, ...], alarming: bool) -> None:
    path = shared / "recordings" / "bidmc" / f"bidmc_{stay}_Numerics.csv"
    assert bool(alarms(lines(vitalwatch("replay", path, "--json")), *starts)) is alarming


def test_a_stay_of_constant_desaturation_is_one_alarm_that_stays(shared: Path) -> None:
    path = shared / "recordings" / "bidmc" / "bidmc_49_Numerics.csv"
    found = lines(vitalwatch("replay", path, "--json"))
    low = [line for line in found if line["condition"] == "SPO2-LOW" and "to" in line]
    assert [line["to"] for line in low] == ["pending", "active"]
    others = sorted((shared / "recordings" / "bidmc").glob("*.csv"))
    load = json.loads(vitalwatch("backtest", *others, "--against", "adult-default", "--json").stdout)["profiles"][0]
    spo2 = [line for line in load["lines"] if line["condition"].startswith("SPO2")]
    assert [(line["condition"], line["raw"]) for line in spo2] == [("SPO2-DESAT", 1)]


def test_a_day_with_outages_alarms_technically_and_never_about_a_0(shared: Path) -> None:
    path = next((shared / "recordings" / "mimic").glob("*.csv"))
    found = lines(vitalwatch("replay", path, "--json"))
    assert alarms(found, "SPO2") == []
    assert [line for line in found if line.get("value") == 0] == []
    assert len(alarms(found, "T-NOVALUE", "T-LOWSIG")) >= 10
