"""The record's answers, from both ends: the page reads nothing that the service does not send."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.unit.hub.test_wire import interfaces
from vitalwatch.journal.history import burden, curves, deeds, past_alarms, questions, watching
from vitalwatch.web import history as web

ANSWERS: dict[str, type[msgspec.Struct]] = {
    "PastChair": questions.PastChair,
    "Chairs": web.Chairs,
    "Curve": curves.Curve,
    "PastAlarm": past_alarms.PastAlarm,
    "Deed": deeds.Deed,
    "PastStatus": deeds.PastStatus,
    "Run": watching.Run,
    "Timeline": questions.Timeline,
    "Count": burden.Count,
    "Offender": burden.Offender,
    "Answering": burden.Answering,
    "Burden": burden.Burden,
}


def test_both_sides_know_the_same_fields(project: Path) -> None:
    asked = interfaces((project / "dashboard/web/src/history/answers.ts").read_text())
    assert asked.keys() == ANSWERS.keys()
    for name, struct in ANSWERS.items():
        assert set(asked[name]) == {field.encode_name for field in msgspec.structs.fields(struct)}, name
