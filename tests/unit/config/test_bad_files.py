"""Each file in tests/data/config_bad has one mistake, and is named for it: each is explained at its exact place."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch.config import BadConfig, load, load_profile

Place = tuple[int, int]
WHOLE_FILE = (0, 0)

CLINIC_FILES: dict[str, tuple[Place, str, list[str]]] = {
    # File name, then the place (line, column), the key, and words that the text has to hold.
    "binary": ((1, 1), "", ["UTF-8"]),
    "chair-id-twice": ((8, 6), "chair.2.id", ['"1"', "twice", "line 2"]),
    "chair-in-unknown-room": ((6, 8), "chair.0.room", ['"gardn"', 'Did you mean "garden"?']),
    "chair-with-single-brackets": ((1, 2), "chair", ["[[chair]]"]),
    "column-after-accents": ((1, 40), "chair.0.profil", ['"profil"', 'Did you mean "profile"?']),
    "device-at-unknown-chair": ((6, 9), "device.0.chair", ['no chair "3"', "Chairs here: 1"]),
    "device-id-twice": ((11, 6), "device.1.id", ['"ox-1"', "twice", "line 5"]),
    "driver-unknown": ((7, 10), "device.0.driver", ['"nelcor"', 'Did you mean "nellcor"?']),
    "flag-in-quotes": ((3, 23), "chair.0.spo2_nibp_same_limb", ["spo2_nibp_same_limb = true"]),
    "id-is-a-number": ((2, 6), "chair.0.id", ["text", 'Put quotes round it: id = "1".']),
    "id-with-blank": ((2, 6), "chair.0.id", ['"chair one"', "letters, digits"]),
    "interval-not-a-number": ((3, 21), "chair.0.nibp_interval_min", ["ordinary number"]),
    "interval-too-short": ((3, 21), "chair.0.nibp_interval_min", ["too low", "lowest allowed is 1.", "minutes"]),
    "label-empty": ((3, 9), "chair.0.label", ["1 to 40 characters"]),
    "label-is-a-date": ((3, 9), "chair.0.label", ["text in quotes", "the date 2017-12-29"]),
    "link-is-a-path": ((8, 8), "device.0.link", ["serial:///dev/ttyUSB0"]),
    "link-of-the-wrong-kind": ((8, 8), "device.0.link", ["nellcor", "MQTT"]),
    "link-option-unknown": ((9, 8), "device.0.link", ['"buad"', 'Did you mean "baud"?']),
    "listen-with-port": ((2, 10), "web.listen", ["IP address", "port has a line of its own"]),
    "loop-twice": ((14, 8), "device.1.link", ["loop", 'already used by device "ox-1"']),
    "missing-chair-id": ((1, 3), "chair.0.id", ['"id" is missing', "chair number 1"]),
    "missing-device-link": ((4, 3), "device.0.link", ['"link" is missing', 'device "ox-1"', "serial:///"]),
    "no-chair": (WHOLE_FILE, "", ["no chair", "[[chair]]"]),
    "not-utf8": ((2, 12), "", ["UTF-8"]),
    "port-in-quotes": ((2, 8), "web.port", ["whole number", "Leave the quotes out: port = 8080."]),
    "port-too-high": ((2, 8), "web.port", ["65536", "too high", "65535"]),
    "profile-file-missing": ((3, 11), "chair.0.profile", ["nobody.toml", "no such file"]),
    "profile-unknown": ((3, 11), "chair.0.profile", ['"ketamin-iv"', 'Did you mean "ketamine-iv"?']),
    "replay-fast-beside-a-real-device": ((8, 8), "device.0.link", ["speed=10", '"ox-2"', "speed=1"]),
    "replay-speeds-differ": ((14, 8), "device.1.link", ["speed=5", "speed=10", '"ox-1"']),
    "serial-port-twice": ((14, 8), "device.1.link", ["/dev/ttyUSB0", 'already used by device "ox-1"']),
    "start-unknown": ((3, 9), "chair.0.start", ['"wached"', 'Did you mean "watched"?']),
    "syntax-bracket-missing": ((4, 8), "", ["not TOML", "]]"]),
    "syntax-key-twice": ((3, 11), "", ["not TOML", "twice"]),
    "syntax-quote-not-closed": ((2, 17), "", ["not TOML", "quotation mark"]),
    "syntax-table-twice": ((4, 8), "", ["not TOML", "table stands twice"]),
    "syntax-text-without-quotes": ((2, 8), "", ["not TOML", "quotes"]),
    "unknown-driver-option": ((11, 1), "device.0.options.baud", ['"baud"', "nothing to set"]),
    "unknown-key-in-chair": ((3, 1), "chair.0.labl", ['"labl"', 'chair "1"', 'Did you mean "label"?']),
    "unknown-key-in-device": ((9, 1), "device.0.baud", ['"baud"', 'device "ox-1"', "options"]),
    "unknown-section": ((1, 2), "clinik", ['"clinik"', 'Did you mean "clinic"?']),
    "unknown-section-plural": ((1, 3), "chairs", ['"chairs"', 'Did you mean "chair"?']),
    "web-with-double-brackets": ((1, 3), "web", ["[web]"]),
}

PROFILE_FILES: dict[str, tuple[Place, str, list[str]]] = {
    "at-once-below-crisis": ((5, 20), "limits.systolic_at_once", ["systolic_crisis = 180", "adult-default.toml:"]),
    "deeper-waits-longer": ((5, 19), "delays.spo2_low_deeper", ["12", "at or below spo2_low_deep = 10"]),
    "delay-too-long": ((5, 12), "delays.spo2_low", ["31", "30 s"]),
    "heart-rate-delay-too-long": ((5, 18), "delays.heart_rate_low", ["61", "60 s"]),
    "heart-rate-outside-hard-range": ((5, 24), "limits.heart_rate_very_high", ["181", "180 bpm"]),
    "inherits-itself": ((3, 12), "inherits", ["circle"]),
    "inherits-missing-file": ((3, 12), "inherits", ["nobody.toml", "no such file"]),
    "inherits-unknown": ((3, 12), "inherits", ['"adult-defualt"', 'Did you mean "adult-default"?']),
    "limit-in-quotes": ((5, 12), "limits.mean_low", ["a number", "mean_low = 60"]),
    "limit-outside-hard-range": ((5, 12), "limits.spo2_low", ["79", "80 %"]),
    "limit-unknown": ((5, 1), "limits.spo2_lwo", ['"spo2_lwo"', "[limits]", 'Did you mean "spo2_low"?']),
    "limits-crossed": ((5, 19), "limits.heart_rate_high", ["heart_rate_low = 50", "below heart_rate_high = 49"]),
    "limits-not-a-table": ((1, 10), "limits", ["a table"]),
    "low-beyond-inherited-very-low": ((5, 12), "limits.spo2_low", ["spo2_very_low = 85", "below spo2_low = 84"]),
    "missing-version": (WHOLE_FILE, "version", ['"version" is missing']),
    "name-of-a-built-in": ((1, 8), "name", ['"iron"', "built-in"]),
    "sat-seconds-unknown": ((5, 15), "options.sat_seconds", ["30", "0, 10, 25, 50, 100"]),
    "sources-stated": ((4, 2), "sources", ['unknown key "sources"']),
    "syntax-letter-in-number": ((5, 13), "", ["not TOML", "digits"]),
    "version-is-a-number": ((2, 11), "version", ['version = "2"']),
    "very-delay-too-long": ((5, 17), "delays.spo2_very_low", ["11", "10 s"]),
    "very-low-not-beyond-low": ((5, 17), "limits.spo2_very_low", ["91", "below spo2_low = 90", "adult-default.toml:"]),
}


@pytest.fixture
def bad_files(project: Path) -> Path:
    return project / "tests" / "data" / "config_bad"


def assert_the_one_mistake(error: BadConfig, file: Path, place: Place, key: str, words: list[str]) -> None:
    (mistake,) = error.mistakes
    assert (mistake.line, mistake.column) == place
    assert mistake.key == key
    assert mistake.file == file
    for word in words:
        assert word in str(mistake)
    assert "\n" not in str(error)


@pytest.mark.parametrize("name", CLINIC_FILES)
def test_clinic_file_is_refused_at_the_place_of_its_mistake(bad_files: Path, name: str) -> None:
    file = bad_files / f"{name}.toml"
    with pytest.raises(BadConfig) as caught:
        load(file)
    assert_the_one_mistake(caught.value, file, *CLINIC_FILES[name])


@pytest.mark.parametrize("name", PROFILE_FILES)
def test_profile_is_refused_at_the_place_of_its_mistake(bad_files: Path, name: str) -> None:
    folder = bad_files / "profiles"
    with pytest.raises(BadConfig) as caught:
        load_profile(f"{name}.toml", folder)
    assert_the_one_mistake(caught.value, folder / f"{name}.toml", *PROFILE_FILES[name])


def test_every_bad_file_has_its_row(bad_files: Path) -> None:
    assert sorted(path.stem for path in bad_files.glob("*.toml")) == sorted(CLINIC_FILES)
    assert sorted(path.stem for path in (bad_files / "profiles").glob("*.toml")) == sorted(PROFILE_FILES)
