"""The first clinic file: what the questions take, what they refuse, and that check accepts what is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.config import load
from vitalwatch.config.check import findings
from vitalwatch.config.init import Given, init
from vitalwatch.config.starter import MAX_CHAIRS, check_link, text_of, usual_link
from vitalwatch.driver import driver_names, load_driver
from vitalwatch.errors import ConfigError
from vitalwatch.model import Vital


def answers(*given: str) -> Callable[[str], str]:
    """Someone who answers each question in turn, and then goes away."""
    left: Iterator[str] = iter(given)

    def ask(question: str) -> str:
        assert question.endswith("]: ")
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return ask


def nobody(question: str) -> str:
    raise AssertionError(f"asked: {question}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clinic.toml"


def test_with_all_flags_nothing_is_asked(path: Path) -> None:
    init(path, Given('Day "unit"', 3, "masimo", "serial:///dev/serial/by-id/ox-{n}?baud=9600"), ask=nobody)
    loaded = load(path)
    assert loaded.clinic.name == 'Day "unit"'
    assert [chair.id for chair in loaded.chairs] == ["1", "2", "3"]
    assert {device.driver for device in loaded.devices} == {"masimo"}
    assert [link.path for link in loaded.links.values()] == [f"/dev/serial/by-id/ox-{n}" for n in (1, 2, 3)]


def test_without_anybody_the_usual_answers_are_taken(path: Path) -> None:
    init(path, Given(), ask=answers())
    loaded = load(path)
    assert loaded.clinic.name == "Infusion clinic"
    assert len(loaded.chairs) == 2


def test_one_kind_of_monitor_for_all(path: Path) -> None:
    init(path, Given(), ask=answers("Day unit", "4", "yes", "mqtt-json", "mqtt://ward/{n}/vitals"))
    assert [link.topic for link in load(path).links.values()] == [f"{n}/vitals" for n in (1, 2, 3, 4)]


def test_each_chair_its_own_monitor(path: Path) -> None:
    init(path, Given(), ask=answers("Day unit", "2", "no", "masimo", "", "mqtt-json", "mqtt://ward/two"))
    loaded = load(path)
    assert [device.driver for device in loaded.devices] == ["masimo", "mqtt-json"]
    assert loaded.links["monitor-1"].text == usual_link("masimo").replace("{n}", "1")
    assert loaded.links["monitor-2"].text == "mqtt://ward/two"


def test_one_chair_needs_no_number_in_its_link(path: Path) -> None:
    init(path, Given(chairs=1), ask=answers("Day unit", "nellcor", "tcp://10.0.0.7:4001"))
    assert load(path).links["monitor-1"].host == "10.0.0.7"


def test_an_answer_that_cannot_be_used_is_explained_and_asked_for_again(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["x" * 41, "Day unit", "none", "0", "501", "2", "perhaps", "y", "nelcor", "nellcor"]
    init(
        path,
        Given(),
        ask=answers(*given, "/dev/ttyUSB0", "mqtt://a/{n}", "serial:///dev/ttyUSB0", "serial:///dev/u{n}"),
    )
    assert [link.path for link in load(path).links.values()] == ["/dev/u1", "/dev/u2"]
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 9
    assert 'Did you mean "nellcor"?' in errors[5]


@pytest.mark.parametrize(
    "given",
    [
        Given(name=""),
        Given(name="a\nb"),
        Given(chairs=0),
        Given(chairs=-1),
        Given(chairs=MAX_CHAIRS + 1),
        Given(chairs=10**30),
        Given(driver="nelcor"),
        Given(chairs=2, link="serial:///dev/ttyUSB0"),
        Given(link="mqtt://ward/{n}"),
        Given(link="nonsense"),
    ],
)
def test_a_flag_that_cannot_be_used_is_refused_and_nothing_is_written(path: Path, given: Given) -> None:
    with pytest.raises(ConfigError):
        init(path, given, ask=answers())
    assert not path.exists()


def test_a_file_that_is_there_is_kept_unless_forced(path: Path) -> None:
    path.write_text("precious", "utf-8")
    with pytest.raises(ConfigError) as caught:
        init(path, Given(), ask=nobody)
    assert caught.value.file == path
    assert path.read_text("utf-8") == "precious"
    init(path, Given(), force=True, ask=answers())
    assert load(path).chairs


def test_a_folder_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no folder"):
        init(tmp_path / "none" / "clinic.toml", Given(), ask=answers())


def test_a_folder_in_the_place_of_the_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        init(tmp_path, Given(), force=True, ask=answers())


def test_answers_that_do_not_fit_each_other_write_nothing(path: Path) -> None:
    same = "serial:///dev/ttyUSB0"
    with pytest.raises(ConfigError, match="already used"):
        init(path, Given(), ask=answers("Day unit", "2", "no", "nellcor", same, "nellcor", same))
    assert not path.exists()


@pytest.mark.parametrize("driver", driver_names())
def test_the_usual_link_of_every_driver_gives_a_file_without_mistakes_and_only_unsigned_limits(
    path: Path, driver: str
) -> None:
    check_link(driver, usual_link(driver), 2)
    init(path, Given("Day unit", 2, driver, usual_link(driver)), ask=nobody)
    found = findings(path)
    assert found.mistakes == []
    warned = [warning.key for warning in found.warnings]
    assert "clinic.profile" in warned
    # A cuff alone is rightly called too little for a chair.
    without_spo2 = Vital.SPO2 not in load_driver(driver).info.vitals
    assert [key for key in warned if key != "clinic.profile"] == (["chair.0", "chair.1"] if without_spo2 else [])


@given(name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_any_name_survives_the_file(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = tmp_path_factory.getbasetemp() / "named.toml"
    init(path, Given(name, 1, "nellcor", "loop://a"), force=True, ask=nobody)
    assert load(path).clinic.name == name


def test_the_remarks_of_the_file_hold_settings_that_exist(path: Path) -> None:
    """What stands behind a ``#`` can be used by taking the ``#`` away."""
    remarks = text_of("Day unit", []).partition("# ---- More that a chair can say ----\n")[2]
    settings = [line.removeprefix("#").strip() for line in remarks.splitlines() if "----" not in line]
    path.write_text("\n".join(['[[chair]]\nid = "1"', *settings]), "utf-8")
    (path.parent / "broker.password").write_text("open-sesame", "utf-8")
    loaded = load(path)
    assert loaded.chairs[0].nibp_interval_min == 5
    assert loaded.people[0].role == "nurse"
    assert loaded.brokers["broker:8883"].tls
