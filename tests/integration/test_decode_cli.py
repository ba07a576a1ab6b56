"""``vitalwatch decode`` as a person or a script calls it."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tools.running import VITALWATCH
from vitalwatch.cli import cli
from vitalwatch.decode import commands

GOOD = b"24-MAR-25 09:14:00    97      72      24                     \r\n"
PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"}


def run(*arguments: str | Path) -> Any:
    return CliRunner(env=PLAIN).invoke(cli, ["decode", *map(str, arguments)])


def lines(*arguments: str | Path) -> list[dict[str, Any]]:
    ended = run(*arguments, "--json")
    assert ended.exit_code == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def of(found: list[dict[str, Any]], **fields: Any) -> list[dict[str, Any]]:
    return [line for line in found if all(line.get(key) == value for key, value in fields.items())]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "night.txt"
    path.write_bytes(GOOD)
    return path


def test_a_line_of_json_for_each_thing_that_was_said_and_a_summary_last(capture: Path) -> None:
    common = {"kind": "observation", "t": 0.0, "device": "nellcor", "validity": "valid", "mode": "real"}
    common |= {"episodic": False, "device_time": "2025-03-24T09:14:00"}
    assert lines("nellcor", capture) == [
        {**common, "vital": "spo2", "value": 97, "unit": "%"},
        {**common, "vital": "pulse_rate", "value": 72, "unit": "bpm"},
        {"kind": "summary", "frames": 1, "bad_frames": 0, "dropped_bytes": 0},
    ]


def test_without_json_it_is_a_table(capture: Path) -> None:
    ended = run("nellcor", capture)
    assert ended.exit_code == 0
    header, row, summary = ended.stdout.splitlines()
    assert header.split() == ["seconds", "SpO2", "%", "PR", "bpm"]
    assert row.split() == ["0.000", "97", "72"]
    assert summary == "0.0 s, 1 frame, 0 bad frames, 0 bytes dropped."


def test_the_recorded_night_of_a_real_monitor(shared: Path) -> None:
    """Counts worked out by hand, in the notes that go with the recording."""
    found = lines("nellcor", shared / "captures/nellcor-n560-ascii/n560-v1.56-20171229-part1.txt")
    spo2 = of(found, vital="spo2")
    assert (spo2[0]["t"], spo2[0]["value"]) == (0.0, 99)
    low = [line for line in spo2 if line["value"] is not None and line["value"] < 90]
    assert (len(low), low[0]["t"], low[-1]["t"]) == (16, 14.0, 44.0)
    assert of(spo2, validity="unavailable")[0]["t"] == 46.0
    began = Counter(line["status"] for line in of(found, kind="status", active=True))
    assert began == Counter(motion=3, monitor_alarm=1, monitor_audio_paused=1, no_sensor=1, sensor_off=1)
    assert found[-1] == {"kind": "summary", "frames": 58, "bad_frames": 1, "dropped_bytes": 20}


def test_the_same_bytes_in_another_form_say_the_same(capture: Path, tmp_path: Path) -> None:
    dump = tmp_path / "night.hex"
    dump.write_text("# from the line\n" + GOOD.hex(" ") + "\n")
    assert lines("nellcor", dump) == lines("nellcor", capture)
    dump = dump.rename(tmp_path / "dump.of.mine")
    assert lines("nellcor", dump, "--as", "hex") == lines("nellcor", capture)


def test_options_of_the_driver_and_a_repeated_cuff_reading(tmp_path: Path) -> None:
    path = tmp_path / "bridge.json"
    reading = '{"HR": "72", "NBP": {"sys": 121, "dia": 79}, "SPO2": %d}'
    path.write_text("\n".join(reading % spo2 for spo2 in (98, 97, 96)))
    settings = ("heart_rate=HR", "spo2=SPO2", "systolic=NBP.sys", "diastolic=NBP.dia")
    found = lines("mqtt-json", path, *(word for each in settings for word in ("--set", f"vitals.{each}")))
    assert [line["value"] for line in of(found, vital="spo2")] == [98, 97, 96]
    assert [line["t"] for line in of(found, vital="spo2")] == [0.0, 1.0, 2.0]
    assert [(line["value"], line["episodic"]) for line in of(found, vital="systolic")] == [(121, True)]


def test_values_of_a_demo_are_printed_with_their_mode(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    path.write_text('{"mode": "demo", "status": [], "spo2": 97, "pulse_rate": 70}')
    found = lines("mqtt-json", path)
    assert [line["mode"] for line in of(found, vital="spo2")] == ["demo"]
    assert "DEMO" in run("mqtt-json", path).stdout


def test_messages_that_a_broker_had_kept_are_told(tmp_path: Path) -> None:
    path = tmp_path / "topic.json"
    path.write_text('{"tst":"2026-03-02T10:15:07Z","topic":"w/1","retain":1,"payload":{"spo2":97}}')
    ended = run("mqtt-json", path, "--json")
    assert json.loads(ended.stdout) == {"kind": "summary", "frames": 0, "bad_frames": 0, "dropped_bytes": 0}
    assert "1 retained" in ended.stderr


@pytest.mark.parametrize(
    ("data", "strict", "code"), [(GOOD, True, 0), (b"noise\n" + GOOD, True, 1), (b"noise\n", False, 0)]
)
def test_bad_frames_are_a_problem_only_when_strict(tmp_path: Path, data: bytes, strict: bool, code: int) -> None:
    path = tmp_path / "capture.bin"
    path.write_bytes(data)
    ended = run("nellcor", path, "--json", *(["--strict"] if strict else []))
    assert ended.exit_code == code
    assert json.loads(ended.stdout.splitlines()[-1])["kind"] == "summary"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nelcor", "{good}"], 'Did you mean "nellcor"?'),
        (["nellcor", "{folder}/none.bin"], "There is no file"),
        (["nellcor", "{folder}"], "is a folder"),
        (["nellcor", "/dev/null"], "not an ordinary file"),
        (["nellcor", "{folder}/empty.bin"], "is empty"),
        (["nellcor", "{folder}/large.bin"], "larger than"),
        (["nellcor", "{good}", "--set", "a=1"], "nothing to set"),
        (["nellcor", "{good}", "--as", "pcapp"], 'Did you mean "pcap"?'),
        (["nellcor", "{good}", "--as", "pcap"], "not a pcap file"),
        (["mqtt-json", "{good}", "--set", "perid_s=1"], 'Did you mean "period_s"?'),
    ],
)
def test_what_cannot_be_done_is_told_in_plain_words_with_exit_code_2(
    tmp_path: Path, capture: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.setattr(commands, "LARGEST_CAPTURE", 1024)
    (tmp_path / "empty.bin").touch()
    (tmp_path / "large.bin").write_bytes(bytes(1025))
    ended = run(*(argument.format(good=capture, folder=tmp_path) for argument in arguments))
    assert ended.exit_code == 2
    assert ended.stdout == ""
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_reader_that_goes_away_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(GOOD * 20_000)
    command = f"'{VITALWATCH}' decode nellcor '{path}' --json | head -1"
    ended = subprocess.run(
        command, shell=True, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **PLAIN}
    )
    assert json.loads(ended.stdout)["vital"] == "spo2"
    assert ended.stderr == ""


@pytest.mark.parametrize("driver", ["nellcor", "masimo", "mqtt-json"])
def test_every_capture_of_the_folder_goes_through_every_driver_without_a_failure(shared: Path, driver: str) -> None:
    captures = [path for path in (shared / "captures").rglob("*") if path.is_file() and path.suffix != ".md"]
    assert len(captures) >= 20
    for path in captures:
        ended = run(driver, path, "--json")
        assert ended.exit_code == 0, (path, ended.stderr)
        assert json.loads(ended.stdout.splitlines()[-1])["kind"] == "summary"
