"""Loading a clinic file: the examples, what the service asks of a config, and files that are no config at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch import config
from vitalwatch.config import BadConfig, Config, load
from vitalwatch.config import checks as checks_module
from vitalwatch.config.document import MAX_BYTES
from vitalwatch.link_url import parse_link

TWO_CHAIRS = """
[clinic]
name = "Day unit"
profile = "iron"

[[chair]]
id = "1"

[[chair]]
id = "2"
label = "Window"
profile = "our-profile.toml"
nibp_interval_min = 7.5
start = "standby"

[[device]]
id = "cuff-2"
chair = "2"
driver = "mqtt-json"
link = "mqtt://broker/chair-2"

[[device]]
id = "ox-1"
chair = "1"
driver = "nellcor"
link = "serial:///dev/ttyUSB0?baud=19200"

[[device]]
id = "ox-2"
chair = "2"
driver = "masimo"
link = "serial:///dev/ttyUSB1"
"""


@pytest.fixture
def two_chairs(tmp_path: Path) -> Config:
    (tmp_path / "our-profile.toml").write_text('name = "ours"\nversion = "1"\n', "utf-8")
    return load(write(tmp_path, TWO_CHAIRS))


def write(folder: Path, text: str) -> Path:
    path = folder / "clinic.toml"
    path.write_text(text, "utf-8")
    return path


def mistakes_of(path: Path) -> BadConfig:
    with pytest.raises(BadConfig) as caught:
        load(path)
    return caught.value


def test_the_folders_face_is_short() -> None:
    assert config.__all__ == [
        "BadConfig", "Broker", "Chair", "Clinic", "ClinicFile", "Config", "Device", "Fallback", "Person",
        "ProfileConfig", "Room", "Wall", "Web", "alarm_profile", "broker_key", "load", "load_profile", "profile_names",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["clinic.example.toml", "replay-n560.toml"])
def test_every_example_loads_without_any_device(project: Path, name: str) -> None:
    loaded = load(project / "config" / name)
    assert loaded.path == project / "config" / name
    assert loaded.web.only_this_computer
    assert not loaded.clinic.simulated
    for chair in loaded.chairs:
        assert loaded.devices_of(chair.id)


def test_no_example_is_left_out_of_the_tests(project: Path) -> None:
    assert sorted(path.name for path in (project / "config").glob("*.toml")) == [
        "clinic.example.toml",
        "replay-n560.toml",
    ]


def test_the_replay_example_names_the_real_recording(project: Path, shared: Path) -> None:
    loaded = load(project / "config" / "replay-n560.toml")
    link = loaded.links["ox-1"]
    parts = Path(link.path).parts
    assert (shared / Path(*parts[parts.index("captures") :])).is_file()
    assert loaded.replay_speed == 1


def test_chairs_and_devices_keep_the_order_of_the_file(two_chairs: Config) -> None:
    assert [chair.id for chair in two_chairs.chairs] == ["1", "2"]
    assert [device.id for device in two_chairs.devices_of("2")] == ["cuff-2", "ox-2"]
    assert two_chairs.devices_of("3") == ()


def test_a_chair_is_watched_unless_the_file_says_otherwise(two_chairs: Config) -> None:
    assert [chair.start for chair in two_chairs.chairs] == ["watched", "standby"]


def test_a_chair_has_its_own_profile_or_the_clinics(two_chairs: Config) -> None:
    first, second = two_chairs.chairs
    assert two_chairs.profile_of(first).name == "iron"
    assert two_chairs.profile_of(second).name == "ours"
    assert two_chairs.nibp_interval_of(first) == 5
    assert two_chairs.nibp_interval_of(second) == 7.5


def test_a_label_is_the_id_when_none_is_given(two_chairs: Config) -> None:
    assert [chair.title for chair in two_chairs.chairs] == ["1", "Window"]


def test_links_and_options_are_ready_to_use(two_chairs: Config) -> None:
    assert two_chairs.links["ox-1"] == parse_link("serial:///dev/ttyUSB0?baud=19200")
    assert two_chairs.options.keys() == {"cuff-2", "ox-1", "ox-2"}
    assert two_chairs.folder == two_chairs.path.parent
    assert two_chairs.replay_speed == 1


def test_one_speed_for_all_recordings_is_the_speed_of_the_service(tmp_path: Path) -> None:
    device = '[[device]]\nid = "{0}"\nchair = "1"\ndriver = "nellcor"\nlink = "replay:{0}.txt?speed=10"\n'
    loaded = load(write(tmp_path, '[[chair]]\nid = "1"\n' + device.format("a") + device.format("b")))
    assert loaded.replay_speed == 10


def test_without_rooms_a_chair_may_name_any(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, '[[chair]]\nid = "1"\nroom = "garden"\n'))
    assert loaded.chairs[0].room == "garden"


@pytest.mark.parametrize(
    ("listen", "alone"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.7", False)]
)
def test_only_loopback_addresses_are_for_this_computer_alone(tmp_path: Path, listen: str, alone: bool) -> None:
    loaded = load(write(tmp_path, f'[web]\nlisten = "{listen}"\nport = 0\n[[chair]]\nid = "1"\n'))
    assert loaded.web.only_this_computer is alone


def test_a_byte_order_mark_is_no_mistake_and_moves_no_column(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_bytes(b'\xef\xbb\xbfchair = [{id = "1", labl = "x"}]\n')
    assert (mistakes_of(path).line, mistakes_of(path).column) == (1, 21)


def test_all_mistakes_come_at_once_also_those_beside_others_in_one_block(tmp_path: Path) -> None:
    text = """
[web]
port = "80"
[[chair]]
id = 1
profile = "irn"
[[chair]]
id = "2"
strat = "watched"
[[device]]
id = "a"
chair = "1"
drivr = "nellcor"
link = "/dev/ttyUSB0"
[[device]]
id = "b"
chair = "3"
driver = "mqtt-json"
link = "serial:///dev/ttyUSB1"
[device.options]
period_s = "1"
real_zero = ["spo2"]
[device.options.vitals]
spo3 = "spo2"
"""
    error = mistakes_of(write(tmp_path, text))
    assert [(m.line, m.key) for m in error.mistakes] == [
        (3, "web.port"),
        (5, "chair.0.id"),
        (6, "chair.0.profile"),
        (9, "chair.1.strat"),
        (10, "device.0.driver"),
        (13, "device.0.drivr"),
        (14, "device.0.link"),
        (17, "device.1.chair"),
        (19, "device.1.link"),
        (21, "device.1.options.period_s"),
        (22, "device.1.options.real_zero.0"),
        (24, "device.1.options.vitals.spo3"),
    ]
    assert str(error).splitlines() == [str(mistake) for mistake in error.mistakes]


def test_a_broken_profile_file_is_told_once_and_in_its_own_place(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text("name = \n", "utf-8")
    path = write(tmp_path, '[clinic]\nprofile = "ours.toml"\n[[chair]]\nid = "1"\nprofile = "ours.toml"\n')
    (mistake,) = mistakes_of(path).mistakes
    assert (mistake.file, mistake.line) == (tmp_path / "ours.toml", 1)


def test_a_driver_that_cannot_be_imported_is_a_mistake_and_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(name: str) -> None:
        raise ImportError("No module named 'libfoo'")

    monkeypatch.setattr(checks_module, "load_driver", broken)
    device = '[[device]]\nid = "a"\nchair = "1"\ndriver = "nellcor"\nlink = "loop://a"\n'
    (mistake,) = mistakes_of(write(tmp_path, '[[chair]]\nid = "1"\n' + device)).mistakes
    assert mistake.key == "device.0.driver"
    assert "libfoo" in mistake.reason


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    error = mistakes_of(tmp_path / "nobody.toml")
    assert (error.file, error.line) == (tmp_path / "nobody.toml", 0)
    assert "no such file" in error.reason


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    assert "folder" in mistakes_of(tmp_path).reason


def test_a_name_that_no_file_can_have_is_said_plainly(tmp_path: Path) -> None:
    assert "cannot be read" in mistakes_of(tmp_path / ("x" * 300 + ".toml")).reason


def test_a_huge_file_is_refused_before_it_is_understood(tmp_path: Path) -> None:
    exact = '[[chair]]\nid = "1"\n#'
    assert load(write(tmp_path, exact + "x" * (MAX_BYTES - len(exact)))).chairs
    assert "1 MiB" in mistakes_of(write(tmp_path, exact + "x" * (MAX_BYTES - len(exact) + 1))).reason


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 100_000, "a = " + "[" * 250 + "]" * 250, "a = " + "1" * 5000, "a = 0x" + "f" * 5000]
)
def test_absurd_brackets_and_numbers_are_refused_and_no_crash(tmp_path: Path, text: str) -> None:
    assert mistakes_of(write(tmp_path, text)).mistakes
