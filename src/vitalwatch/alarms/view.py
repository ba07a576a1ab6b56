"""How the present alarms of a chair look to a screen: state, words and age, ready to be drawn."""

from __future__ import annotations

import msgspec

from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.conditions import CATALOGUE, Condition
from vitalwatch.alarms.track import Track
from vitalwatch.alarms.transition import Priority, State
from vitalwatch.model import Vital


class AlarmView(msgspec.Struct, frozen=True):
    """One alarm as a screen shows it; fields as documented in ``docs/live-socket.md``."""

    chair: str
    condition: str
    kind: str
    state: State
    priority: Priority
    text: str
    note: str
    action: str
    since_age_s: float
    value: float | None
    limit: float | None
    vitals: tuple[Vital, ...]
    count: int
    actor: str
    masked: bool
    escalated: int
    was_age_s: float | None


def view(chair: Chair, condition_id: str, now: float) -> AlarmView:
    """One condition of a chair, whatever its state."""
    condition: Condition = CATALOGUE[condition_id]
    track: Track = chair.tracks[condition_id]
    text, note = condition.words(chair, track, now)
    began = track.entered_at if track.state is State.PENDING and not track.was_latched else track.since
    return AlarmView(
        chair.id,
        condition.id,
        condition.kind,
        track.state,
        track.priority,
        text,
        note,
        condition.action,
        round(now - began, 3),
        track.finding.value if track.finding.value is not None else track.beyond_value,
        track.beyond_limit,
        condition.vitals,
        track.count,
        track.actor,
        track.masked,
        track.escalated,
        None if track.state is not State.LATCHED or track.quiet_since is None else round(now - track.quiet_since, 3),
    )


def present(chair: Chair, now: float) -> list[AlarmView]:
    """Every condition of a chair that is not idle, in the order of the catalogue."""
    return [view(chair, name, now) for name, track in chair.tracks.items() if track.state is not State.IDLE]


def kept_quiet(chair: Chair) -> list[str]:
    """What is kept quiet at a chair until somebody changes that: alarms put aside, limits looser than the profile."""
    aside = [f"{CATALOGUE[name].name} put aside" for name, track in chair.tracks.items() if is_shelved(track)]
    return [*aside, "limits looser than the profile"] if chair.looser else aside


def is_off(chair: Chair) -> bool:
    """Whether the sound of a chair is paused, or an alarm of it put aside: what is off has to be heard of."""
    return chair.audio_paused_until is not None or any(map(is_shelved, chair.tracks.values()))


def is_shelved(track: Track) -> bool:
    """Whether a condition was put aside."""
    return track.state is State.SHELVED
