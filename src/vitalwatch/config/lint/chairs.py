"""Lint of rooms, chairs and what stands at them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from vitalwatch.config.explain import shown
from vitalwatch.config.lint.facts import Facts, Rule
from vitalwatch.errors import ConfigError
from vitalwatch.model import CUFF_VITALS, Vital


def _chairs_without_eyes(facts: Facts) -> Iterator[ConfigError]:
    for index, chair in enumerate(facts.config.chairs):
        name = f"Chair {shown(chair.id)}"
        if not facts.vitals_at(chair):
            hint = "Give it a [[device]], or take the chair out."
            yield facts.document.mistake(("chair", index), f"{name} has no device: nothing is watched there.", hint)
        elif Vital.SPO2 not in facts.vitals_at(chair):
            hint = "Give it a device that measures SpO2."
            yield facts.document.mistake(
                ("chair", index), f"{name} has no SpO2: breathing that fails is not seen.", hint
            )


def _longer_cuff_interval(facts: Facts) -> Iterator[ConfigError]:
    for index, chair in enumerate(facts.config.chairs):
        profile = facts.config.profile_of(chair)
        usual = profile.options.nibp_interval_min
        if chair.nibp_interval_min is not None and chair.nibp_interval_min > usual:
            reason = (
                f"{chair.nibp_interval_min:g} minutes between cuff readings is more than the {usual:g} "
                f"of the profile {shown(profile.name)}."
            )
            yield facts.document.mistake(("chair", index, "nibp_interval_min"), reason, "Check that this is meant.")


def _settings_without_a_cuff(facts: Facts) -> Iterator[ConfigError]:
    for index, chair in enumerate(facts.config.chairs):
        vitals = facts.vitals_at(chair)
        cuff = not CUFF_VITALS.isdisjoint(vitals)
        if chair.nibp_interval_min is not None and not cuff:
            reason = f"No device at chair {shown(chair.id)} measures the cuff pressure, so the interval has no effect."
            yield facts.document.mistake(("chair", index, "nibp_interval_min"), reason, "Take the line out.")
        if chair.spo2_nibp_same_limb and not (cuff and Vital.SPO2 in vitals):
            reason = f"Chair {shown(chair.id)} has not both a cuff and an SpO2 sensor, so they share no arm."
            yield facts.document.mistake(("chair", index, "spo2_nibp_same_limb"), reason, "Take the line out.")


def _real_devices_marked_simulated(facts: Facts) -> Iterator[ConfigError]:
    real = next((facts.config.devices[index].id for index, _ in facts.links("serial")), None)
    if facts.config.clinic.simulated and real is not None:
        reason = f"Every chair is marked SIMULATED, and device {shown(real)} is on a serial port."
        yield facts.document.mistake(("clinic", "simulated"), reason, "Take the line out when people sit there.")


def _chairs_that_look_alike(facts: Facts) -> Iterator[ConfigError]:
    first: dict[tuple[str | None, str], str] = {}
    for index, chair in enumerate(facts.config.chairs):
        if (other := first.setdefault((chair.room, chair.title), chair.id)) != chair.id:
            reason = f"Chairs {shown(other)} and {shown(chair.id)} are both called {shown(chair.title)} on the screen."
            yield facts.document.mistake(("chair", index, "label"), reason, "Give each a label of its own.")


def _empty_rooms(facts: Facts) -> Iterator[ConfigError]:
    used = {chair.room for chair in facts.config.chairs}
    for index, room in enumerate(facts.config.rooms):
        if room.id not in used:
            hint = f"Write room = {shown(room.id)} at the chairs in it."
            yield facts.document.mistake(("room", index), f"No chair stands in room {shown(room.id)}.", hint)


def _open_page(facts: Facts) -> Iterator[ConfigError]:
    if not facts.config.web.only_this_computer:
        reason = "Anyone on this network can open the page and acknowledge alarms: there is no sign-in yet."
        yield facts.document.mistake(("web", "listen"), reason, "127.0.0.1 is this computer only.")


def _nobody_to_call(facts: Facts) -> Iterator[ConfigError]:
    fallback = facts.config.fallback
    if not fallback.any:
        reason = "There is no fallback: when no screen draws and sounds, nobody is called."
        hint = "Add  [fallback]  and under it  sound = true , or a command."
        yield ConfigError(reason, file=facts.document.path, hint=hint)
    elif fallback.command and not os.access(fallback.command[0], os.X_OK):
        reason = f"{shown(fallback.command[0])} is not a program that can be run here."
        hint = "Check the path and its permissions; the account that runs the service must be allowed to run it."
        yield facts.document.mistake(("fallback", "command"), reason, hint)


RULES: Final[tuple[Rule, ...]] = (
    _chairs_without_eyes,
    _longer_cuff_interval,
    _settings_without_a_cuff,
    _real_devices_marked_simulated,
    _chairs_that_look_alike,
    _empty_rooms,
    _open_page,
    _nobody_to_call,
)
