"""A clinic of several files is as if it stood in one, and each part still knows its own folder and lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch.config import BadConfig, Config, load
from vitalwatch.config.includes import MAX_FILES
from vitalwatch.link_url import parse_link

CHAIR = '[[chair]]\nid = "{0}"\n'
DEVICE = '[[device]]\nid = "{0}"\nchair = "{1}"\ndriver = "nellcor"\nlink = "{2}"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "garden").mkdir()
    return tmp_path


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name.replace('__', '/')}.toml").write_text(text, "utf-8")
    return folder / "clinic.toml"


def refused(path: Path) -> BadConfig:
    with pytest.raises(BadConfig) as caught:
        load(path)
    return caught.value


def test_included_chairs_come_first_and_in_the_order_of_the_list(folder: Path) -> None:
    clinic = write(
        folder,
        clinic='include = ["b.toml", "a.toml"]\n' + CHAIR.format("main"),
        a=CHAIR.format("a"),
        b='include = ["c.toml"]\n' + CHAIR.format("b"),
        c=CHAIR.format("c"),
    )
    loaded = load(clinic)
    assert [chair.id for chair in loaded.chairs] == ["c", "b", "a", "main"]
    assert loaded.files == tuple(folder / f"{name}.toml" for name in ("clinic", "b", "c", "a"))


def test_parts_may_name_each_others_rooms_and_chairs(folder: Path) -> None:
    clinic = write(
        folder,
        clinic='include = ["chairs.toml", "devices.toml"]\n[[room]]\nid = "garden"\n',
        chairs=CHAIR.format("1") + 'room = "garden"\n',
        devices=DEVICE.format("ox", "1", "loop://ox"),
    )
    assert load(clinic).devices_of("1")[0].id == "ox"


def test_sections_that_stand_once_may_stand_in_any_file(folder: Path) -> None:
    clinic = write(folder, clinic='include = ["web.toml"]\n' + CHAIR.format("1"), web="[web]\nport = 8090\n")
    assert load(clinic).web.port == 8090


@pytest.fixture
def in_a_folder(folder: Path) -> Config:
    profile = 'name = "{0}"\nversion = "1"\n[limits]\nspo2_low = {1}\n'
    return load(
        write(
            folder,
            clinic='include = ["garden/part.toml"]\n' + CHAIR.format("2") + 'profile = "ours.toml"\n',
            ours=profile.format("outer", 93),
            garden__ours=profile.format("inner", 94),
            garden__part=CHAIR.format("1")
            + 'profile = "ours.toml"\n'
            + DEVICE.format("ox", "1", "replay:monitor.txt?record=copy.vwlog"),
        )
    )


def test_a_relative_profile_is_meant_from_the_file_that_names_it(in_a_folder: Config) -> None:
    first, second = in_a_folder.chairs
    assert in_a_folder.profile_of(first).limits.spo2_low == 94
    assert in_a_folder.profile_of(second).limits.spo2_low == 93


def test_a_relative_recording_is_meant_from_the_file_that_names_it(in_a_folder: Config) -> None:
    link = in_a_folder.links["ox"]
    assert in_a_folder.folder / link.path == in_a_folder.folder / "garden" / "monitor.txt"
    assert in_a_folder.folder / link.record == in_a_folder.folder / "garden" / "copy.vwlog"
    assert link.text == "replay:monitor.txt?record=copy.vwlog"


def test_a_link_of_the_clinic_file_itself_stays_as_it_is_written(folder: Path) -> None:
    text = "replay:monitor.txt"
    loaded = load(write(folder, clinic=CHAIR.format("1") + DEVICE.format("ox", "1", text)))
    assert loaded.links["ox"] == parse_link(text)


def test_all_own_files_are_named_so_that_they_can_be_watched(in_a_folder: Config) -> None:
    names = ["clinic.toml", "garden/part.toml", "ours.toml", "garden/ours.toml"]
    assert sorted(in_a_folder.files) == sorted(in_a_folder.folder / name for name in names)
    assert in_a_folder.files[0] == in_a_folder.path


def test_an_included_profile_is_chosen_by_its_name(folder: Path) -> None:
    clinic = write(
        folder,
        clinic='include = ["iron.toml"]\n[clinic]\nprofile = "our-iron"\n' + CHAIR.format("1"),
        iron='name = "our-iron"\nversion = "1"\ninherits = "iron"\n',
    )
    loaded = load(clinic)
    assert loaded.profile_of(loaded.chairs[0]).options.reaction
    assert folder / "iron.toml" in loaded.files


def test_a_misspelt_included_profile_is_guessed(folder: Path) -> None:
    clinic = write(
        folder,
        clinic='include = ["ours.toml"]\n[clinic]\nprofile = "our-irn"\n' + CHAIR.format("1"),
        ours='name = "our-iron"\nversion = "1"\n',
    )
    assert 'Did you mean "our-iron"?' in refused(clinic).hint


def test_two_included_profiles_of_one_name_are_refused(folder: Path) -> None:
    profile = 'name = "ours"\nversion = "1"\n'
    clinic = write(folder, clinic='include = ["a.toml", "b.toml"]\n' + CHAIR.format("1"), a=profile, b=profile)
    (mistake,) = refused(clinic).mistakes
    assert (mistake.line, mistake.column, mistake.key) == (1, 22, "include.1")


def test_mistakes_of_all_files_come_at_once(folder: Path) -> None:
    clinic = write(
        folder,
        clinic='include = ["a.toml", "gone.toml"]\n[web]\nport = "80"\n',
        a='[[chair]]\nid = 1\n[[device]]\nid = "d"\nchair = "1"\ndriver = "nelcor"\nlink = "loop://d"\n',
    )
    found = [(m.file and m.file.name, m.line, m.key) for m in refused(clinic).mistakes]
    assert found == [
        ("a.toml", 2, "chair.0.id"),
        ("a.toml", 6, "device.0.driver"),
        ("clinic.toml", 1, "include.1"),
        ("clinic.toml", 3, "web.port"),
    ]


def test_what_may_stand_in_a_file_that_is_gone_is_not_called_missing(folder: Path) -> None:
    clinic = write(
        folder,
        clinic='include = ["gone.toml"]\n[clinic]\nprofile = "ours"\n' + DEVICE.format("ox", "1", "loop://ox"),
    )
    assert [mistake.key for mistake in refused(clinic).mistakes] == ["include.0"]


def test_a_circle_is_told_with_all_its_files(folder: Path) -> None:
    clinic = write(
        folder,
        clinic='include = ["a.toml"]\n' + CHAIR.format("1"),
        a='include = ["b.toml"]\n',
        b='include = ["garden/../a.toml"]\n',
    )
    (mistake,) = refused(clinic).mistakes
    assert "a.toml -> b.toml -> a.toml." in mistake.reason
    assert mistake.file == folder / "b.toml"


def test_a_symbolic_link_hides_no_circle(folder: Path) -> None:
    (folder / "other.toml").symlink_to(folder / "clinic.toml")
    (mistake,) = refused(write(folder, clinic='include = ["other.toml"]\n' + CHAIR.format("1"))).mistakes
    assert "circle" in mistake.reason


def test_endless_files_are_refused(folder: Path) -> None:
    files = {f"f{n}": f'include = ["f{n + 1}.toml"]\n' for n in range(MAX_FILES + 3)}
    clinic = write(folder, clinic='include = ["f0.toml"]\n' + CHAIR.format("1"), **files)
    (mistake,) = refused(clinic).mistakes
    assert str(MAX_FILES) in mistake.reason


@pytest.mark.parametrize("name", ["a\\u0000.toml", "x" * 300 + ".toml", "garden"])
def test_names_that_no_file_has_are_said_plainly(folder: Path, name: str) -> None:
    (mistake,) = refused(write(folder, clinic=f'include = ["{name}"]\n' + CHAIR.format("1"))).mistakes
    assert mistake.key == "include.0"


def test_binary_and_huge_parts_are_said_plainly(folder: Path) -> None:
    (folder / "binary.toml").write_bytes(b"\xff\x00\x01")
    (folder / "huge.toml").write_text("#" * (1024 * 1024 + 1))
    clinic = write(folder, clinic='include = ["binary.toml", "huge.toml"]\n' + CHAIR.format("1"))
    binary, huge = refused(clinic).mistakes
    assert (binary.file, binary.line, binary.column) == (folder / "binary.toml", 1, 1)
    assert (huge.file, huge.key) == (folder / "clinic.toml", "include.1")
    assert "1 MiB" in huge.reason
