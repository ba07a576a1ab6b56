"""The wire, from both ends: what the service sends and reads is what ``protocol.ts`` and ``docs/live-socket.md`` say.

A field or a word that is added, renamed or dropped on one side alone fails here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from vitalwatch.alarms import WouldChange
from vitalwatch.alarms.events import Shelve
from vitalwatch.alarms.transition import Priority, State
from vitalwatch.alarms.why import Evidence, Explanation
from vitalwatch.driver import Command
from vitalwatch.hub import answers
from vitalwatch.hub.viewers import Sound
from vitalwatch.model import Mode, Validity
from vitalwatch.web import messages

ROOT = Path(__file__).resolve().parents[3]
TYPES = re.sub(r"/\*\*.*?\*/", "", (ROOT / "dashboard/web/src/protocol.ts").read_text(), flags=re.DOTALL)
DOCS = (ROOT / "docs/live-socket.md").read_text()

WORDS: dict[str, type | tuple[type, ...]] = {"string": str, "boolean": bool, "number": (int, float), "null": type(None)}


def fields(body: str) -> dict[str, str]:
    """The fields of an interface's body with their types; ``?`` stays at the name of one that may be missing."""
    return {name: kind.strip() for name, kind in re.findall(r"(\w+\??): ([^;{}]+)", body)}


def interfaces(source: str) -> dict[str, dict[str, str]]:
    """The fields of every interface, with those that it extends."""
    found: dict[str, dict[str, str]] = {}
    for name, base, body in re.findall(r"interface (\w+)(?: extends (\w+))? {(.*?)\n}", source, flags=re.DOTALL):
        found[name] = {**found.get(base, {}), **fields(body)}
    return found


ALIASES = dict(re.findall(r"export type (\w+) =([^;{}]+);", TYPES))
INTERFACES = interfaces(TYPES)
DEEDS = [fields(body) for body in re.findall(r"\| {([^}]*)}", TYPES)]
assert DEEDS


def faults(value: Any, kind: str, where: str) -> list[str]:
    """Where a JSON value is not of a type of the page."""
    kind = kind.strip()
    choices = [choice.strip() for choice in ALIASES.get(kind, kind).strip().strip("|").split("|")]
    if len(choices) > 1:
        found = [faults(value, choice, where) for choice in choices]
        return min(found, key=len)
    (kind,) = choices
    if kind in INTERFACES:
        return _faults_of_object(value, INTERFACES[kind], where)
    if kind.endswith("[]") and isinstance(value, list):
        return [fault for i, one in enumerate(value) for fault in faults(one, kind[:-2], f"{where}[{i}]")]
    if record := re.fullmatch(r"Record<string, (\w+)>", kind):
        return [fault for key, one in value.items() for fault in faults(one, record[1], f"{where}.{key}")]
    fits = value == json.loads(kind) if kind.startswith('"') else kind in WORDS and isinstance(value, WORDS[kind])
    return [] if fits else [f"{where}: {value!r} is no {kind}"]


def _faults_of_object(value: Any, expected: dict[str, str], where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: {value!r} is no object"]
    kinds = {name.rstrip("?"): kind for name, kind in expected.items()}
    missing = [f"{where}.{name}: not sent" for name in expected if not name.endswith("?") and name not in value]
    unknown = [f"{where}.{name}: not in protocol.ts" for name in value if name not in kinds]
    known = [fault for n, one in value.items() if n in kinds for fault in faults(one, kinds[n], f"{where}.{n}")]
    return [*missing, *unknown, *known]


@pytest.fixture
def sent(in_room: Callable[..., Any]) -> list[dict[str, Any]]:
    """What two screens are sent while an alarm begins, is forgotten, and a wall screen goes: all sorts of frames."""

    async def story(room: Any) -> Any:
        early = room.screen()
        wall = room.screen()
        wall.says(name="wall", kind="kiosk")
        for second in range(20):
            room.say("d1", f"spo2={80 + second % 2} +motion bp=124/78")
            await room.after(1.0)
        late = room.screen()
        wall.leave()
        for value in ("97", ""):
            room.say("d1", f"spo2={value}")
            await room.after(1.0)
        room.hub.act(Shelve("1", "HR-HIGH", "Ada", "exercise bike", 600.0))
        for _ in range(70):  # until the alarm that nobody has answered, and what is kept quiet, are told again
            room.say("d1", "spo2=97 -motion")
            await room.after(1.0)
        return [*await early.seen(), *await late.seen()]

    frames: list[dict[str, Any]] = in_room(story)
    return frames


SORTS = {
    "snapshot": "Snapshot",
    "vitals": "Vitals",
    "chair": "ChairChange",
    "alarm": "AlarmChange",
    "alarms": "AlarmTexts",
    "reminder": "Reminder",
    "screens": "Screens",
    "heartbeat": "Heartbeat",
}


def test_every_frame_of_the_service_is_of_the_type_that_the_page_takes_it_for(sent: list[dict[str, Any]]) -> None:
    assert {frame["type"] for frame in sent} == SORTS.keys()
    shots = [chair for frame in sent if frame["type"] == "snapshot" for chair in frame["chairs"]]
    for part in ("devices", "statuses", "values", "alarms"):
        assert any(chair[part] for chair in shots), part  # else its type would not be looked at
    assert {"event" in frame["transition"] for frame in sent if frame["type"] == "alarm"} == {True, False}
    assert any(frame["screens"] for frame in sent if frame["type"] == "screens")
    assert {fault for frame in sent for fault in faults(frame, SORTS[frame["type"]], frame["type"])} == set()


def test_an_answer_is_of_the_type_that_the_page_takes_it_for() -> None:
    reply = json.loads(msgspec.json.encode(messages.Reply(3, False, "no such chair")))
    assert faults({"seq": 1, **reply}, "Reply", "reply") == []


ANSWERS: dict[str, type[msgspec.Struct]] = {
    "Series": answers.Series,
    "Cuff": answers.CuffView,
    "Mark": answers.MarkView,
    "AlarmRecord": answers.AlarmRecordView,
    "Baseline": answers.BaselineView,
    "History": answers.HistoryView,
    "Limit": answers.LimitView,
    "WouldChange": WouldChange,
    "Trial": answers.Trial,
    "Evidence": Evidence,
    "Explanation": Explanation,
}


def test_the_page_reads_nothing_from_an_answer_that_the_service_does_not_put_there() -> None:
    asked = interfaces((ROOT / "dashboard/web/src/detail/answers.ts").read_text())
    assert asked.keys() == ANSWERS.keys()
    for name, struct in ANSWERS.items():
        assert set(asked[name]) <= {field.encode_name for field in msgspec.structs.fields(struct)}, name


@pytest.mark.parametrize(
    ("alias", "words"),
    [
        ("AlarmState", State),
        ("Priority", Priority),
        ("Validity", Validity),
        ("Command", Command),
        ("SoundState", get_args(Sound)),
    ],
)
def test_both_sides_know_the_same_words(alias: str, words: Any) -> None:
    assert set(re.findall(r'"(\w+)"', ALIASES[alias])) == {str(word) for word in words}


def test_both_sides_know_the_same_modes() -> None:
    assert set(re.findall(r'"(\w+)"', INTERFACES["Value"]["mode"])) == {str(mode) for mode in Mode}


def samples(kind: str) -> Iterator[Any]:
    """A value of a type that the page sends; every one of a few words."""
    kind = ALIASES.get(kind, kind)
    if words := re.findall(r'"(\w+)"', kind):
        yield from (word for word in words if word != "unknown")  # the phase that a chair begins with; nobody sets it
    else:
        yield {"string": "text", "number": 1, "boolean": True}[kind]


@pytest.mark.parametrize("kind", ["Hello", "State", "Drew", "Waves"])
def test_the_service_reads_what_the_page_says_of_itself(kind: str) -> None:
    for name, of in INTERFACES[kind].items():
        for one in samples(of):
            frame = {field: next(samples(each)) for field, each in INTERFACES[kind].items()} | {name: one}
            said = messages.read(json.dumps(frame))
            assert {"type": frame["type"], **msgspec.structs.asdict(said)} == frame


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed["act"].strip('"'))
def test_the_service_reads_every_act_of_the_page_with_all_its_fields(deed: dict[str, str]) -> None:
    for name, of in deed.items():
        for one in samples(of):
            act = {field: next(samples(each)) for field, each in deed.items()} | {name: one}
            said = messages.read(json.dumps({"type": "act", "id": 7, "actor": "Ada", **act}))
            assert isinstance(said, messages.ActFrame)
            read = msgspec.structs.asdict(said.act)
            assert {key: read.get(key) for key in act if key != "act"} == {k: v for k, v in act.items() if k != "act"}


def test_every_field_of_the_wire_is_in_its_document() -> None:
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", DOCS))))
    names = {name.rstrip("?") for each in [*INTERFACES.values(), *DEEDS] for name in each}
    assert names - told == set()
