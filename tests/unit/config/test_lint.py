"""Each warning comes at its place for what it warns of, and not for what is right."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.config.check import findings
from vitalwatch.config.lint.links import may_meet
from vitalwatch.errors import ConfigError
from vitalwatch.links.topics import overlap

SIGNED = 'name = "ours"\nversion = "1"\nsigned_by = "Medical lead"\n'
HEAD = '[clinic]\nprofile = "ours.toml"\n'
CHAIR = '[[chair]]\nid = "{0}"\n'
OXIMETER = '[[device]]\nid = "{0}"\nchair = "{1}"\ndriver = "nellcor"\nlink = "{2}"\n'
BRIDGE = '[[device]]\nid = "{0}"\nchair = "{1}"\ndriver = "mqtt-json"\nlink = "{2}"\n'
CUFF = '[device.options.vitals]\nsystolic = "s"\ndiastolic = "d"\n'
FALLBACK = "[fallback]\nsound = true\n"
SOUND = HEAD + CHAIR.format("1") + OXIMETER.format("ox", "1", "loop://ox")


class Lint:
    """Writes files into a folder and lints them; with a fallback, unless the text says something about it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.profile(SIGNED)

    def profile(self, text: str) -> None:
        (self.folder / "ours.toml").write_text(text, "utf-8")

    def __call__(self, text: str) -> list[ConfigError]:
        path = self.folder / "clinic.toml"
        path.write_text(text if "fallback" in text else f"{text}\n{FALLBACK}", "utf-8")
        found = findings(path)
        assert found.mistakes == []
        return found.warnings

    def one(self, text: str, key: str, line: int, column: int) -> ConfigError:
        (warning,) = self(text)
        assert (warning.key, warning.line, warning.column) == (key, line, column), warning
        return warning


@pytest.fixture
def lint(tmp_path: Path) -> Lint:
    return Lint(tmp_path)


def test_a_sound_clinic_has_no_warning(lint: Lint) -> None:
    assert lint(SOUND) == []


def test_a_file_with_a_mistake_has_no_warnings(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text('[[chair]]\nid = "1"\nlabl = "x"\n', "utf-8")
    assert findings(path).warnings == []


# Chairs


def test_chair_without_device(lint: Lint) -> None:
    warning = lint.one(SOUND + CHAIR.format("2"), "chair.1", 10, 3)
    assert '"2" has no device' in warning.reason


def test_chair_without_spo2(lint: Lint) -> None:
    text = HEAD + CHAIR.format("1") + BRIDGE.format("cuff", "1", "mqtt://ward/cuff") + CUFF
    assert "no SpO2" in lint.one(text, "chair.0", 3, 3).reason


def test_cuff_interval_without_a_cuff(lint: Lint) -> None:
    text = HEAD + CHAIR.format("1") + "nibp_interval_min = 5\n" + OXIMETER.format("ox", "1", "loop://ox")
    assert "no effect" in lint.one(text, "chair.0.nibp_interval_min", 5, 21).reason


def test_same_arm_without_a_cuff(lint: Lint) -> None:
    text = HEAD + CHAIR.format("1") + "spo2_nibp_same_limb = true\n" + OXIMETER.format("ox", "1", "loop://ox")
    assert "share no arm" in lint.one(text, "chair.0.spo2_nibp_same_limb", 5, 23).reason


def with_cuff(settings: str, options: str = "") -> str:
    devices = OXIMETER.format("ox", "1", "loop://ox") + BRIDGE.format("cuff", "1", "mqtt://ward/cuff")
    return HEAD + CHAIR.format("1") + settings + devices + options + CUFF


def test_same_arm_and_interval_with_a_cuff_are_right(lint: Lint) -> None:
    assert lint(with_cuff("spo2_nibp_same_limb = true\nnibp_interval_min = 15\n")) == []


def test_cuff_interval_longer_than_the_profiles(lint: Lint) -> None:
    warning = lint.one(with_cuff("nibp_interval_min = 16\n"), "chair.0.nibp_interval_min", 5, 21)
    assert "16 minutes" in warning.reason
    assert "more than the 15" in warning.reason


def test_two_chairs_of_one_room_that_look_alike(lint: Lint) -> None:
    second = CHAIR.format("2") + 'label = "1"\n' + OXIMETER.format("ox-2", "2", "loop://ox-2")
    assert 'both called "1"' in lint.one(SOUND + second, "chair.1.label", 12, 9).reason


def test_chairs_of_two_rooms_may_have_one_label(lint: Lint) -> None:
    second = CHAIR.format("2") + 'label = "1"\nroom = "b"\n' + OXIMETER.format("ox-2", "2", "loop://ox-2")
    assert lint(SOUND + second) == []


def test_room_without_a_chair(lint: Lint) -> None:
    assert '"attic"' in lint.one(SOUND + '[[room]]\nid = "attic"\n', "room.0", 10, 3).reason


# Devices and links


@pytest.mark.parametrize("other", ["mqtt://ward/a", "mqtt://WARD:1883/+", "mqtt://ward/#"])
def test_two_chairs_on_one_topic(lint: Lint, other: str) -> None:
    text = HEAD + CHAIR.format("1") + CHAIR.format("2")
    text += BRIDGE.format("a", "1", "mqtt://ward/a") + BRIDGE.format("b", "2", other)
    assert "two chairs" in lint.one(text, "device.1.link", 16, 8).reason


def test_one_topic_read_twice_for_the_same_vitals(lint: Lint) -> None:
    text = (
        HEAD + CHAIR.format("1") + BRIDGE.format("a", "1", "mqtt://ward/a") + BRIDGE.format("b", "1", "mqtt://ward/a")
    )
    assert "spo2" in lint.one(text, "device.1.link", 14, 8).reason


def test_one_topic_for_two_devices_of_a_chair_that_give_different_vitals_is_right(lint: Lint) -> None:
    text = HEAD + CHAIR.format("1") + BRIDGE.format("a", "1", "mqtt://ward/a")
    text += '[device.options.vitals]\nspo2 = "s"\n' + BRIDGE.format("b", "1", "mqtt://ward/a") + CUFF
    assert lint(text) == []


@pytest.mark.parametrize("other", ["mqtt://ward/b", "mqtt://theatre/a", "mqtt://ward:1884/a"])
def test_different_topics_brokers_and_ports_are_right(lint: Lint, other: str) -> None:
    text = HEAD + CHAIR.format("1") + CHAIR.format("2")
    assert lint(text + BRIDGE.format("a", "1", "mqtt://ward/a") + BRIDGE.format("b", "2", other)) == []


levels = st.sampled_from(["a", "b", "", "+", "$SYS"])
filters = st.builds(
    lambda parts, rest: "/".join([*parts, "#"] if rest else parts),
    st.lists(levels, min_size=1, max_size=4),
    st.booleans(),
)


@given(filters, filters)
def test_filters_meet_here_exactly_when_they_do_for_the_links(first: str, second: str) -> None:
    if first and second:  # the link's own check refuses an empty topic
        assert may_meet(first, second) is overlap(first, second)


def test_a_stream_so_slow_that_its_absence_is_noticed_late(lint: Lint) -> None:
    text = HEAD + CHAIR.format("1") + BRIDGE.format("a", "1", "mqtt://ward/a") + "[device.options]\nperiod_s = 11\n"
    assert "33 s" in lint.one(text, "device.0.options.period_s", 11, 12).reason
    assert lint(text.replace("11\n", "10\n")) == []


def test_a_cuff_slower_than_its_interval(lint: Lint) -> None:
    text = with_cuff("nibp_interval_min = 5\n", "[device.options]\nperiod_s = 301\n")
    assert "every 5 minutes" in lint.one(text, "device.1.options.period_s", 17, 12).reason
    assert lint(text.replace("301", "300")) == []


def test_a_serial_port_that_may_be_another_one_tomorrow(lint: Lint) -> None:
    text = HEAD + CHAIR.format("1") + OXIMETER.format("ox", "1", "serial:///dev/ttyUSB0?baud=9600")
    assert "by-id" in lint.one(text, "device.0.link", 9, 8).hint
    assert lint(text.replace("ttyUSB0", "serial/by-id/usb-1")) == []


def test_line_settings_that_the_driver_does_not_know(lint: Lint) -> None:
    text = HEAD + CHAIR.format("1") + OXIMETER.format("ox", "1", "serial:///dev/serial/by-id/usb-1?baud=4800&parity=E")
    reason = lint.one(text, "device.0.link", 9, 8).reason
    assert "9600 8N1 or 19200 8N1" in reason
    assert "4800 8E1" in reason


def test_a_recording_that_is_not_there(lint: Lint) -> None:
    text = HEAD + CHAIR.format("1") + OXIMETER.format("ox", "1", "replay:monitor.txt")
    assert "monitor.txt" in lint.one(text, "device.0.link", 9, 8).reason
    (lint.folder / "monitor.txt").touch()
    assert lint(text) == []


def test_a_real_device_in_a_clinic_that_is_marked_simulated(lint: Lint) -> None:
    text = HEAD + "simulated = true\n" + CHAIR.format("1") + OXIMETER.format("ox", "1", "serial:///dev/serial/by-id/u")
    assert "SIMULATED" in lint.one(text, "clinic.simulated", 3, 13).reason
    assert lint(SOUND.replace(HEAD, HEAD + "simulated = true\n")) == []


def test_a_page_that_is_open_to_the_network(lint: Lint) -> None:
    assert "network" in lint.one(SOUND + '[web]\nlisten = "0.0.0.0"\n', "web.listen", 11, 10).reason


# Brokers


def broker(link: str, *lines: str) -> str:
    text = HEAD + CHAIR.format("1") + BRIDGE.format("a", "1", link)
    return text + '[[broker]]\nname = "ward"\n' + "\n".join(lines) + "\n"


def test_a_broker_that_nothing_uses(lint: Lint) -> None:
    warning = lint.one(broker("mqtt://ward/a", 'url = "mqtt://theatre"'), "broker.0", 10, 3)
    assert "mqtt://theatre:1883/" in warning.hint
    assert lint(broker("mqtt://ward/a", 'url = "mqtt://ward"')) == []


@pytest.fixture
def secret(lint: Lint) -> Path:
    path = lint.folder / "secret"
    path.write_text("open-sesame", "utf-8")
    path.chmod(0o640)
    return path


@pytest.mark.usefixtures("secret")
def test_a_password_that_travels_without_tls(lint: Lint) -> None:
    signed_in = ('user = "vw"', 'password_file = "secret"')
    lint.one(broker("mqtt://ward/a", 'url = "mqtt://ward"', *signed_in), "broker.0.url", 12, 7)
    assert lint(broker("mqtts://ward/a", 'url = "mqtts://ward"', *signed_in)) == []
    assert lint(broker("mqtt://localhost/a", 'url = "mqtt://localhost"', *signed_in)) == []


@pytest.mark.parametrize("mode", [0o604, 0o660])
def test_a_password_file_that_is_open_to_others(lint: Lint, secret: Path, mode: int) -> None:
    secret.chmod(mode)
    text = broker("mqtts://ward/a", 'url = "mqtts://ward"', 'user = "vw"', 'password_file = "secret"')
    assert "chmod" in lint.one(text, "broker.0.password_file", 14, 17).hint


def test_a_secret_that_this_account_cannot_fetch(lint: Lint) -> None:
    text = broker("mqtts://ward/a", 'url = "mqtts://ward"', 'user = "vw"', 'password_file = "gone"')
    lint.one(text, "broker.0.password_file", 14, 17)


# Profiles


def test_an_unsigned_profile_is_told_once_where_it_is_first_named(lint: Lint) -> None:
    text = CHAIR.format("1") + CHAIR.format("2") + 'profile = "iron"\n'
    text += OXIMETER.format("a", "1", "loop://a") + OXIMETER.format("b", "2", "loop://b")
    assert [(w.key, w.line) for w in lint(text)] == [("chair.0", 1), ("chair.1.profile", 5)]
    assert [(w.key, w.line) for w in lint(text.replace("iron", "adult-default"))] == [("chair.0", 1)]
    named = '[clinic]\nprofile = "iron"\n' + text
    assert [(w.key, w.line) for w in lint(named)] == [("clinic.profile", 2)]


def test_the_clinics_profile_is_not_told_of_when_no_chair_has_it(lint: Lint) -> None:
    text = '[clinic]\nprofile = "iron"\n' + CHAIR.format("1") + 'profile = "ours.toml"\n'
    assert lint(text + OXIMETER.format("a", "1", "loop://a")) == []


@pytest.mark.parametrize(
    ("section", "setting", "words"),
    [
        ("limits", "spo2_low = 89", "alarms less"),
        ("limits", "heart_rate_very_high = 141", "alarms less"),
        ("limits", "heart_rate_low = 49", "alarms less"),
        ("delays", "spo2_very_low = 6", "alarms later"),
        ("options", "reaction = false", "REACTION is switched off"),
        ("options", "sat_seconds = 50", "later"),
        ("options", "nibp_interval_min = 6", "fewer cuff readings"),
        ("trends", "fall_medium_percent = 31", "alarms less"),
    ],
)
def test_looser_than_the_built_in_profile_or_switched_off(lint: Lint, section: str, setting: str, words: str) -> None:
    lint.profile(f'{SIGNED}inherits = "iron"\n[{section}]\n{setting}\n')
    key = setting.partition(" ")[0]
    warning = lint.one(SOUND, f"{section}.{key}", 6, len(key) + 4)
    assert words in warning.reason
    assert '"iron"' in warning.hint
    assert warning.file == lint.folder / "ours.toml"


@pytest.mark.parametrize(
    ("section", "setting"),
    [
        ("limits", "spo2_low = 93"),
        ("limits", "spo2_low = 90"),
        ("limits", "heart_rate_high = 110"),
        ("delays", "spo2_low_deeper = 4"),
        ("options", "nibp_interval_min = 4"),
        ("trends", "rise_medium_systolic = 40"),
    ],
)
def test_tighter_or_equal_is_right(lint: Lint, section: str, setting: str) -> None:
    lint.profile(f'{SIGNED}inherits = "iron"\n[{section}]\n{setting}\n')
    assert lint(SOUND) == []


def test_a_looser_value_is_told_in_the_file_of_the_clinic_that_sets_it(lint: Lint) -> None:
    (lint.folder / "base.toml").write_text(SIGNED.replace("ours", "base") + "[limits]\nspo2_low = 88\n", "utf-8")
    lint.profile(SIGNED + 'inherits = "base.toml"\n')
    assert lint.one(SOUND, "limits.spo2_low", 5, 12).file == lint.folder / "base.toml"


def test_a_limit_that_nothing_at_the_chair_can_reach(lint: Lint) -> None:
    lint.profile(SIGNED + "[limits]\nrespiration_low = 9\nspo2_low = 91\n[delays]\napnea = 15\n")
    reason = lint.one(SOUND, "chair.0", 3, 3).reason
    assert "respiration_low, apnea" in reason
    assert "measures respiration_rate" in reason


def test_a_limit_on_the_heart_rate_is_fed_by_the_pulse_rate(lint: Lint) -> None:
    lint.profile(SIGNED + "[limits]\nheart_rate_high = 110\n")
    assert lint(SOUND) == []


def test_a_profile_file_can_be_checked_by_itself(lint: Lint) -> None:
    lint.profile('name = "ours"\nversion = "1"\n[limits]\nspo2_low = 88\n')
    found = findings(lint.folder / "ours.toml")
    assert [(w.key, w.line) for w in found.warnings] == [("name", 1), ("limits.spo2_low", 4)]
    assert found.about == "profile ours, "


def test_the_built_in_profiles_have_only_the_warning_that_nobody_signed_them(project: Path) -> None:
    for path in (project / "config" / "profiles").glob("*.toml"):
        found = findings(path)
        assert found.mistakes == []
        assert [warning.key for warning in found.warnings] == ["name"]


# The fallback


@pytest.mark.parametrize("text", ["", "[fallback]\n", "[fallback]\nsound = false\n"])
def test_no_fallback(lint: Lint, text: str) -> None:
    (warning,) = lint(SOUND + (text or "# no fallback\n"))
    assert "nobody is called" in warning.reason
    assert "[fallback]" in warning.hint


def test_a_fallback_command_that_cannot_be_run_here(lint: Lint) -> None:
    text = SOUND + '[fallback]\ncommand = ["/no/such/program", "-v"]\n'
    assert "/no/such/program" in lint.one(text, "fallback.command", 11, 11).reason


def test_a_sound_or_a_command_that_is_there_is_right(lint: Lint) -> None:
    assert lint(SOUND + FALLBACK) == []
    assert lint(SOUND + '[fallback]\ncommand = ["/bin/sh"]\n') == []
