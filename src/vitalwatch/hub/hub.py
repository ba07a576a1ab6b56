"""The hub: devices below, the alarm engine inside, screens above. One event loop, plain calls, bounded queues.

What a screen sees of the alarms goes out in the very call in which the engine decided it. Values are collected and go
out at most four times a second, encoded once for all screens.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final, ParamSpec

import msgspec
import structlog

from vitalwatch import __version__
from vitalwatch.alarms import Engine, Output, WouldChange
from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.events import (
    CLINIC,
    Act,
    CuffRead,
    Event,
    Resumed,
    Sampled,
    SelfCheck,
)
from vitalwatch.alarms.transition import AlarmEvent, Transition
from vitalwatch.alarms.view import AlarmView, is_off, present
from vitalwatch.clock import Clock
from vitalwatch.driver import Command
from vitalwatch.errors import JournalError, UsageError
from vitalwatch.hub import frames
from vitalwatch.hub.devices import ChairSetup, Devices, DeviceSetup
from vitalwatch.hub.engine_runner import EngineRunner
from vitalwatch.hub.fallback import Fallback
from vitalwatch.hub.frames import ChairFace, ChairView, DeviceView
from vitalwatch.hub.history import History, Mark
from vitalwatch.hub.keeper import Keeper
from vitalwatch.hub.past import Past
from vitalwatch.hub.picture import Picture, alarm_frame
from vitalwatch.hub.pulse import Pulse
from vitalwatch.hub.questions import Questions
from vitalwatch.hub.recollection import recollect
from vitalwatch.hub.screens import Screens
from vitalwatch.hub.supervisor import Supervisor
from vitalwatch.hub.viewers import Viewer, Viewers
from vitalwatch.hub.waves import Waves
from vitalwatch.journal.recorder import Recorder
from vitalwatch.model import Status, Vital, Waveform

FLUSH_S: Final = 0.25
"""Real seconds between two batches of values."""

HEARTBEAT_S: Final = 1.0
"""Real seconds between two heartbeats."""

_log = structlog.get_logger("alarm")
Given = ParamSpec("Given")
_encode = msgspec.json.Encoder().encode


class Hub:
    """Runs the chairs of one clinic.

    Args:
        clinic: the clinic's name, for the screen.
        chairs: what to watch, in the order of the screen.
        clock: the service's clock.
        notices: sentences for the footer of every screen.
        fallback: how to call somebody when no screen can be relied on.
        record: where everything is kept, if it is.
        past: what the record held: watching goes on from there.
    """

    def __init__(
        self,
        clinic: str,
        chairs: Sequence[ChairSetup],
        clock: Clock,
        notices: Sequence[str] = (),
        fallback: Fallback | None = None,
        record: Recorder | None = None,
        past: Past | None = None,
    ) -> None:
        self.clinic = clinic
        self.clock = clock
        self.notices = list(notices)
        self.look: Mapping[str, object] = {"palette": "classic", "colours": {}}
        self.viewers = Viewers()
        self.screens = Screens(self.viewers, self._tell_now, self._show_screens, clock.speed)
        self.fallback = fallback or Fallback()
        self.fallback.changed = self._show_anew
        self.transitions: Counter[tuple[str, str, str]] = Counter()
        self.observations = 0
        self._engine = past.engine if past else Engine((chair.spec for chair in chairs), clock.now())
        self._runner = EngineRunner(self._engine, clock, self._publish, record)
        self.history = past.history if past else History(self._engine)
        self.keeper = None if record is None else Keeper(record, self._engine, self.history, clock)
        self._faces = {chair.spec.id: chair.face for chair in chairs}
        self.picture = Picture(self._engine, self._faces, self._chair_view)
        self.waves = Waves(self.chairs, clock, self._shown_oximeter, self.viewers.want_waves, self.viewers.put_wave)
        self.questions = Questions(self._runner, self.history, clock, self._label)
        self._devices = Devices(chairs, self._supervisor)
        self._pulse = Pulse()
        self._fault = ""
        self._broken: dict[str, str] = {}
        self._past = past
        self.last_beat = clock.now()
        if self.keeper is not None:
            self.keeper.begin(past)
            self.keeper.record.changed = self._show_anew
        if past is not None:
            self._go_on(past, chairs)

    def _go_on(self, past: Past, chairs: Sequence[ChairSetup]) -> None:
        """Take up the alarms that there were, with the chairs as the config has them now."""
        clinic = self._engine.chair(CLINIC).clinic
        if clinic is not None and clinic.check_failed:
            self._fault = clinic.check_why  # of the run before; the first good beat says that it is over
        self._runner.tell([Resumed(past.away_s, past.known)], self._engine.now)
        now = self.clock.now()
        self._runner.reconfigure([chair.spec for chair in chairs], now)
        self.history.keep_only(self.chairs)
        alarms = self.present_alarms()
        for alarm in alarms:
            self.fallback.take(alarm)
        _log.info("resumed", away_s=past.away_s, after=past.after, alarms=len(alarms))

    async def _recollect(self, past: Past) -> None:
        """Bring back what was remembered before. Nothing waits for it, and nothing fails with it."""
        try:
            await recollect(past, self._chair_of, self.clock)
        except JournalError as error:
            _log.warning("what was before the restart cannot be shown", error=str(error))
        except Exception as bug:  # noqa: BLE001 - told on every screen and logged
            self._failed("history before the restart", bug)

    def _chair_of(self, chair: str) -> Chair | None:
        return self._engine.chair(chair) if chair == CLINIC or chair in self._faces else None

    async def run(self) -> None:
        """Supervise every device and feed the screens, until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._devices.start(tasks)
                tasks.create_task(self._feed_screens(), name="screens")
                tasks.create_task(self._beat(), name="heartbeat")
                tasks.create_task(self.fallback.run(), name="fallback")
                if self._past is not None and self.keeper is not None:
                    tasks.create_task(self._recollect(self._past), name="history before the restart")
                self.screens.start(self.present_alarms(), self._undelivered())
                self._runner.wake()
        finally:
            self._devices.stop()
            self.screens.stop()
            self._runner.stop()
            self.waves.stop()

    def _undelivered(self) -> list[str]:
        return [chair for chair in self.chairs if self._engine.chair(chair).undelivered]

    def _supervisor(self, chair: str, device: DeviceSetup) -> Supervisor:
        return Supervisor(
            chair,
            device.id,
            device.driver,
            device.driver_name,
            device.link,
            self.clock,
            self._tell,
            self.picture.mark_chair,
            device.allowed,
            self._show_curve,
        )

    @property
    def supervisors(self) -> dict[str, Supervisor]:
        """The supervisors of all devices, by device id."""
        return self._devices.supervisors

    @property
    def faces(self) -> Mapping[str, ChairFace]:
        """What is fixed about each chair on the screen, by id."""
        return self._faces

    def _label(self, chair: str) -> str:
        return self.clinic if chair == CLINIC else self._faces[chair].label

    # --- another config -----------------------------------------------------------------------------------------

    def reconfigure(self, clinic: str, chairs: Sequence[ChairSetup], notices: Sequence[str]) -> None:
        """Watch these chairs from now on. Devices and chairs that are the same go on as if nothing had happened."""
        closing = self._devices.drop(chairs)
        self.clinic, self.notices = clinic, list(notices)
        self._faces = {chair.spec.id: chair.face for chair in chairs}
        self.picture.show(self._faces)
        self._runner.reconfigure([chair.spec for chair in chairs], self.clock.now())
        self._aside("history", self.history.keep_only, self.chairs)
        self._devices.take_up(chairs, closing)
        self._show_anew()

    def preview(self, chairs: Sequence[ChairSetup]) -> list[WouldChange]:
        """Which alarms these chairs would start or stop now. Changes nothing."""
        self._runner.advance(self.clock.now())
        return self._engine.preview(chair.spec for chair in chairs)

    def say(self, notices: Sequence[str]) -> None:
        """Put other sentences at the foot of every screen."""
        self.notices = list(notices)
        self._show_anew()

    def _show_anew(self) -> None:
        """Give every screen a snapshot: what it knew of chairs or notices no longer holds."""
        known = set(self._engine.chairs)
        self.waves.renew(self.chairs)
        self.screens.keep_only(known)
        self.fallback.keep_only(known)
        self.viewers.renew(self.snapshot(), self.screens.awaited)

    # --- in -----------------------------------------------------------------------------------------------------

    def act(self, act: Act) -> None:
        """Let a person's act reach the engine.

        Raises:
            UsageError: if it is not possible; the text is for the person.
        """
        self._take([act], self.clock.now())
        self.picture.mark(act)

    def command(self, chair: str, device: str, command: Command, actor: str) -> None:
        """Have a device of a watched chair do something, because a person wants it.

        Raises:
            UsageError: if it is not possible; the text is for the person.
        """
        supervisor = self.supervisors.get(device)
        if supervisor is None or supervisor.chair != chair:
            raise UsageError(f'chair "{chair}" has no monitor {device}')
        if not actor.strip():
            raise UsageError("say who you are")
        facts = self._engine.chair(chair)
        if facts.state != "watched":
            raise UsageError("the chair is not watched")
        if command is Command.START_NIBP and Status.CUFF_INFLATING in facts.devices[device].statuses:
            raise UsageError("the cuff is measuring already")
        supervisor.command(command)
        if self.keeper is not None:
            self.keeper.record.commanded(chair, device, command, actor, self.clock.now())
        self.history.of(chair).mark(Mark(self.clock.now(), "command", str(command), actor))
        _log.info("command", chair=chair, device=device, command=str(command), actor=actor)

    async def kept(self) -> str:
        """Wait until everything that was done so far is in the record, for two seconds at most.

        Returns:
            why it is not, in plain words; empty when it is, or when there is no record.
        """
        if self.keeper is None or await self.keeper.record.kept():
            return ""
        return self.keeper.record.trouble or "The disk is slow."

    def _tell_now(self, events: list[Event]) -> None:
        self._tell(events, self.clock.now())

    def _tell(self, events: list[Event], now: float) -> None:
        for event in events:
            self.picture.mark(event)
            self.observations += isinstance(event, Sampled | CuffRead)
        self._take(events, now)

    def _take(self, events: Sequence[Event], now: float) -> None:
        self._runner.tell(events, now)
        self._aside("history", self.history.take, events, now)

    def _show_curve(self, chair: str, block: Waveform) -> None:
        self._aside("waves", self.waves.take, chair, block)
        if self.keeper is not None:
            self._aside("record of curves", self.keeper.curve, chair, block)

    def _aside(self, what: str, step: Callable[Given, None], *given: Given.args, **named: Given.kwargs) -> None:
        """Do what no alarm needs. A bug in it costs no alarm and no device, and stands at the foot of every screen.

        Values that do not come any more grow old on the screens, and are drawn as such.
        """
        try:
            step(*given, **named)
        except Exception as bug:  # noqa: BLE001 - told on every screen and logged
            self._failed(what, bug)

    def _failed(self, what: str, bug: Exception) -> None:
        if what not in self._broken:
            self._broken[what] = (
                f"Internal fault ({what}): {type(bug).__name__}: {bug}. Alarms go on; restart the service when "
                "nobody needs it."
            )
            _log.error("a part that no alarm needs failed", part=what, exc_info=bug)
            asyncio.get_running_loop().call_soon(self._show_anew)

    def _shown_oximeter(self, chair: str) -> str | None:
        """The device whose SpO2 the chair shows, and so whose curve."""
        facts = self._engine.chair(chair)
        found = None if facts.state == "empty" else facts.source(Vital.SPO2, self.clock.now())
        return None if found is None else found[0].spec.id

    # --- out ----------------------------------------------------------------------------------------------------

    def _publish(self, outputs: list[Output]) -> None:
        """Give transitions to the screens at once."""
        now = self.clock.now()
        for output in outputs:
            if isinstance(output, Transition):
                self.transitions[output.condition, output.target, output.priority] += 1
                _log.info("transition", chair=output.chair, condition=output.condition, to=output.target)
            elif output.event == "reminder" and output.chair != CLINIC and not output.condition:
                self._remind(output)
            elif output.event == "reconfigured":
                _log.info("chair reconfigured", chair=output.chair, changes=output.text)
            alarm = self.picture.take(output, now)
            if alarm is None:
                continue
            self.fallback.take(alarm)
            about = self.screens.calls(alarm)
            if self.viewers:
                self.viewers.put(_encode(alarm_frame(output, alarm, now)), alarm=True, about=about)
        self._aside("history", self.history.hear, outputs)

    def _remind(self, reminder: AlarmEvent) -> None:
        """Let every screen say that something at a chair is kept quiet; what is off is heard too."""
        is_heard = is_off(self._engine.chair(reminder.chair))
        frame = {"type": "reminder", "now": round(self.clock.now(), 3), "chair": reminder.chair, "text": reminder.text}
        self.viewers.put(_encode({**frame, "heard": is_heard}))

    async def _feed_screens(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            self._aside("values", self.flush)
            self.last_beat = self.clock.now()

    async def _beat(self) -> None:
        """Let every screen prove that it draws, and check ourselves."""
        loop = asyncio.get_running_loop()
        planned_at = loop.time()
        while True:
            planned_at += HEARTBEAT_S
            await asyncio.sleep(planned_at - loop.time())
            late_s = loop.time() - planned_at
            self.viewers.put(_encode({"type": "heartbeat", "now": round(self.clock.now(), 3)}))
            self._aside("self-check", self._check, loop.time(), late_s)
            if self.keeper is not None:
                self._aside("record", self.keeper.tick)
            if late_s >= HEARTBEAT_S:
                planned_at = loop.time()  # after a stall, one and not all that were missed

    def _check(self, now: float, late_s: float) -> None:
        """Tell the engine when the check of ourselves begins or ceases to fail."""
        overdue_s = self._runner.overdue_s / self.clock.speed
        fault = self._pulse.beat(now, late_s=late_s, overdue_s=overdue_s, faults=self._runner.faults)
        if fault != self._fault:
            self._fault = fault
            _log.error("self-check", fault=fault or "over")
            self._tell_now([SelfCheck(not fault, why=fault)])

    def _show_screens(self) -> None:
        frame = {"type": "screens", "now": round(self.clock.now(), 3), **self._screens_shown()}
        self.viewers.put(_encode(frame))

    def _screens_shown(self) -> dict[str, object]:
        return {"screens": self.screens.views(), "fallback": self.fallback.works}

    def flush(self) -> None:
        """Send what has changed since the last batch: chairs, values, texts of present alarms."""
        if not self.viewers:
            self.picture.skip()
            return
        for frame in self.picture.batch(self.clock.now()):
            self.viewers.put(_encode(frame.body), alarm=frame.alarm)

    # --- questions ----------------------------------------------------------------------------------------------

    def connect(self) -> Viewer:
        """Take in a screen: from its snapshot on it misses nothing."""
        viewer = Viewer(self.snapshot(), self.screens.awaited)
        self.viewers.add(viewer)
        return viewer

    def disconnect(self, viewer: Viewer) -> None:
        """Forget a screen that has gone or was cut."""
        self.viewers.remove(viewer)
        self.screens.left(viewer)

    def snapshot(self) -> bytes:
        """The first frame of every screen: everything there is to see."""
        now = self.clock.now()
        return _encode(
            {
                "type": "snapshot",
                "now": round(now, 3),
                "wall": self.clock.wall().isoformat(),
                "speed": self.clock.speed,
                "clinic": self.clinic,
                "version": __version__,
                "notices": [*self._broken.values(), *self.record_notices, *self.fallback.notices, *self.notices],
                "look": self.look,
                "chairs": self.picture.chairs(now),
                "clinic_alarms": present(self._engine.chair(CLINIC), now),
                **self._screens_shown(),
            }
        )

    @property
    def record_notices(self) -> list[str]:
        """What is wrong with the record or its backups, in plain words."""
        if self.keeper is None:
            return []
        copier = self.keeper.record.copier
        return list(filter(None, [self.keeper.record.trouble, "" if copier is None else copier.trouble]))

    @property
    def chairs(self) -> list[str]:
        """Ids of all chairs, in the order of the screen."""
        return self._engine.chairs

    def last_state(self) -> bytes:
        """The engine's whole state at the end of watching, for the record, which gets the begun minute before it."""
        self._runner.advance(self.clock.now())
        if self.keeper is not None:
            self._aside("record", self.keeper.end)
        return self._engine.snapshot()

    def present_alarms(self) -> list[AlarmView]:
        """Every alarm of every chair that is not idle."""
        return list(self.picture.alarms(self.clock.now()))

    def _chair_view(self, chair_id: str, now: float) -> ChairView:
        chair = self._engine.chair(chair_id)
        devices = [self._device_view(self.supervisors[device], now) for device in chair.devices]
        return frames.chair_view(chair, self._faces[chair_id], devices, now)

    def _device_view(self, supervisor: Supervisor, now: float) -> DeviceView:
        heard_at = self._engine.chair(supervisor.chair).devices[supervisor.device].heard_at
        counts = supervisor.driver.counts
        return DeviceView(
            supervisor.device,
            supervisor.driver_name,
            "lost" if supervisor.state == "faulty" else supervisor.state,
            supervisor.reason,
            None if heard_at is None else round(now - heard_at, 3),
            counts.frames,
            counts.bad_frames,
            counts.dropped_bytes,
            sorted(supervisor.allowed),
        )
