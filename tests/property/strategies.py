"""What may happen in a clinic, for hypothesis: plans of chairs, and of events at stated times.

A plan is made of *moves* (a stretch of samples, a silence, a cuff reading, somebody's act), so that delays really run
out and alarms really begin. Times lie on a grid of tenths of a second, so that moments meet exactly, as deadlines and
samples of a real clinic sometimes do; ``test_microseconds.py`` looks at times off that grid.
"""

from __future__ import annotations

import os
from typing import Final, NamedTuple

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from vitalwatch.alarms import ChairSpec, DeviceSpec, Profile
from vitalwatch.alarms.conditions import CATALOGUE
from vitalwatch.alarms.events import (
    CLINIC,
    Acknowledge,
    ChangeLimit,
    ChartSedation,
    CuffRead,
    Event,
    Heard,
    LinkChanged,
    NewVisit,
    PauseAudio,
    Plan,
    ResumeAudio,
    Sampled,
    Screens,
    SelfCheck,
    SetChairState,
    SetPhase,
    Shelve,
    StatusChanged,
    TakeBaseline,
    Undelivered,
    Unshelve,
)
from vitalwatch.alarms.profile import Options, Trends
from vitalwatch.model import Mode, Status, Validity, Vital

_PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", "ci")
_EXAMPLES: Final = {"few": 40, "ci": 100, "long": 1000}[_PROFILE]
_FEW: Final = (Phase.explicit, Phase.generate)


def examples(share: float = 1.0) -> settings:
    """Settings of a property, by ``HYPOTHESIS_PROFILE``.

    ``ci``, the default: the same examples each time. ``long``: many new ones, by hand. ``few``: for mutation testing,
    which only asks whether a test fails; no smallest example is sought. ``share`` is how many examples, against the
    usual number.
    """
    return settings(
        max_examples=max(5, int(_EXAMPLES * share)),
        derandomize=_PROFILE != "long",
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=_FEW if _PROFILE == "few" else tuple(Phase),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


class Happening(NamedTuple):
    """An event at service seconds ``at``."""

    at: float
    event: Event


class ClinicPlan(NamedTuple):
    """Chairs that are watched from ``start``, and what happens, in order, at ``start`` or later."""

    chairs: tuple[ChairSpec, ...]
    start: float
    happenings: tuple[Happening, ...]

    @property
    def end(self) -> float:
        """When the last thing happens."""
        return self.happenings[-1].at if self.happenings else self.start


OXIMETER_VITALS: Final = (Vital.SPO2, Vital.PULSE_RATE)
MONITOR_VITALS: Final = (
    *OXIMETER_VITALS,
    Vital.HEART_RATE,
    Vital.RESPIRATION_RATE,
    Vital.SYSTOLIC,
    Vital.DIASTOLIC,
    Vital.MEAN_PRESSURE,
)
STREAMED: Final = (Vital.SPO2, Vital.HEART_RATE, Vital.PULSE_RATE, Vital.RESPIRATION_RATE)

PROFILES: Final = (
    Profile(),
    Profile(
        name="reacting", options=Options(reaction=True), trends=Trends(fall_low_percent=20.0, fall_medium_percent=30.0)
    ),
    Profile(name="counting", options=Options(sat_seconds=25.0)),
    Profile(name="strict rise", trends=Trends(rise_medium_systolic=40.0, rise_medium_diastolic=25.0)),
)

PERIODS_S: Final = (0.5, 1.0, 2.7, 4.0)


@st.composite
def chair_specs(draw: st.DrawFn, *, start: tuple[str, ...] = ("watched", "watched", "standby", "empty")) -> ChairSpec:
    """A chair ``a`` with a monitor ``m`` and perhaps an oximeter ``o``."""
    devices = [DeviceSpec("m", MONITOR_VITALS, draw(st.sampled_from(PERIODS_S)))]
    if draw(st.booleans()):
        devices.append(DeviceSpec("o", OXIMETER_VITALS, draw(st.sampled_from(PERIODS_S))))
    return ChairSpec(
        "a",
        tuple(devices),
        draw(st.sampled_from(PROFILES)),
        same_limb=draw(st.booleans()),
        start=draw(st.sampled_from(start)),
    )


# --- samples ------------------------------------------------------------------------------------------------------

VALUES: Final[dict[Vital, tuple[float, ...]]] = {
    Vital.SPO2: (98, 97, 94, 93, 92, 91, 90, 89.5, 89, 88, 87, 85, 84, 80, 70),
    Vital.HEART_RATE: (75, 75, 0, 36, 39, 40, 43, 45, 49, 50, 53, 95, 115, 120, 121, 145, 150, 151, 180),
    Vital.PULSE_RATE: (75, 75, 36, 39, 40, 43, 45, 49, 50, 53, 95, 115, 120, 121, 145, 150, 151, 180),
    Vital.RESPIRATION_RATE: (14, 14, 0, 6, 8, 10),
}
"""Values on, beside and far from every limit, its hysteresis and its depths."""


class Kind(NamedTuple):
    """How a sample comes: with a value or without, and from what mode."""

    validity: Validity
    mode: Mode


VALID: Final = Kind(Validity.VALID, Mode.REAL)
KINDS: Final = (
    *(VALID,) * 6,
    Kind(Validity.QUESTIONABLE, Mode.REAL),
    Kind(Validity.UNAVAILABLE, Mode.REAL),
    Kind(Validity.INVALID, Mode.REAL),
    Kind(Validity.VALID, Mode.DEMO),
)


def sample(chair: str, device: str, vital: Vital, value: float, kind: Kind = VALID) -> Sampled:
    """A sample as a driver would report it: with a value only if the value may be used."""
    usable = kind.validity in (Validity.VALID, Validity.QUESTIONABLE)
    return Sampled(chair, device, vital, float(value) if usable else None, kind.validity, kind.mode)


class Move(NamedTuple):
    """Events in tenths of a second from the move's beginning, and how many tenths pass until the next move."""

    events: tuple[tuple[int, Event], ...]
    tenths: int


def _stretches(vitals: tuple[Vital, ...], kinds: tuple[Kind, ...]) -> st.SearchStrategy[Move]:
    """Samples of one or two vitals, one value each, each ``every`` tenths for a while."""

    def stretch(device: str, chosen: list[tuple[Vital, float, Kind]], every: int, count: int) -> Move:
        events = tuple(
            (n * every, sample("a", device, vital, value, kind)) for n in range(count) for vital, value, kind in chosen
        )
        return Move(events, every * count)

    one = st.sampled_from(vitals).flatmap(
        lambda vital: st.tuples(st.just(vital), st.sampled_from(VALUES[vital]), st.sampled_from(kinds))
    )
    return st.builds(
        stretch,
        st.sampled_from(("m", "m", "o")),
        st.lists(one, min_size=1, max_size=2),
        st.sampled_from((10, 10, 10, 7, 25, 40)),
        st.sampled_from((1, 2, 3, 4, 5, 6, 10, 12, 16, 35)),
    )


_SILENCES: Final = st.sampled_from((0, 1, 5, 10, 20, 30, 49, 50, 51, 100, 150, 301, 600, 1300, 4000, 20000)).map(
    lambda tenths: Move((), tenths)
)

# --- everything else ----------------------------------------------------------------------------------------------

CONDITION_IDS: Final = tuple(CATALOGUE)
_OFTEN_ALARMING: Final = ("SPO2-LOW", "SPO2-DESAT", "HR-HIGH", "HR-XLOW", "BP-HIGH", "T-NOVALUE", "T-SILENT")
_CONDITIONS: Final = st.sampled_from(_OFTEN_ALARMING * 3 + CONDITION_IDS)
_DEVICES: Final = st.sampled_from(("m", "m", "o"))
_LIMITS: Final = st.sampled_from(
    (
        ("limits.spo2_low", 92.0),
        ("limits.spo2_low", 86.0),
        ("limits.heart_rate_high", 130.0),
        ("limits.heart_rate_high", 90.0),
        ("delays.spo2_low", 30.0),
        ("delays.heart_rate_high", 0.0),
        ("limits.systolic_high", 170.0),
    )
)


def _builds(event: type, **fields: st.SearchStrategy[object]) -> st.SearchStrategy[Event]:
    return st.builds(event, chair=st.just("a"), **fields)


_BY: Final = st.sampled_from(("Ada", "Ben"))

NEWS: Final[st.SearchStrategy[Event]] = st.one_of(
    _builds(
        CuffRead,
        device=st.just("m"),
        systolic=st.sampled_from((None, 118.0, 78.0, 84.0, 93.0, 150.0, 158.0, 168.0, 182.0, 204.0)),
        diastolic=st.sampled_from((None, 70.0, 104.0, 122.0, 131.0)),
        mean=st.sampled_from((None, 90.0, 58.0)),
        age_s=st.sampled_from((0.0, 0.0, 20.0, 1000.0)),
        mode=st.sampled_from((Mode.REAL, Mode.REAL, Mode.REAL, Mode.DEMO)),
    ),
    _builds(
        StatusChanged,
        device=_DEVICES,
        status=st.sampled_from([str(status) for status in Status]),
        active=st.sampled_from((True, True, False)),
        detail=st.sampled_from(("", "critical")),
        priority=st.sampled_from(("", "high", "low")),
        limit_of=st.sampled_from(((), (Vital.SPO2,))),
    ),
    _builds(LinkChanged, device=_DEVICES, up=st.booleans(), reason=st.just("unplugged")),
    _builds(Heard, device=_DEVICES),
    _builds(
        Sampled,
        device=_DEVICES,
        vital=st.just(Vital.SPO2),
        value=st.just(96.0),
        validity=st.just(Validity.VALID),
        device_time=st.sampled_from(("2020-01-01T10:00:00", "2020-01-01T10:00:01")),
    ),
    _builds(Undelivered, undelivered=st.booleans()),
)
"""What devices, links and screens say of one chair."""

ACTS: Final[st.SearchStrategy[Event]] = st.one_of(
    _builds(Acknowledge, condition=_CONDITIONS, actor=_BY),
    _builds(Acknowledge, condition=_CONDITIONS, actor=_BY),
    _builds(PauseAudio, actor=_BY, seconds=st.sampled_from((0.0, 5.0, 70.0, 120.0, 121.0))),
    _builds(ResumeAudio, actor=_BY),
    _builds(
        Shelve,
        condition=_CONDITIONS.filter(lambda name: CATALOGUE[name].scope == "chair"),
        actor=_BY,
        reason=st.sampled_from(("probe moved", "")),
        seconds=st.sampled_from((20.0, 130.0, 600.0, 1800.0, 1801.0)),
    ),
    _builds(Unshelve, condition=_CONDITIONS.filter(lambda name: CATALOGUE[name].scope == "chair"), actor=_BY),
    _LIMITS.flatmap(
        lambda limit: _builds(
            ChangeLimit,
            key=st.just(limit[0]),
            value=st.just(limit[1]),
            actor=_BY,
            reason=st.just("known"),
            second=st.just("Cem"),
        )
    ),
    _builds(TakeBaseline, actor=_BY),
    _builds(SetPhase, phase=st.sampled_from(("preparation", "infusion", "recovery")), actor=_BY),
    _builds(ChartSedation, scale=st.just("moaas"), score=st.integers(0, 5), actor=_BY),
    _builds(
        Plan,
        actor=_BY,
        check_in_s=st.sampled_from((None, 30.0, 900.0)),
        end_in_s=st.sampled_from((None, 60.0)),
    ),
)
"""What people do at one chair in the course of a visit."""

TURNS: Final[st.SearchStrategy[Event]] = st.one_of(
    _builds(SetChairState, state=st.sampled_from(("empty", "standby", "watched")), actor=_BY),
    _builds(NewVisit, actor=_BY),
)
"""What begins and ends a visit, and with it every alarm."""

CLINIC_NEWS: Final[st.SearchStrategy[Event]] = st.one_of(
    st.builds(Screens, alarm_grade=st.sampled_from((0, 1))),
    st.builds(SelfCheck, passed=st.booleans()),
    st.builds(Acknowledge, chair=st.just(CLINIC), condition=st.sampled_from(("T-NOVIEW", "T-FLOOD")), actor=_BY),
)


def _at_once(events: st.SearchStrategy[Event]) -> st.SearchStrategy[Move]:
    return events.map(lambda event: Move(((0, event),), 0))


SAMPLE_MOVES: Final = _stretches(STREAMED, KINDS) | _stretches(STREAMED, (VALID,))
SPO2_MOVES: Final = _stretches((Vital.SPO2,), KINDS)
HEART_MOVES: Final = _stretches((Vital.HEART_RATE, Vital.PULSE_RATE), KINDS)
SILENCES: Final = _SILENCES
NEWS_MOVES: Final = _at_once(NEWS)
ACT_MOVES: Final = _at_once(ACTS)
TURN_MOVES: Final = _at_once(TURNS)

VISIT_MOVES: Final = st.one_of(SAMPLE_MOVES, SAMPLE_MOVES, SILENCES, NEWS_MOVES, ACT_MOVES, ACT_MOVES)
"""Moves of one visit: nothing that ends it."""

ALL_MOVES: Final = st.one_of(VISIT_MOVES, VISIT_MOVES, VISIT_MOVES, TURN_MOVES)

STARTS_TENTHS: Final = (0, 10_003, 2**17 * 10 - 401)
"""The last begins shortly before a power of two of seconds; see ``test_microseconds.py``."""


def _timeline(start: int, moves: list[Move], chair: str, devices: frozenset[str]) -> list[tuple[int, Event]]:
    """The moves one after the other, at ``chair``; news of a device that the chair has not got are its monitor's."""
    happenings = []
    at = start
    for move in moves:
        for offset, event in move.events:
            changes = {"chair": chair} if event.chair != CLINIC else {}
            if getattr(event, "device", "m") == "o" and "o" not in devices:
                changes["device"] = "m"
            happenings.append((at + offset, msgspec.structs.replace(event, **changes) if changes else event))
        at += move.tenths
    return happenings


@st.composite
def clinic_plans(
    draw: st.DrawFn,
    moves: st.SearchStrategy[Move] = ALL_MOVES,
    *,
    chairs: int = 1,
    specs: st.SearchStrategy[ChairSpec] = chair_specs(),  # noqa: B008 - a strategy is a value
    clinic_news: bool = False,
    most: int = 14,
) -> ClinicPlan:
    """A clinic of up to ``chairs`` chairs, with up to ``most`` moves at each, side by side."""
    start = draw(st.sampled_from(STARTS_TENTHS))
    names = "abc"[: draw(st.integers(1, chairs))]
    made = [msgspec.structs.replace(draw(specs), id=name) for name in names]
    merged: list[tuple[int, Event]] = []
    for spec in made:
        devices = frozenset(device.id for device in spec.devices)
        merged += _timeline(start, draw(st.lists(moves, min_size=1, max_size=most)), spec.id, devices)
    if clinic_news:
        merged += _timeline(start, draw(st.lists(_at_once(CLINIC_NEWS) | SILENCES, max_size=6)), CLINIC, frozenset())
    merged.sort(key=lambda happening: happening[0])
    return ClinicPlan(tuple(made), start / 10, tuple(Happening(tenths / 10, event) for tenths, event in merged))
