"""Another set of chairs in the middle of everything: what stays to the byte, what changes, and what a preview says."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.alarms.bench import NURSE, monitor
from vitalwatch.alarms import AlarmEvent, ChairSpec, Engine, Output, Profile, State, Transition, WouldChange
from vitalwatch.alarms.events import (
    CLINIC,
    Acknowledge,
    ChangeLimit,
    CuffRead,
    Heard,
    LinkChanged,
    PauseAudio,
    Sampled,
    SetChairState,
    SetPhase,
    Shelve,
    StatusChanged,
    TakeBaseline,
)
from vitalwatch.alarms.facts import DeviceSpec
from vitalwatch.alarms.profile import HARD_RANGES, Limits, changed, numbers
from vitalwatch.errors import UsageError
from vitalwatch.model import Status, Validity, Vital

SPO2, HEART = Vital.SPO2, Vital.HEART_RATE


def spec(name: str, profile: Profile | None = None, *devices: DeviceSpec, **more: object) -> ChairSpec:
    """A chair with one monitor ``mon-NAME``, unless told otherwise."""
    return ChairSpec(name, devices or (monitor(f"mon-{name}"),), profile or Profile(), **more)  # type: ignore[arg-type]


def with_limits(name: str = "ours", **limits: float) -> Profile:
    return Profile(name=name, limits=msgspec.structs.replace(Limits(), **limits))


class Room:
    """Some chairs, all watched and with an infusion running, and a clock driven by hand."""

    def __init__(self, *specs: ChairSpec) -> None:
        self.specs = list(specs)
        self.engine = Engine(specs, 0.0)
        self.now = 0.0
        for each in specs:
            for device in each.devices:
                self.engine.step(LinkChanged(each.id, device.id, True), 0.0)
            self.engine.step(SetPhase(each.id, "infusion", NURSE), 0.0)

    def sample(self, chair: str, vital: Vital, value: float | None, seconds: int = 1) -> None:
        """A value each second, for so many seconds; the clock then stands at the last one."""
        validity = Validity.UNAVAILABLE if value is None else Validity.VALID
        for _ in range(seconds):
            self.now += 1.0
            self.engine.step(
                Sampled(chair, f"mon-{chair}", vital, None if value is None else float(value), validity), self.now
            )

    def reconfigure(self, *specs: ChairSpec) -> list[Output]:
        self.specs = list(specs)
        return self.engine.reconfigure(specs, self.now)

    def state(self, chair: str, condition: str) -> State:
        return self.engine.chair(chair).tracks[condition].state

    def kept(self) -> dict[str, bytes]:
        return {chair: msgspec.json.encode(self.engine.chair(chair)) for chair in self.engine.chairs}


def busy(*names: str) -> Room:
    """A room whose chairs have a bit of everything: values, delays that run, answered and shelved alarms, a pause."""
    room = Room(*(spec(name) for name in names))
    for name in names:
        step = room.engine.step
        step(CuffRead(name, f"mon-{name}", 184.0, 100.0), room.now)
        room.sample(name, SPO2, 97, 35)
        step(TakeBaseline(name, NURSE), room.now)
        room.sample(name, SPO2, 88, 16)
        step(Acknowledge(name, "SPO2-LOW", NURSE), room.now)
        step(Shelve(name, "HR-HIGH", NURSE, "exercise", 600), room.now)
        step(ChangeLimit(name, "limits.heart_rate_low", 45, NURSE, "athlete", "Ben"), room.now)
        step(StatusChanged(name, f"mon-{name}", Status.BATTERY_LOW, True), room.now)
        room.sample(name, SPO2, 83, 2)
        room.sample(name, HEART, 44, 1)
        step(PauseAudio(name, NURSE), room.now)
    return room


def sayings(outputs: Sequence[Output], event: str) -> list[AlarmEvent]:
    return [output for output in outputs if isinstance(output, AlarmEvent) and output.event == event]


# What is not concerned


def test_the_busy_room_of_the_next_tests_has_running_delays_answers_a_shelf_a_pause_and_own_limits() -> None:
    room = busy("1")
    chair = room.engine.chair("1")
    states = {track.state for track in chair.tracks.values()}
    assert {State.PENDING, State.ACTIVE, State.ACKNOWLEDGED, State.SHELVED, State.IDLE} <= states
    assert chair.audio_paused_until is not None
    assert chair.own_profile is not None
    assert chair.baseline is not None


def test_the_same_chairs_again_change_nothing_to_the_byte_and_say_nothing() -> None:
    room = busy("1", "2")
    before = room.engine.snapshot()
    assert room.reconfigure(spec("1"), spec("2")) == []
    assert room.engine.snapshot() == before


def test_what_happens_at_other_chairs_leaves_a_chair_as_it_is_to_the_byte() -> None:
    """One is taken out, one gets another profile, one another device, one is new."""
    room = busy("1", "2", "3", "4")
    before = room.kept()
    outputs = room.reconfigure(
        spec("5"), spec("3", with_limits(spo2_low=95.0)), spec("1"), spec("4", None, monitor("other"))
    )
    after = room.kept()
    assert list(after) == ["5", "3", "1", "4"]
    assert after["1"] == before["1"]
    assert after["3"] != before["3"]
    assert after["4"] != before["4"]
    assert {output.chair for output in outputs} <= {"2", "3", "4", CLINIC}


def test_a_chair_that_is_not_concerned_goes_on_in_time_as_if_nothing_had_been() -> None:
    """Its delays, its answers and its pause run out at the very same moments, with the same words."""
    one, other = busy("1", "2"), busy("1", "2")
    one.reconfigure(spec("1"), spec("3"))

    def told(room: Room) -> list[Output]:
        said: list[Output] = []
        for _ in range(200):
            room.now += 1.0
            said += room.engine.step(Sampled("1", "mon-1", SPO2, 83.0, Validity.VALID), room.now)
        return [output for output in said if output.chair == "1"]

    assert told(one) == told(other)
    assert msgspec.json.encode(one.engine.chair("1")) == msgspec.json.encode(other.engine.chair("1"))


def test_a_restart_right_after_a_change_of_chairs_goes_on_the_same() -> None:
    room = busy("1", "2")
    room.reconfigure(spec("1", with_limits(spo2_low=95.0)), spec("3"))
    restored = Engine.restore(room.engine.snapshot())
    assert restored.snapshot() == room.engine.snapshot()
    assert restored.advance(room.now + 400) == room.engine.advance(room.now + 400)


# Chairs that come and go


def test_a_chair_that_is_taken_out_ends_its_alarms_and_is_unknown_from_then_on() -> None:
    room = busy("1", "2")
    open_before = {name for name, track in room.engine.chair("2").tracks.items() if track.state is not State.IDLE}
    outputs = room.reconfigure(spec("1"))
    ended = [o for o in outputs if isinstance(o, Transition) and o.chair == "2"]
    assert {(o.condition, o.target, o.reason) for o in ended} == {
        (name, State.IDLE, "taken out of the config") for name in open_before
    }
    assert len(open_before) >= 4
    assert room.engine.chairs == ["1"]
    assert "2" not in {output.chair for output in room.engine.advance(room.now + 3600)}
    with pytest.raises(UsageError, match='no chair "2"'):
        room.engine.step(Heard("2", "mon-2"), room.now + 3600)


def test_a_chair_that_comes_back_knows_nothing_of_before() -> None:
    room = busy("1", "2")
    room.reconfigure(spec("1"))
    room.reconfigure(spec("1"), spec("2"))
    fresh = Engine([spec("2")], room.now)
    assert msgspec.json.encode(room.engine.chair("2")) == msgspec.json.encode(fresh.chair("2"))


def test_a_chair_that_is_added_is_watched_from_then_on() -> None:
    room = Room(spec("1"))
    room.reconfigure(spec("1"), spec("2"))
    room.engine.step(LinkChanged("2", "mon-2", True), room.now)
    room.sample("2", SPO2, 80, 7)
    assert room.state("2", "SPO2-LOW") is State.ACTIVE
    facts = room.engine.chair(CLINIC).clinic
    assert facts is not None
    assert facts.watched == 2


# Chairs that change


def test_a_new_profile_says_each_value_that_changed_and_judges_what_is_there() -> None:
    room = Room(spec("1"))
    room.sample("1", SPO2, 92, 20)
    outputs = room.reconfigure(spec("1", with_limits("stricter", spo2_low=95.0)))
    (told,) = sayings(outputs, "reconfigured")
    assert (told.chair, told.at, told.text) == (
        *("1", room.now),
        "profile adult-default -> stricter; limits.spo2_low 90 -> 95",
    )
    assert room.state("1", "SPO2-LOW") is State.PENDING
    room.sample("1", SPO2, 92, 16)
    assert room.state("1", "SPO2-LOW") is State.ACTIVE


def test_a_profile_that_keeps_its_name_is_told_by_its_values() -> None:
    room = Room(spec("1", with_limits(spo2_low=91.0)))
    off = msgspec.structs.replace(
        with_limits(spo2_low=92.0),
        trends=msgspec.structs.replace(Profile().trends, rise_systolic_percent=None),
        options=msgspec.structs.replace(Profile().options, reaction=True),
    )
    (told,) = sayings(room.reconfigure(spec("1", off)), "reconfigured")
    assert told.text == "limits.spo2_low 91 -> 92; options.reaction off -> on; trends.rise_systolic_percent 20 -> off"


def test_a_profile_whose_lines_moved_is_told_as_the_same_values() -> None:
    one, other = (Profile(sources={"limits.spo2_low": f"ours.toml:{line}"}) for line in (9, 12))
    room = Room(spec("1", one))
    (told,) = sayings(room.reconfigure(spec("1", other)), "reconfigured")
    assert told.text == "profile adult-default: the same values"
    assert room.engine.chair("1").profile.source("limits.spo2_low") == "ours.toml:12"


def test_a_wider_limit_lets_an_alarm_end_by_its_own_rules_not_at_once() -> None:
    room = Room(spec("1"))
    room.sample("1", SPO2, 88, 20)
    room.engine.step(Acknowledge("1", "SPO2-LOW", NURSE), room.now)
    room.reconfigure(spec("1", with_limits(spo2_low=86.0)))
    assert room.state("1", "SPO2-LOW") is State.ACKNOWLEDGED
    room.sample("1", SPO2, 88, 4)
    assert room.state("1", "SPO2-LOW") is State.IDLE


def test_limb_and_cuff_interval_are_told_and_hold() -> None:
    room = Room(spec("1"))
    (told,) = sayings(room.reconfigure(spec("1", same_limb=True, nibp_interval_s=300)), "reconfigured")
    assert told.text == "cuff on the oximeter's arm: yes; cuff interval 15 -> 5 min"
    chair = room.engine.chair("1")
    assert (chair.same_limb, chair.nibp_interval_s) == (True, 300.0)


def test_one_devices_state_goes_with_it_and_the_others_is_kept() -> None:
    first, second, third = monitor("a", (SPO2,)), monitor("b", (HEART,)), monitor("c", (HEART,))
    room = Room(spec("1", None, first, second))
    room.engine.step(Sampled("1", "a", SPO2, 97.0, Validity.VALID), 1.0)
    room.engine.step(Sampled("1", "b", HEART, 70.0, Validity.VALID), 1.0)
    room.now = 1.0
    kept = msgspec.json.encode(room.engine.chair("1").devices["a"])
    (told,) = sayings(room.reconfigure(spec("1", None, third, first)), "reconfigured")
    assert told.text == "devices -b +c"
    devices = room.engine.chair("1").devices
    assert list(devices) == ["c", "a"]
    assert msgspec.json.encode(devices["a"]) == kept
    assert (devices["c"].up, devices["c"].samples) == (None, {})


def test_devices_in_another_order_keep_their_state_and_the_first_one_speaks() -> None:
    one, other = monitor("a", (SPO2,)), monitor("b", (SPO2,))
    room = Room(spec("1", None, one, other))
    for device, value in (("a", 97.0), ("b", 93.0)):
        room.engine.step(Sampled("1", device, SPO2, value, Validity.VALID), 1.0)
    room.now = 1.0
    assert len(sayings(room.reconfigure(spec("1", None, other, one)), "reconfigured")) == 1
    sample = room.engine.chair("1").newest(SPO2, 1.0)
    assert sample is not None
    assert sample.value == 93.0


def test_a_lost_device_that_is_taken_out_ends_its_link_alarm() -> None:
    room = Room(spec("1", None, monitor("mon-1"), monitor("old")))
    room.engine.step(LinkChanged("1", "old", False, "unplugged"), 1.0)
    room.now = 1.0
    room.sample("1", SPO2, 97, 20)
    assert room.state("1", "T-LINK") is State.ACTIVE
    room.reconfigure(spec("1"))
    room.sample("1", SPO2, 97, 5)
    assert room.state("1", "T-LINK") is not State.ACTIVE


def test_an_alarm_whose_device_is_taken_out_does_not_end_since_nothing_is_known_any_more() -> None:
    room = Room(spec("1", None, monitor("mon-1", (SPO2,)), monitor("b", (HEART,))))
    room.sample("1", SPO2, 80, 10)
    room.reconfigure(spec("1", None, monitor("b", (HEART,))))
    room.engine.advance(room.now + 60)
    assert room.state("1", "SPO2-LOW") is State.ACTIVE


def test_a_chair_that_is_empty_takes_on_its_profile_and_stays_empty() -> None:
    room = Room(spec("1"))
    room.engine.step(SetChairState("1", "empty", NURSE), 0.0)
    outputs = room.reconfigure(spec("1", with_limits(spo2_low=95.0), start="watched"))
    assert [type(output) for output in outputs] == [AlarmEvent]
    assert room.engine.chair("1").state == "empty"


# This patient's own limits


def own(room: Room, key: str, value: float) -> None:
    room.engine.step(ChangeLimit("1", key, value, NURSE, "known", "Ben"), room.now)


def test_this_patients_limits_are_kept_with_who_set_them_and_the_rest_is_the_new_profiles() -> None:
    room = Room(spec("1"))
    own(room, "limits.spo2_low", 88)
    room.reconfigure(spec("1", with_limits(heart_rate_high=110.0)))
    chair = room.engine.chair("1")
    assert (chair.profile.limits.spo2_low, chair.profile.limits.heart_rate_high) == (88.0, 110.0)
    assert NURSE in chair.profile.source("limits.spo2_low")
    assert chair.own_profile == with_limits(heart_rate_high=110.0)


def test_two_limits_of_which_one_fits_only_after_the_other_are_both_kept() -> None:
    """Both lie below the new profile's pair: taken in the order of the catalogue, the first was once dropped."""
    room = Room(spec("1"))
    own(room, "limits.spo2_very_low", 80)
    own(room, "limits.spo2_low", 84)
    outputs = room.reconfigure(spec("1", with_limits(heart_rate_high=110.0)))
    limits = room.engine.chair("1").profile.limits
    assert (limits.spo2_low, limits.spo2_very_low) == (84.0, 80.0)
    assert "does not fit" not in sayings(outputs, "reconfigured")[0].text


def test_a_limit_that_does_not_fit_gives_way_and_that_is_said() -> None:
    room = Room(spec("1"))
    own(room, "limits.heart_rate_high", 100)
    outputs = room.reconfigure(spec("1", with_limits(heart_rate_low=105.0, heart_rate_high=125.0)))
    (told,) = sayings(outputs, "reconfigured")
    assert told.text.endswith("this patient's limits.heart_rate_high 100 does not fit: 125 holds")
    chair = room.engine.chair("1")
    assert (chair.profile.limits.heart_rate_high, chair.own_profile) == (125.0, None)


def test_nobody_is_reminded_any_more_of_limits_that_are_not_looser_than_the_new_profile() -> None:
    room = Room(spec("1"))
    own(room, "limits.spo2_low", 86)
    room.reconfigure(spec("1", with_limits(spo2_low=86.0)))
    assert room.engine.chair("1").kept_quiet_since is None
    assert sayings(room.engine.advance(room.now + 300), "reminder") == []


def test_limits_that_are_looser_than_the_new_profile_are_reminded_of_a_minute_later() -> None:
    room = Room(spec("1"))
    own(room, "limits.spo2_low", 92)
    room.now = 500.0
    room.engine.advance(room.now)
    room.reconfigure(spec("1", with_limits(spo2_low=95.0)))
    reminders = sayings(room.engine.advance(room.now + 100), "reminder")
    assert [reminder.at for reminder in reminders] == [560.0]


def test_a_new_visit_forgets_this_patients_limits_and_has_the_new_profile() -> None:
    room = Room(spec("1"))
    own(room, "limits.spo2_low", 88)
    room.reconfigure(spec("1", with_limits(spo2_low=93.0)))
    room.engine.step(SetChairState("1", "empty", NURSE), room.now)
    assert room.engine.chair("1").profile == with_limits(spo2_low=93.0)


def within(profile: Profile, key: str, value: float) -> Profile:
    try:
        return changed(profile, key, value, NURSE, "known")
    except UsageError:
        return profile


changes = st.lists(st.tuples(st.sampled_from(sorted(HARD_RANGES)), st.integers(0, 220)), max_size=12)


@given(patients=changes, profiles=changes)
def test_after_any_change_of_profile_nothing_is_crossed_and_every_value_is_the_patients_or_the_profiles(
    patients: list[tuple[str, int]], profiles: list[tuple[str, int]]
) -> None:
    room = Room(spec("1"))
    for key, value in patients:
        try:
            own(room, key, value)
        except UsageError:
            continue
    new = Profile(name="new")
    for key, value in profiles:
        new = within(new, key, value)
    before, old = numbers(room.engine.chair("1").profile), numbers(Profile())
    room.reconfigure(spec("1", msgspec.structs.replace(new, sources={})))
    after = numbers(room.engine.chair("1").profile)
    for key in HARD_RANGES:
        kept = before[key] if before[key] != old[key] else numbers(new)[key]
        assert after[key] in (kept, numbers(new)[key])
        if before[key] != after[key] != kept:  # given up: it does not fit what holds now
            with pytest.raises(UsageError):
                changed(room.engine.chair("1").profile, key, before[key], NURSE, "known")


# A look ahead


def test_a_preview_changes_nothing_to_the_byte() -> None:
    room = busy("1", "2")
    before, due = room.engine.snapshot(), room.engine.next_deadline()
    assert room.engine.preview([spec("1", with_limits(spo2_low=95.0)), spec("3")]) != []
    assert (room.engine.snapshot(), room.engine.next_deadline()) == (before, due)


def test_the_same_chairs_start_and_stop_nothing() -> None:
    """Not even alarms that are about to end, latched, answered or on the shelf; they were once listed as stopping."""
    room = busy("1", "2")
    room.sample("1", SPO2, 97, 2)
    assert room.engine.preview(room.specs) == []
    room.sample("1", SPO2, 97, 60)
    assert room.engine.preview(room.specs) == []


def test_a_latched_alarm_is_not_said_to_stop() -> None:
    room = Room(spec("1"))
    room.engine.step(CuffRead("1", "mon-1", 210.0, 100.0), 1.0)
    room.engine.step(CuffRead("1", "mon-1", 120.0, 80.0), 2.0)
    room.now = 2.0
    assert room.state("1", "BP-CRISIS") is State.LATCHED
    assert room.engine.preview(room.specs) == []


def test_a_preview_names_the_alarm_that_would_start_with_its_delay_and_words() -> None:
    room = Room(spec("1"), spec("2"))
    room.sample("1", SPO2, 92, 3)
    room.sample("2", SPO2, 98, 1)
    stricter = with_limits(spo2_low=95.0)
    found = room.engine.preview([spec("1", stricter), spec("2", stricter)])
    assert found == [WouldChange("1", "SPO2-LOW", True, 10.0, "SpO2 low 92 < 95")]
    room.reconfigure(spec("1", stricter), spec("2", stricter))
    began = room.now
    said: list[Output] = []
    for _ in range(20):
        room.now += 1.0
        said += room.engine.step(Sampled("1", "mon-1", SPO2, 92.0, Validity.VALID), room.now)
    active = [o for o in said if isinstance(o, Transition) and (o.chair, o.target) == ("1", State.ACTIVE)]
    assert [(o.condition, o.at - began) for o in active] == [("SPO2-LOW", found[0].delay_s)]


def test_a_preview_names_the_alarm_that_would_stop() -> None:
    room = Room(spec("1"))
    room.sample("1", SPO2, 88, 20)
    found = room.engine.preview([spec("1", with_limits(spo2_low=85.5))])
    assert found == [WouldChange("1", "SPO2-LOW", False, 0.0, "SpO2 low 88 < 90")]


def test_a_preview_names_every_alarm_of_a_chair_that_would_go() -> None:
    room = busy("1", "2")
    going = {name for name, track in room.engine.chair("2").tracks.items() if track.state is not State.IDLE}
    found = room.engine.preview([spec("1")])
    assert {(change.chair, change.condition, change.starts) for change in found} == {("2", c, False) for c in going}
    assert all(change.text for change in found)


def test_a_preview_says_nothing_of_an_alarm_about_which_nothing_would_be_known() -> None:
    room = Room(spec("1", None, monitor("mon-1", (SPO2,)), monitor("b", (HEART,))))
    room.sample("1", SPO2, 80, 10)
    found = room.engine.preview([spec("1", None, monitor("b", (HEART,)))])
    assert "SPO2-LOW" not in {change.condition for change in found}
