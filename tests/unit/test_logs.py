"""The log: one line an event, and nothing about patients."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog

from vitalwatch.logs import set_up_logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def fail_with(value: int) -> None:
    raise ZeroDivisionError("a bug")


@pytest.mark.parametrize("json_lines", [False, True])
def test_a_traceback_shows_no_local_variables_for_those_are_patients_values(
    json_lines: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs(json_lines=json_lines)
    try:
        fail_with(7331)
    except ZeroDivisionError as bug:
        structlog.get_logger("device").error("driver failed", exc_info=bug)
    logged = capsys.readouterr().err
    assert "ZeroDivisionError: a bug" in logged
    assert "7331" not in logged.replace("fail_with(7331)", "")


def test_json_lines_are_one_object_an_event_with_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(json_lines=True)
    structlog.get_logger("device").warning("link lost", chair="1")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["event"], event["level"], event["chair"]) == ("link lost", "warning", "1")
    assert event["timestamp"].endswith("Z")
