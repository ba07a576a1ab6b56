"""Each file in tests/data/config_bad has one mistake, and is named for it: each is explained at its exact place."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch.config import BadConfig, load, load_profile
from vitalwatch.config.check import findings
from vitalwatch.config.report import as_json, as_text

Place = tuple[int, int]
WHOLE_FILE = (0, 0)

CLINIC_FILES: dict[str, tuple[Place, str, list[str]]] = {
    # File name, then the place (line, column), the key, and words that the text has to hold.
    "binary": ((1, 1), "", ["UTF-8"]),
    "broker-certificate-without-key": ((7, 1), "broker.0.cert_file", ["needs key_file"]),
    "broker-certificates-missing": ((7, 11), "broker.0.ca_file", ["nobody.crt", "no file"]),
    "broker-certificates-without-tls": ((7, 1), "broker.0.ca_file", ["TLS", "mqtts://"]),
    "broker-name-twice": ((9, 8), "broker.1.name", ['"ward"', "twice", "line 5"]),
    "broker-password-as-variable-name": ((8, 16), "broker.0.password_env", ["environment variable", "letters, digits"]),
    "broker-password-file-missing": ((8, 17), "broker.0.password_file", ["nobody.password"]),
    "broker-password-from-two-places": ((9, 16), "broker.0.password_env", ["password_file", "Keep one"]),
    "broker-password-in-the-file": ((8, 1), "broker.0.password", ['broker "ward"', "secret", "password_file"]),
    "broker-password-variable-not-set": ((8, 16), "broker.0.password_env", ["VITALWATCH_TEST_NOT_SET", "not set"]),
    "broker-password-without-user": ((7, 1), "broker.0.password_env", ["needs a user", "user = "]),
    "broker-twice": ((10, 7), "broker.1.url", ['"broker:1883"', '"ward"']),
    "broker-url-with-password": ((6, 7), "broker.0.url", ["no password", "password_file"]),
    "broker-url-without-kind": ((6, 7), "broker.0.url", ['"10.0.0.7:1883"', "mqtt://"]),
    "broker-version-unknown": ((7, 11), "broker.0.version", ['"3.1"', 'Did you mean "3.1.1"?']),
    "broker-with-tls-link-without": ((12, 8), "device.0.link", ["mqtt://", "mqtts://"]),
    "chair-id-twice": ((8, 6), "chair.2.id", ['"1"', "twice", "line 2"]),
    "chair-in-unknown-room": ((6, 8), "chair.0.room", ['"gardn"', 'Did you mean "garden"?']),
    "chair-with-single-brackets": ((1, 2), "chair", ["[[chair]]"]),
    "column-after-accents": ((1, 40), "chair.0.profil", ['"profil"', 'Did you mean "profile"?']),
    "device-at-unknown-chair": ((6, 9), "device.0.chair", ['no chair "3"', "Chairs here: 1"]),
    "device-id-twice": ((11, 6), "device.1.id", ['"ox-1"', "twice", "line 5"]),
    "device-command-of-another-driver": ((9, 10), "device.0.allow.0", ["nellcor", "start_nibp", "Take it out"]),
    "device-command-unknown": ((9, 10), "device.0.allow.0", ["start_nbp", "start_nibp"]),
    "driver-unknown": ((7, 10), "device.0.driver", ['"nelcor"', 'Did you mean "nellcor"?']),
    "flag-in-quotes": ((3, 23), "chair.0.spo2_nibp_same_limb", ["spo2_nibp_same_limb = true"]),
    "id-is-a-number": ((2, 6), "chair.0.id", ["text", 'Put quotes round it: id = "1".']),
    "id-with-blank": ((2, 6), "chair.0.id", ['"chair one"', "letters, digits"]),
    "include-a-folder": ((1, 12), "include.0", ['"parts"', ".toml"]),
    "include-a-number": ((1, 31), "include.1", ["text in quotes", "the number 2"]),
    "include-a-pattern": ((1, 12), "include.0", ['"parts/*"', ".toml"]),
    "include-below-a-header": ((3, 1), "clinic.include", ['"include"', "top of the file"]),
    "include-itself": ((1, 12), "include.0", ["circle: include-itself.toml -> include-itself.toml"]),
    "include-missing-file": ((1, 12), "include.0", ["nobody.toml", "no such file"]),
    "include-not-a-list": ((1, 11), "include", ["a list", 'include = ["parts/room.toml"]']),
    "include-twice": ((3, 3), "include.1", ["already included"]),
    "included-chair-id-twice": ((4, 6), "chair.0.id", ['"1"', "twice", "chair-1.toml, line 2"]),
    "included-clinic-twice": ((3, 2), "clinic", ['"clinic"', "clinic.toml:1"]),
    "interval-not-a-number": ((3, 21), "chair.0.nibp_interval_min", ["ordinary number"]),
    "interval-too-short": ((3, 21), "chair.0.nibp_interval_min", ["too low", "lowest allowed is 1.", "minutes"]),
    "label-empty": ((3, 9), "chair.0.label", ["1 to 40 characters"]),
    "label-is-a-date": ((3, 9), "chair.0.label", ["text in quotes", "the date 2017-12-29"]),
    "link-gives-bytes-to-a-message-driver": ((8, 8), "device.0.link", ["mqtt-json", "whole messages", "tcp link"]),
    "link-is-a-path": ((8, 8), "device.0.link", ["serial:///dev/ttyUSB0"]),
    "link-of-the-wrong-kind": ((8, 8), "device.0.link", ["nellcor", "MQTT"]),
    "link-option-unknown": ((9, 8), "device.0.link", ['"buad"', 'Did you mean "baud"?']),
    "listen-port-twice": ((14, 8), "device.1.link", ["port 4001", 'already used by device "ox-1"', "from="]),
    "listen-with-port": ((2, 10), "web.listen", ["IP address", "port has a line of its own"]),
    "loop-twice": ((14, 8), "device.1.link", ["loop", 'already used by device "ox-1"']),
    "missing-chair-id": ((1, 3), "chair.0.id", ['"id" is missing', "chair number 1"]),
    "missing-device-link": ((4, 3), "device.0.link", ['"link" is missing', 'device "ox-1"', "serial:///"]),
    "no-chair": (WHOLE_FILE, "", ["no chair", "[[chair]]"]),
    "not-utf8": ((2, 12), "", ["UTF-8"]),
    "person-id-twice": ((10, 6), "person.1.id", ['"n1"', "twice", "line 5"]),
    "person-role-unknown": ((7, 8), "person.0.role", ['"nurs"', 'Did you mean "nurse"?']),
    "person-with-single-brackets": ((4, 2), "person", ["[[person]]"]),
    "person-without-name": ((4, 3), "person.0.name", ['"name" is missing', 'person "n1"']),
    "port-in-quotes": ((2, 8), "web.port", ["whole number", "Leave the quotes out: port = 8080."]),
    "port-too-high": ((2, 8), "web.port", ["65536", "too high", "65535"]),
    "profile-file-missing": ((3, 11), "chair.0.profile", ["nobody.toml", "no such file"]),
    "profile-unknown": ((3, 11), "chair.0.profile", ['"ketamin-iv"', 'Did you mean "ketamine-iv"?']),
    "replay-fast-beside-a-real-device": ((8, 8), "device.0.link", ["speed=10", '"ox-2"', "speed=1"]),
    "replay-speeds-differ": ((14, 8), "device.1.link", ["speed=5", "speed=10", '"ox-1"']),
    "secret-in-device": ((9, 1), "device.0.token", ['device "ox-1"', "secret"]),
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

INCLUDED_FILES: dict[str, tuple[str, Place, str, list[str]]] = {
    # As above, with the included file that holds the mistake in front.
    "include-in-a-circle": (
        "circle",
        (1, 12),
        "include.0",
        ["include-in-a-circle.toml -> circle.toml -> include-in-a-circle.toml"],
    ),
    "included-chair-has-unknown-key": ("chair-wrong", (3, 1), "chair.0.labl", ['chair "2"', 'Did you mean "label"?']),
    "included-chair-profile-missing": ("chair-profile", (3, 11), "chair.0.profile", ["parts/nobody.toml"]),
    "included-file-is-not-toml": ("not-toml", (2, 8), "", ["not TOML", "quotation mark"]),
    "included-profile-out-of-range": ("profile-wrong", (5, 12), "limits.spo2_low", ["79", "80 %"]),
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


@pytest.mark.parametrize("name", INCLUDED_FILES)
def test_a_mistake_in_an_included_file_is_named_in_that_file(bad_files: Path, name: str) -> None:
    part, *rest = INCLUDED_FILES[name]
    with pytest.raises(BadConfig) as caught:
        load(bad_files / f"{name}.toml")
    assert_the_one_mistake(caught.value, bad_files / "parts" / f"{part}.toml", *rest)


@pytest.mark.parametrize("name", [*CLINIC_FILES, *INCLUDED_FILES, *(f"profiles/{name}" for name in PROFILE_FILES)])
def test_check_puts_the_caret_under_the_very_place(bad_files: Path, name: str) -> None:
    found = findings(bad_files / f"{name}.toml")
    (mistake, *_) = [*found.mistakes, *found.warnings]  # a secret that is absent is a warning to check
    rows = as_text(mistake, "mistake").plain.split("\n")
    assert rows[0].startswith(
        f"{mistake.file}:{mistake.line}:{mistake.column}: " if mistake.line else f"{mistake.file}: "
    )
    if mistake.line:
        assert mistake.file is not None
        line = mistake.file.read_bytes().decode("utf-8-sig", "replace").split("\n")[mistake.line - 1]
        prefix, caret = rows[1].partition("| ")[0], rows[2].partition("| ")[2]
        assert int(prefix) == mistake.line
        assert caret == " " * (mistake.column - 1) + "^"
        assert rows[1][len(prefix) + 2 :][: mistake.column - 1] == line[: mistake.column - 1]
    else:
        assert len(rows) == 1


@pytest.mark.parametrize(
    "name", [name for name in (*CLINIC_FILES, *INCLUDED_FILES) if "broker" in name or "secret" in name]
)
def test_no_secret_is_ever_shown(bad_files: Path, name: str) -> None:
    found = findings(bad_files / f"{name}.toml")
    every = [*found.mistakes, *found.warnings]
    shown = "".join(as_text(each, "mistake").plain for each in every) + as_json(found.mistakes, found.warnings)
    assert "do-not-write-me" not in shown


@pytest.mark.parametrize("name", PROFILE_FILES)
def test_profile_is_refused_at_the_place_of_its_mistake(bad_files: Path, name: str) -> None:
    folder = bad_files / "profiles"
    with pytest.raises(BadConfig) as caught:
        load_profile(f"{name}.toml", folder)
    assert_the_one_mistake(caught.value, folder / f"{name}.toml", *PROFILE_FILES[name])


def test_there_are_at_least_sixty_and_nearly_all_have_an_exact_place() -> None:
    places = [place for place, *_ in (*CLINIC_FILES.values(), *PROFILE_FILES.values())]
    places += [place for _, place, *_ in INCLUDED_FILES.values()]
    assert len(places) >= 100
    assert places.count(WHOLE_FILE) == 2  # no chair at all, no version at all: there is no line to point at


def test_every_bad_file_has_its_row(bad_files: Path) -> None:
    assert sorted(path.stem for path in bad_files.glob("*.toml")) == sorted([*CLINIC_FILES, *INCLUDED_FILES])
    assert sorted(path.stem for path in (bad_files / "profiles").glob("*.toml")) == sorted(PROFILE_FILES)
