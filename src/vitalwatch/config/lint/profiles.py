"""Lint of profiles: unsigned, looser than the built-in profile they build on, or watching what nothing measures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from vitalwatch.alarms.profile import HARD_RANGES, looser
from vitalwatch.config.document import Document
from vitalwatch.config.explain import shown
from vitalwatch.config.includes import Assembled
from vitalwatch.config.lint.facts import Facts, Rule
from vitalwatch.config.profile_files import LoadedProfile, is_builtin
from vitalwatch.errors import ConfigError
from vitalwatch.model import Vital

if TYPE_CHECKING:
    from vitalwatch.config.position import KeyPath

_HEART: Final = frozenset({Vital.HEART_RATE, Vital.PULSE_RATE})

_WATCHES: Final[dict[str, frozenset[Vital]]] = {
    "spo2": frozenset({Vital.SPO2}),
    "heart_rate": _HEART,
    "systolic": frozenset({Vital.SYSTOLIC}),
    "diastolic": frozenset({Vital.DIASTOLIC}),
    "mean": frozenset({Vital.MEAN_PRESSURE}),
    "respiration": frozenset({Vital.RESPIRATION_RATE}),
    "apnea": frozenset({Vital.RESPIRATION_RATE}),
}
"""The vitals of which any one feeds a limit or delay, by how its name begins."""


def watched_by(key: str) -> frozenset[Vital]:
    """The vitals of which any one feeds a limit or delay, for example ``spo2_low``.

    Raises:
        KeyError: if no vital is known for it.
    """
    for start, vitals in _WATCHES.items():
        if key.startswith(start):
            return vitals
    raise KeyError(key)


def loosened(loaded: LoadedProfile) -> Iterator[ConfigError]:
    """Values of the clinic's own files that make alarms rarer or later than the built-in profile they build on."""
    guard = loaded
    while not guard.built_in and guard.parent is not None:
        guard = guard.parent
    if guard is loaded:
        return
    name = guard.profile.name
    trends = [f"trends.{key}" for key in guard.values["trends"]]
    for dotted in (*HARD_RANGES, *trends, "options.reaction", "options.sat_seconds", "options.nibp_interval_min"):
        section, key = dotted.split(".")
        value, built_in = loaded.values[section][key], guard.values[section][key]
        reason = _why_looser(dotted, key, value, built_in)
        if reason:
            hint = f"{key} = {shown(built_in)} in the built-in profile {shown(name)}. Check that this is meant."
            yield loaded.owners[dotted].mistake((section, key), reason, hint)


def _why_looser(dotted: str, key: str, value: float | bool, built_in: float | bool) -> str:
    """What is looser about a value, in words; empty when nothing is."""
    if dotted == "options.reaction":
        return "The alarm REACTION is switched off." if built_in and not value else ""
    if dotted == "options.sat_seconds":
        return f"{key} = {value:g} replaces the delays: the alarm SPO2-LOW may come later." if value > built_in else ""
    if dotted == "options.nibp_interval_min":
        return f"{key} = {value:g} means fewer cuff readings." if value > built_in else ""
    if looser(dotted, built_in, value):
        return f"{key} = {value:g} alarms later." if dotted.startswith("delays.") else f"{key} = {value:g} alarms less."
    return ""


def own_keys(loaded: LoadedProfile) -> list[str]:
    """The limits and delays that the clinic's own files set, and not a built-in profile."""
    return [dotted.partition(".")[2] for dotted in HARD_RANGES if not is_builtin(loaded.owners[dotted].path)]


def lint_profile(loaded: LoadedProfile) -> list[ConfigError]:
    """All warnings about a profile file, wherever it is used."""
    return [*loosened(loaded), *_unsigned(loaded, loaded.documents[0], ("name",))]


def _unsigned(loaded: LoadedProfile, named_in: Document | Assembled, path: KeyPath) -> Iterator[ConfigError]:
    if not loaded.profile.signed_by:
        reason = f"Nobody has signed the profile {shown(loaded.profile.name)}: its limits are not yet the clinic's own."
        hint = "A clinician reads it, and writes signed_by in a profile file of the clinic."
        yield named_in.mistake(path, reason, hint)


def _profiles(facts: Facts) -> Iterator[ConfigError]:
    clinic, chairs = facts.config.clinic, facts.config.chairs
    heirs = [index for index, chair in enumerate(chairs) if not chair.profile]
    named: list[tuple[KeyPath, str]] = [
        (("chair", index, "profile"), chair.profile) for index, chair in enumerate(chairs) if chair.profile
    ]
    if heirs:
        stated = "profile" in facts.document.data.get("clinic", {})
        named.insert(0, (("clinic", "profile") if stated else ("chair", heirs[0]), clinic.profile))
    first = {name: path for path, name in reversed(named)}
    for name, path in first.items():
        yield from loosened(facts.profiles[name])
        yield from _unsigned(facts.profiles[name], facts.document, path)


def _limits_nothing_measures(facts: Facts) -> Iterator[ConfigError]:
    own = {name: own_keys(loaded) for name, loaded in facts.profiles.items()}
    for index, chair in enumerate(facts.config.chairs):
        name = chair.profile or facts.config.clinic.profile
        vitals = facts.vitals_at(chair)
        blind = [key for key in own[name] if vitals and watched_by(key).isdisjoint(vitals)]
        if not blind:
            continue  # also when the chair has no device at all, which is told elsewhere
        wanted = watched_by(blind[0])
        keys = ", ".join(key for key in blind if watched_by(key) == wanted)
        sets = f"The profile {shown(facts.profiles[name].profile.name)} sets {keys}"
        reason = f"{sets}, and no device at chair {shown(chair.id)} measures {' or '.join(sorted(wanted))}."
        path = ("chair", index, "profile") if chair.profile else ("chair", index)
        yield facts.document.mistake(path, reason, "It will never alarm there.")


RULES: Final[tuple[Rule, ...]] = (_profiles, _limits_nothing_measures)
