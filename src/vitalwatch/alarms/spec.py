"""What a config says of a chair, and how a chair takes on what a new config says."""

from __future__ import annotations

import msgspec

from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.facts import Device, DeviceSpec
from vitalwatch.alarms.profile import HARD_RANGES, Profile, changed, numbers
from vitalwatch.errors import UsageError


class ChairSpec(msgspec.Struct, frozen=True):
    """What must be known to watch a chair.

    Attributes:
        id: chair id; never empty, which means the whole clinic.
        devices: in the order of the config: the first that gives a vital wins.
        profile: limits and options in force.
        same_limb: whether the cuff sits on the oximeter's arm.
        nibp_interval_s: seconds between expected cuff readings; ``None`` = the profile's.
        start: the chair's state at the beginning.
    """

    id: str
    devices: tuple[DeviceSpec, ...]
    profile: Profile = Profile()
    same_limb: bool = False
    nibp_interval_s: float | None = None
    start: str = "watched"


def interval_s(spec: ChairSpec) -> float:
    """Seconds between the cuff readings that are expected at a chair: its own, else its profile's."""
    if spec.nibp_interval_s is not None:
        return float(spec.nibp_interval_s)
    return float(spec.profile.options.nibp_interval_min * 60)


def reconfigured(chair: Chair, spec: ChairSpec, now: float) -> list[str]:
    """Give a chair the facts of a new config; say in plain words what changed, nothing if all is the same."""
    changes: list[str] = []
    if spec.profile != (chair.own_profile or chair.profile):
        changes.append(f"profile {(chair.own_profile or chair.profile).name} -> {spec.profile.name}")
        chair.profile, chair.own_profile = patients_own(chair, spec.profile)
    known = {device_id: device.spec for device_id, device in chair.devices.items()}
    wanted = {device.id: device for device in spec.devices}
    if list(known.items()) != list(wanted.items()):
        gone, new = known.keys() - wanted.keys(), wanted.keys() - known.keys()
        changes.append("devices" + "".join(f" -{d}" for d in sorted(gone)) + "".join(f" +{d}" for d in sorted(new)))
        chair.devices = {
            device.id: chair.devices[device.id] if known.get(device.id) == device else Device(device, now)
            for device in spec.devices
        }
    if spec.same_limb != chair.same_limb:
        changes.append(f"cuff on the oximeter's arm: {'yes' if spec.same_limb else 'no'}")
        chair.same_limb = spec.same_limb
    if interval_s(spec) != chair.nibp_interval_s:
        changes.append(f"cuff interval {chair.nibp_interval_s / 60:g} -> {interval_s(spec) / 60:g} min")
        chair.nibp_interval_s = interval_s(spec)
    return changes


def patients_own(chair: Chair, profile: Profile) -> tuple[Profile, Profile | None]:
    """A new profile with this patient's own limits, as far as they fit it; and the profile without them."""
    if chair.own_profile is None:
        return profile, None
    own = profile
    for key, value in numbers(chair.profile).items():
        if key in HARD_RANGES and value != numbers(chair.own_profile)[key]:
            try:
                own = changed(own, key, value, "", chair.profile.source(key))
            except UsageError:
                continue  # crossed by the new profile: the profile's own value holds
            own = msgspec.structs.replace(own, sources={**own.sources, key: chair.profile.source(key)})
    return (own, profile) if own != profile else (profile, None)
