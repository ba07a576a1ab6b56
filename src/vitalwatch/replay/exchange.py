"""The chairs of a record under another profile. Pure.

What was set for one patient stays, as far as it fits the other profile: as it would if the clinic changed its file. So
the figures tell what the *profile* would have done, with the same people at the chairs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from vitalwatch.alarms import ChairSpec, Engine, Output, Profile
from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.profile import changed
from vitalwatch.errors import UsageError
from vitalwatch.journal.record import Told

Exchange: TypeAlias = Callable[[Profile], Profile]
"""Gives the profile that takes the place of one."""


def with_limit(key: str, value: float) -> Exchange:
    """Every profile with one limit or delay set to another value, where it fits."""

    def exchange(profile: Profile) -> Profile:
        try:
            taken = changed(profile, key, value, "a trial", "only tried")
        except UsageError:
            return profile  # it would cross another limit of this one
        return msgspec.structs.replace(taken, sources={**profile.sources, key: "tried"})

    return exchange


def tell(engine: Engine, told: Told, exchange: Exchange) -> tuple[list[Output], bool]:
    """Tell an engine whose profiles were exchanged what was told then.

    Returns:
        what it says; and whether that could be done: an alarm that is not there cannot be acknowledged.
    """
    try:
        if told.event is None:
            return engine.reconfigure([_exchanged(spec, exchange) for spec in told.specs], told.at), True
        return engine.step(told.event, told.at), True
    except UsageError:
        return engine.advance(told.at), False


def exchange_all(engine: Engine, exchange: Exchange, at: float) -> list[Output]:
    """Exchange the profile of every chair of an engine, as a changed config would."""
    specs = [_exchanged(_spec_of(engine.chair(chair)), exchange) for chair in engine.chairs]
    return engine.reconfigure(specs, max(engine.now, at))


def _exchanged(spec: ChairSpec, exchange: Exchange) -> ChairSpec:
    return msgspec.structs.replace(spec, profile=exchange(spec.profile))


def _spec_of(chair: Chair) -> ChairSpec:
    """What the config says of a chair, by what became of it."""
    own = chair.own_profile or chair.profile
    is_profiles = chair.nibp_interval_s == own.options.nibp_interval_min * 60
    devices = tuple(device.spec for device in chair.devices.values())
    return ChairSpec(chair.id, devices, own, chair.same_limb, None if is_profiles else chair.nibp_interval_s)
