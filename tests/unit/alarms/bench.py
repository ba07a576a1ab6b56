"""A chair on the test bench: the alarm engine with a clock driven by hand, and short words for what happens to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from vitalwatch.alarms import AlarmEvent, ChairSpec, DeviceSpec, Engine, Output, Profile, State, Transition
from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.events import (
    Acknowledge,
    ChangeLimit,
    CuffRead,
    Event,
    Heard,
    LinkChanged,
    NewVisit,
    PauseAudio,
    Sampled,
    SetChairState,
    SetPhase,
    Shelve,
    StatusChanged,
    TakeBaseline,
)
from vitalwatch.alarms.track import Track
from vitalwatch.alarms.view import AlarmView, view
from vitalwatch.model import Mode, Validity, Vital

NURSE = "Nurse on duty"
CUFF = (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)
STREAMED = (Vital.SPO2, Vital.PULSE_RATE, Vital.HEART_RATE, Vital.RESPIRATION_RATE)


def monitor(name: str = "mon", vitals: Sequence[Vital] = (*STREAMED, *CUFF), period_s: float = 1.0) -> DeviceSpec:
    """A device that can give ``vitals``; by default everything, each second."""
    return DeviceSpec(name, tuple(vitals), period_s)


class How(TypedDict, total=False):
    """What else there is to say of a sample; see :meth:`Bench.sample`."""

    to: float
    every: float
    validity: Validity
    mode: Mode
    device: str
    clock: str


class Bench:
    """One chair ``1``, its devices heard of and connected at ``now``, in the phase ``infusion`` unless told otherwise.

    Each method lets the clock go on to ``at`` (``None`` = the present) and then tells the engine one thing. All
    that the engine said is in :attr:`said`.
    """

    def __init__(
        self,
        profile: Profile | None = None,
        *devices: DeviceSpec,
        same_limb: bool = False,
        start: str = "watched",
        phase: str | None = "infusion",
        interval_s: float | None = None,
        connected: bool = True,
        now: float = 0.0,
    ) -> None:
        self.devices = devices or (monitor(),)
        self.first = self.devices[0].id
        self.now = now
        self.said: list[Output] = []
        spec = ChairSpec("1", self.devices, profile or Profile(), same_limb, interval_s, start)
        self.engine = Engine([spec], now)
        if connected:
            for device in self.devices:
                self.link(True, device=device.id)
        if phase is not None and start == "watched":  # a phase makes a chair watched
            self.do(SetPhase("1", phase, NURSE))
        self.said.clear()

    # --- what happens -------------------------------------------------------------------------------------------

    def do(self, event: Event, at: float | None = None) -> list[Output]:
        """Any event."""
        self.now = self.now if at is None else at
        outputs = self.engine.step(event, self.now)
        self.said += outputs
        return outputs

    def run_to(self, at: float) -> list[Output]:
        """Nothing but time."""
        self.now = at
        outputs = self.engine.advance(at)
        self.said += outputs
        return outputs

    def sample(
        self,
        vital: Vital,
        value: float | None,
        at: float | None = None,
        *,
        to: float | None = None,
        every: float = 1.0,
        validity: Validity | None = None,
        mode: Mode = Mode.REAL,
        device: str | None = None,
        clock: str | None = None,
    ) -> None:
        """One sample at ``at``; with ``to`` one ``every`` so many seconds, the last at or before ``to``."""
        start = self.now if at is None else at
        value = None if value is None else float(value)
        says = validity or (Validity.UNAVAILABLE if value is None else Validity.VALID)
        count = 0 if to is None else int((to - start) / every + 1e-9)
        for k in range(count + 1):
            self.do(Sampled("1", device or self.first, vital, value, says, mode, clock), round(start + k * every, 6))

    def spo2(self, value: float | None, at: float | None = None, **how: Unpack[How]) -> None:
        self.sample(Vital.SPO2, value, at, **how)

    def heart(self, value: float | None, at: float | None = None, **how: Unpack[How]) -> None:
        self.sample(Vital.HEART_RATE, value, at, **how)

    def pulse(self, value: float | None, at: float | None = None, **how: Unpack[How]) -> None:
        self.sample(Vital.PULSE_RATE, value, at, **how)

    def breaths(self, value: float | None, at: float | None = None, **how: Unpack[How]) -> None:
        self.sample(Vital.RESPIRATION_RATE, value, at, **how)

    def feed(self, at: float, to: float, values: dict[Vital, float | None], *, every: float = 1.0) -> None:
        """Several vitals together, each ``every`` so many seconds, the last at or before ``to``."""
        for k in range(int((to - at) / every + 1e-9) + 1):
            for vital, value in values.items():
                self.sample(vital, value, round(at + k * every, 6))

    def cuff(
        self,
        systolic: float | None,
        diastolic: float | None,
        at: float | None = None,
        *,
        mean: float | None = None,
        age_s: float = 0.0,
        mode: Mode = Mode.REAL,
        device: str | None = None,
    ) -> None:
        """One cuff reading, measured ``age_s`` before it arrives."""
        sys, dia, map_ = (None if pressure is None else float(pressure) for pressure in (systolic, diastolic, mean))
        self.do(CuffRead("1", device or self.first, sys, dia, map_, age_s=age_s, mode=mode), at)

    def status(
        self,
        status: str,
        active: bool = True,
        at: float | None = None,
        *,
        detail: str = "",
        priority: str = "",
        limit_of: tuple[Vital, ...] = (),
        device: str | None = None,
    ) -> None:
        self.do(StatusChanged("1", device or self.first, status, active, detail, priority, limit_of), at)

    def heard(self, at: float | None = None, *, to: float | None = None, device: str | None = None) -> None:
        """Whole frames without values, one each second up to ``to``."""
        start = self.now if at is None else at
        for k in range(1 if to is None else int(to - start) + 1):
            self.do(Heard("1", device or self.first), start + k)

    def link(self, up: bool, at: float | None = None, *, reason: str = "unplugged", device: str | None = None) -> None:
        self.do(LinkChanged("1", device or self.first, up, "" if up else reason), at)

    def acknowledge(self, condition: str, at: float | None = None, actor: str = NURSE) -> list[Output]:
        return self.do(Acknowledge("1", condition, actor), at)

    def pause(self, at: float | None = None, seconds: float = 120.0) -> list[Output]:
        return self.do(PauseAudio("1", NURSE, seconds), at)

    def shelve(self, condition: str, at: float | None = None, seconds: float = 600.0) -> list[Output]:
        return self.do(Shelve("1", condition, NURSE, "known", seconds), at)

    def chair_state(self, state: str, at: float | None = None) -> list[Output]:
        return self.do(SetChairState("1", state, NURSE), at)

    def phase(self, phase: str, at: float | None = None) -> list[Output]:
        return self.do(SetPhase("1", phase, NURSE), at)

    def change(
        self, key: str, value: float, at: float | None = None, reason: str = "", second: str = ""
    ) -> list[Output]:
        return self.do(ChangeLimit("1", key, value, NURSE, reason, second), at)

    def new_visit(self, at: float | None = None) -> list[Output]:
        return self.do(NewVisit("1", NURSE), at)

    def baseline(
        self,
        at: float,
        *,
        spo2: float | None = None,
        heart: float | None = None,
        cuff: tuple[float, float] | None = None,
    ) -> None:
        """Give the values that are to be this patient's baseline for the half minute before ``at``, then take it."""
        if cuff is not None:
            self.cuff(*cuff, at=at - 30)
        values: dict[Vital, float | None] = {}
        if spo2 is not None:
            values[Vital.SPO2] = spo2
        if heart is not None:
            values[Vital.HEART_RATE] = heart
        if values:
            self.feed(at - 30, at, values)
        self.do(TakeBaseline("1", NURSE), at)

    def restart(self) -> None:
        """The service stops and starts again at once."""
        self.engine = Engine.restore(self.engine.snapshot())

    # --- what the engine thinks and said ------------------------------------------------------------------------

    @property
    def chair(self) -> Chair:
        return self.engine.chair("1")

    def track(self, condition: str, chair: str = "1") -> Track:
        return self.engine.chair(chair).tracks[condition]

    def state(self, condition: str, chair: str = "1") -> State:
        return self.track(condition, chair).state

    def priority(self, condition: str) -> str:
        return str(self.track(condition).priority)

    def present(self) -> list[str]:
        """Conditions of the chair that are not idle."""
        return [name for name, track in self.chair.tracks.items() if track.state is not State.IDLE]

    def alarming(self) -> list[str]:
        """Conditions of the chair that wait for an answer: active or latched."""
        return [n for n, t in self.chair.tracks.items() if t.state in (State.ACTIVE, State.LATCHED)]

    def transitions(self, condition: str) -> list[Transition]:
        return [o for o in self.said if isinstance(o, Transition) and o.condition == condition]

    def states(self, condition: str) -> list[tuple[float, str]]:
        """When the condition changed its state, and to which."""
        return [(t.at, str(t.target)) for t in self.transitions(condition)]

    def began(self, condition: str) -> list[float]:
        """When the condition became active."""
        return [t.at for t in self.transitions(condition) if t.target is State.ACTIVE]

    def events(self, event: str, condition: str | None = None) -> list[AlarmEvent]:
        return [
            o for o in self.said if isinstance(o, AlarmEvent) and o.event == event and condition in (None, o.condition)
        ]

    def view(self, condition: str) -> AlarmView:
        return view(self.chair, condition, self.now)

    def words(self, condition: str) -> tuple[str, str]:
        """Text and note as a screen shows them now."""
        shown = self.view(condition)
        return shown.text, shown.note
