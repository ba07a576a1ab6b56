"""What replies and blocks of a Dinamap mean, what it is asked, and how one cuff measurement is started.

Theory of operation. In ASCII the driver asks one question at a time, in a fixed round and at a fixed pace: NA for the
cuff, OA for SpO2, RA for the pulse. The pulse counts only when the oximeter said just before that it measures. A new
cuff result is told at once; RC, asked next, brings its pulse. A PRO 1000 in its binary mode talks by itself: as soon as
a block was heard, nothing is sent any more.

Only a person's command makes the driver send anything but questions.
"""

from __future__ import annotations

import math
from typing import ClassVar, Final

from vitalwatch.driver import (
    NOTHING_DUE,
    Command,
    Counts,
    DriverInfo,
    DriverOptions,
    Due,
    LineSettings,
    Message,
    Received,
    StatusBook,
)
from vitalwatch.errors import UsageError
from vitalwatch.model import CUFF_VITALS, Report, Status, Validity, Vital, observe, observe_cuff
from vitalwatch_drivers.dinamap.blocks import PAGE_S, PRO1000_VITALS, BlockReader
from vitalwatch_drivers.dinamap.cuff import CuffMemory
from vitalwatch_drivers.dinamap.decoder import DinamapDecoder
from vitalwatch_drivers.dinamap.frames import (
    PROTOCOL,
    Block,
    CuffReply,
    OtherReply,
    OximeterReply,
    RateReply,
    Reply,
    command,
)
from vitalwatch_drivers.dinamap.options import DinamapOptions

READ_CUFF: Final = command(b"NA")
READ_OXIMETER: Final = command(b"OA")
READ_RATE: Final = command(b"RA")
READ_CUFF_RATE: Final = command(b"RC")
START_CUFF: Final = command(b"NC0")
"""The one order among these. The others read and change nothing."""

ROUND_S: Final = 1.5
"""How often each question is asked, seconds."""

CUFF_BUSY, CUFF_DONE, CUFF_UNUSED = 0, 1, 2
CUFF_FAILURES: Final = {
    3: "no result",
    4: "took too long to pump up",
    6: "took too long",
    7: "took too long at one pressure",
    8: "overpressure, or too much air in the cuff",
    9: "unknown",
}
"""Every failure of a determination that is listed (HC_009). Others are failures too, told by their number."""

OXIMETER_MEASURES: Final = 1
OXIMETER_STATUSES: Final[dict[int, tuple[str, str]]] = {
    0: ("dinamap_oximeter_standby", "standby"),
    # Includes a sensor that fell off at a ProCare. Searching is the safe reading: after a good pulse, it alarms.
    3: (Status.SEARCHING, "no data"),
    6: (Status.NO_SENSOR, "sensor unplugged"),
}
"""Why there is no SpO2 (HC_020)."""

FROM_OXIMETER: Final = "2"


class DinamapDriver:
    """One Dinamap monitor.

    Args:
        device: the device's id in the config.
        options: an instance of ``Options``.
    """

    info: ClassVar[DriverInfo] = DriverInfo(
        name=PROTOCOL,
        title="GE and Critikon Dinamap monitors, ASCII host protocol or PRO 1000 binary blocks",
        models=("CARESCAPE V100", "Dinamap ProCare", "Dinamap PRO 100-400", "Dinamap PRO 1000"),
        takes="stream",
        vitals=(
            *(Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE, Vital.CUFF_PULSE_RATE),
            *(Vital.SPO2, Vital.PULSE_RATE, Vital.HEART_RATE),
        ),
        period_s=ROUND_S,
        settings=(LineSettings(9600), LineSettings(19200)),
        checksum=True,
        commands=(Command.START_NIBP,),
    )
    Options: ClassVar[type[DriverOptions]] = DinamapOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        if not isinstance(options, DinamapOptions):
            raise UsageError(f"{PROTOCOL} needs its own options, not {type(options).__name__}")
        self.counts = Counts()
        self.period_s = PAGE_S if options.format == "pro1000" else ROUND_S
        self.vitals = tuple(vital for vital in self.info.vitals if _gives(vital, options))
        self._device = device
        self._questions = [READ_CUFF, READ_OXIMETER, READ_RATE] if options.oximeter else [READ_CUFF]
        self._pace_s = ROUND_S / len(self._questions)
        self._decoder = DinamapDecoder(check_replies=options.check_replies)
        self._blocks = BlockReader(device, heart_rate=options.heart_rate)
        self._cuff = CuffMemory()
        self._statuses = StatusBook(device)
        self._answers_questions = options.format == "ascii"
        self._forget()

    def _forget(self) -> None:
        self._streams: bool = False
        self._start: bool = False
        self._next_at: float = -math.inf
        self._asked: int = 0
        self._rate_question: bool = False
        self._awaits_cuff_rate: bool = False
        self._measures: bool = False
        self._validity: Validity = Validity.VALID
        self._cuff_states: dict[str, str] = {}
        self._oximeter_states: dict[str, str] = {}

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes that arrived at monotonic ``now``: for each frame, changed statuses, then its values.

        Raises:
            UsageError: if given a message; this is a byte stream.
        """
        if isinstance(data, Message):
            raise UsageError(f"the {PROTOCOL} driver reads a stream of bytes, not messages")
        self._decoder.feed(data)
        reports: list[Report] = []
        for frame in self._decoder.frames():
            self.counts.frames += 1
            if isinstance(frame, Block):
                self._streams = True
                values = self._blocks.take(frame, now)
            else:
                values = self._on_reply(frame, now)
            holding = self._cuff_states | self._oximeter_states | self._blocks.states
            reports += [*self._statuses.update(holding, now, priority=self._blocks.priority), *values]
        reports += self._blocks.curve(now)
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        return reports

    def due(self, now: float) -> Due:
        """The next question of the round, or the start of the cuff that a person commanded."""
        if not self._takes_commands:
            return NOTHING_DUE
        send: tuple[bytes, ...] = ()
        if self._start:
            self._start, send = False, (START_CUFF,)
        elif now >= self._next_at:
            send = (self._next_question(),)
        if send:
            self._next_at = now + self._pace_s
        return Due(send, self._next_at)

    def command(self, command: Command, now: float) -> None:  # noqa: ARG002 - the contract
        """Have the cuff measure once.

        Raises:
            UsageError: if there is no such command, or the monitor streams blocks and takes none.
        """
        if command is not Command.START_NIBP:
            raise UsageError(f"the {PROTOCOL} driver cannot do {command}")
        if not self._takes_commands:
            raise UsageError("a PRO 1000 in its binary mode takes no commands: start the cuff at the monitor")
        self._start = True

    def redact(self, data: bytes) -> bytes:
        """The bytes as they are. Neither form carries names."""
        return data

    def reset(self) -> None:
        """Forget half a frame, an unsent command and the present statuses: the link was cut. Which cuff result was
        already told is kept."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._statuses.clear()
        self._blocks.reset()
        self._forget()

    @property
    def _takes_commands(self) -> bool:
        return self._answers_questions and not self._streams

    def _next_question(self) -> bytes:
        if self._rate_question:
            self._rate_question = False
            return READ_CUFF_RATE
        question = self._questions[self._asked % len(self._questions)]
        self._asked += 1
        return question

    def _on_reply(self, reply: Reply, now: float) -> list[Report]:
        match reply:
            case CuffReply():
                return self._on_cuff(reply, now)
            case OximeterReply():
                return self._on_oximeter(reply, now)
            case RateReply(code="RA"):
                return self._on_rate(reply, now)
            case RateReply():
                return self._on_cuff_rate(reply, now)
            case OtherReply():
                return []

    def _on_cuff(self, reply: CuffReply, now: float) -> list[Report]:
        self._cuff_states = _cuff_states(reply.status)
        if reply.status != CUFF_DONE:
            self._awaits_cuff_rate = False
            return []
        pressures = (reply.systolic, reply.diastolic, reply.mean)
        if all(pressure is None for pressure in pressures) or not self._cuff.is_new(reply.age_s, now):
            return []
        self._rate_question = self._awaits_cuff_rate = True
        return list(
            observe_cuff(
                *(self._device, reply.systolic, reply.diastolic, now),
                mean=reply.mean,
                reading_age_s=float(reply.age_s),
            )
        )

    def _on_cuff_rate(self, reply: RateReply, now: float) -> list[Report]:
        """The pulse that belongs to the result that was told last; a rate of the oximeter is none of the cuff."""
        if not self._awaits_cuff_rate or reply.source == FROM_OXIMETER or reply.rate is None:
            return []
        self._awaits_cuff_rate = False
        age_s = self._cuff.age_s(now)
        return [observe(self._device, Vital.CUFF_PULSE_RATE, reply.rate, now, reading_age_s=age_s)]

    def _on_oximeter(self, reply: OximeterReply, now: float) -> list[Report]:
        self._measures = reply.status == OXIMETER_MEASURES
        if not self._measures:
            unlisted = (f"dinamap_oximeter_{reply.status}", "")
            name, detail = OXIMETER_STATUSES.get(reply.status, unlisted)
            self._oximeter_states = {str(name): detail}
            return [observe(self._device, vital, None, now) for vital in (Vital.SPO2, Vital.PULSE_RATE)]
        weak = reply.strength == 0
        self._oximeter_states = {str(Status.LOW_SIGNAL): "signal strength 0"} if weak else {}
        self._validity = Validity.QUESTIONABLE if weak else Validity.VALID
        return [observe(self._device, Vital.SPO2, reply.spo2, now, validity=self._validity)]

    def _on_rate(self, reply: RateReply, now: float) -> list[Report]:
        if not self._measures:  # told as unavailable with the oximeter's own reply, or nothing is known of it
            return []
        self._measures = False
        rate = reply.rate if reply.source == FROM_OXIMETER else None
        return [observe(self._device, Vital.PULSE_RATE, rate, now, validity=self._validity)]


def _gives(vital: Vital, options: DinamapOptions) -> bool:
    if vital in PRO1000_VITALS:
        return options.heart_rate
    if options.format == "pro1000":
        return False
    return vital in CUFF_VITALS or options.oximeter


def _cuff_states(status: int) -> dict[str, str]:
    if status == CUFF_BUSY:
        return {str(Status.CUFF_INFLATING): ""}
    if status == CUFF_DONE:
        return {}
    if status == CUFF_UNUSED:
        return {"dinamap_nibp_2": ""}
    return {str(Status.CUFF_FAILED): CUFF_FAILURES.get(status, f"code {status}")}
