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
        changes += _taken_on(chair, spec.profile, now)
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


def _taken_on(chair: Chair, profile: Profile, now: float) -> list[str]:
    """Give a chair another profile, with this patient's own limits as far as they fit it; say what that changed."""
    before, own_before = chair.own_profile or chair.profile, chair.profile
    chair.profile, chair.own_profile = patients_own(chair, profile)
    was_quiet = chair.kept_quiet_since is not None
    chair.note_quiet(now)  # this patient's limits may be looser than the new profile, or not any more
    if not was_quiet:
        chair.reminded_at = now
    changes = [f"profile {before.name} -> {profile.name}"] if before.name != profile.name else []
    changes += _differences(before, profile) or ([] if changes else [f"profile {profile.name}: the same values"])
    kept, own = numbers(chair.profile), numbers(own_before)
    lost = [key for key in _own_keys(own_before, before) if kept[key] != own[key]]
    return changes + [f"this patient's {key} {own[key]:g} does not fit: {kept[key]:g} holds" for key in lost]


def _differences(old: Profile, new: Profile) -> list[str]:
    before, after = _settings(old), _settings(new)
    return [f"{key} {_word(before[key])} -> {_word(after[key])}" for key in before if before[key] != after[key]]


def _settings(profile: Profile) -> dict[str, float | str | bool | None]:
    return {
        f"{section}.{name}": value
        for section in ("limits", "delays", "options", "trends")
        for name, value in msgspec.structs.asdict(getattr(profile, section)).items()
    }


def _word(value: float | str | bool | None) -> str:
    if value is None or isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else f"{value:g}"


def _own_keys(patients: Profile, profile: Profile) -> list[str]:
    """Names of the limits and delays that were set to another value for this patient."""
    own, without = numbers(patients), numbers(profile)
    return [key for key in HARD_RANGES if own[key] != without[key]]


def patients_own(chair: Chair, profile: Profile) -> tuple[Profile, Profile | None]:
    """A new profile with this patient's own limits, as far as they fit it; and the profile without them."""
    if chair.own_profile is None:
        return profile, None
    own, values = profile, numbers(chair.profile)
    waiting = _own_keys(chair.profile, chair.own_profile)
    fits = True
    while fits:  # one may fit only after another: both below the new profile's pair, the lower one goes first
        fits = False
        for key in list(waiting):
            source = chair.profile.source(key)
            try:
                taken = changed(own, key, values[key], "", source)
            except UsageError:
                continue  # crossed by the new profile, so far
            own = msgspec.structs.replace(taken, sources={**own.sources, key: source})
            waiting.remove(key)
            fits = True
    return (own, profile) if numbers(own) != numbers(profile) else (profile, None)
