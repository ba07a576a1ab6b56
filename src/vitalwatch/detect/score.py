"""How well each driver understands the same bytes, and whether that is enough to say so. Pure.

Theory of operation. Every serial driver gets the same bytes, as if its own device were at the other end. One that
belongs there turns nearly all of them into readings; another one drops them. A claim rests on three facts together,
because each alone can come about by chance:

* *readings*: at least two frames that told values or their absence. Frames without a reading (a table's heading) prove
  nothing: other programs print such words too;
* *understood bytes*: enough of them that chance is out of the question. A frame of five bytes appears in noise all the
  time, a hundred matching bytes do not;
* *share*: what the driver dropped has to be little. The line is opened in the middle of a frame, so a first broken
  one is forgiven.

Values that no body can have speak against a driver. Two drivers that both understand the bytes are no answer: then
both are named.

With ``--probe`` one driver at a time also asks what it asks in service. A monitor with a cuff only may then have no
reading to tell. On a line that was silent until it was asked, good frames therefore count instead of readings, but
never for more than *likely*. A line that only gives back what is sent (an echo) answers nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final

import msgspec

from vitalwatch.driver import NOTHING_DUE, Counts, Driver, DriverInfo, Due, LineSettings
from vitalwatch.model import DeviceStatus, Mode, Observation, Validity

PREVIEW_BYTES: Final = 32
"""How many of the first bytes heard are kept to be shown."""

_FORGIVEN_FRAMES: Final = 2.0
"""Dropped bytes that do not count, in average frames: a broken first frame may be longer than the average one."""

_MOST_IMPLAUSIBLE: Final = 0.1


class Confidence(IntEnum):
    """How sure it is that a driver belongs to a line."""

    NONE = 0
    LIKELY = 1
    SURE = 2


_BARS: Final = ((Confidence.SURE, 2, 100, 0.95), (Confidence.LIKELY, 2, 40, 0.8))
"""What each confidence asks for, highest first: least readings, least understood bytes, least share of what was heard.
A checksum in every frame lets each byte count twice."""


class Score(msgspec.Struct, frozen=True):
    """What one driver made of what was heard.

    Attributes:
        driver: its name.
        title: its line for people.
        readings: frames that told values or their absence.
        frames: all frames that it understood.
        bad_frames: frames that it refused.
        understood: bytes that it did not drop.
        heard: bytes that it was given.
        confidence: how sure it is that it belongs here.
        values: the newest usable value of each vital.
        statuses: what the device says is the matter now.
        demo: the device says that its values are not a patient's.
        fault: the driver broke on these bytes, which is a bug in it; empty if not.
    """

    driver: str
    title: str
    readings: int
    frames: int
    bad_frames: int
    understood: int
    heard: int
    confidence: Confidence
    values: dict[str, float]
    statuses: tuple[str, ...]
    demo: bool = False
    fault: str = ""

    @property
    def share(self) -> float:
        """Share of the heard bytes that it understood, 0 to 1, without the frame that was cut by the opening."""
        return _share(self.frames, self.understood, self.heard)


class Readings:
    """Keeps account of what a driver reported: how often, how plausible, and what holds now."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}
        self.demo = False
        self._statuses: dict[str, bool] = {}
        self._told: dict[str, int] = {}
        self._implausible = 0

    def take(self, reports: Iterable[object]) -> None:
        """Count reports of a driver."""
        for report in reports:
            if isinstance(report, DeviceStatus):
                self._statuses[str(report.status)] = report.active
            elif isinstance(report, Observation):
                vital = str(report.vital)
                self._told[vital] = self._told.get(vital, 0) + 1
                self._implausible += report.validity is Validity.INVALID
                self.demo = self.demo or report.mode is not Mode.REAL
                if report.value is None:
                    self.values.pop(vital, None)
                else:
                    self.values[vital] = report.value

    @property
    def count(self) -> int:
        """How often the vital that came most often was told."""
        return max(self._told.values(), default=0)

    @property
    def plausible(self) -> bool:
        """Whether nearly all values are ones that a body can have."""
        return self._implausible <= _MOST_IMPLAUSIBLE * sum(self._told.values())

    @property
    def statuses(self) -> tuple[str, ...]:
        """What the device says is the matter now."""
        return tuple(sorted(status for status, active in self._statuses.items() if active))


class Trial:
    """One driver, listening as if its device were at the other end."""

    def __init__(self, driver: type[Driver]) -> None:
        self.info: DriverInfo = driver.info
        self._driver = driver("detect", driver.Options())
        self._readings = Readings()
        self._heard = 0
        self._fault = ""

    def hear(self, data: bytes, now: float) -> None:
        """Give the driver bytes that arrived at monotonic ``now``. One that breaks on them is given no more."""
        self._heard += len(data)
        if self._fault:
            return
        try:
            self._readings.take(self._driver.receive(data, now))
        except Exception as bug:  # noqa: BLE001 - somebody's driver; told in the score, and the others go on
            self._fault = f"{type(bug).__name__}: {bug}"

    def due(self, now: float) -> Due:
        """What the driver would send to its device at ``now``. One that breaks sends no more."""
        if self._fault:
            return NOTHING_DUE
        try:
            return self._driver.due(now)
        except Exception as bug:  # noqa: BLE001 - as in hear()
            self._fault = f"{type(bug).__name__}: {bug}"
            return NOTHING_DUE

    def score(self, *, answers: bool = False) -> Score:
        """What the driver has made of it so far; ``answers`` if its frames can only be answers to its own questions."""
        counts: Counts = self._driver.counts
        understood = max(0, self._heard - counts.dropped_bytes)
        return Score(
            driver=self.info.name,
            title=self.info.title,
            readings=self._readings.count,
            frames=counts.frames,
            bad_frames=counts.bad_frames,
            understood=understood,
            heard=self._heard,
            confidence=self._confidence(counts.frames, understood, answers=answers),
            values=dict(self._readings.values),
            statuses=self._readings.statuses,
            demo=self._readings.demo,
            fault=self._fault,
        )

    def _confidence(self, frames: int, understood: int, *, answers: bool) -> Confidence:
        if self._fault or not self._readings.plausible:
            return Confidence.NONE
        weight = understood * (2 if self.info.checksum else 1)
        share = _share(frames, understood, self._heard)
        for confidence, readings, least_weight, least_share in _BARS:
            told = frames if answers and confidence is Confidence.LIKELY else self._readings.count
            if told >= readings and weight >= least_weight and share >= least_share:
                return confidence
        return Confidence.NONE


class Panel:
    """All serial drivers listening to one line at one setting.

    Args:
        drivers: each hears the same bytes.
        settings: the line setting.
        asks: which of them may send what it sends in service; ``None`` to listen only.
        silent: nothing came on this line while nothing was sent.
    """

    def __init__(
        self,
        drivers: Sequence[type[Driver]],
        settings: LineSettings,
        asks: type[Driver] | None = None,
        *,
        silent: bool = False,
    ) -> None:
        self._settings = settings
        self._trials = [Trial(driver) for driver in drivers]
        self._asking = self._trials[drivers.index(asks)] if asks is not None else None
        self._silent = silent
        self._bytes = 0
        self._preview = b""
        self._sent = b""

    def hear(self, data: bytes, now: float) -> None:
        """Give every driver the same bytes."""
        self._bytes += len(data)
        self._preview = (self._preview + data)[:PREVIEW_BYTES]
        for trial in self._trials:
            trial.hear(data, now)

    def due(self, now: float) -> Due:
        """What the asking driver has to send at ``now``, and when to ask again; nothing, ever, when none asks."""
        if self._asking is None:
            return NOTHING_DUE
        due = self._asking.due(now)
        self._sent = (self._sent + b"".join(due.send))[:PREVIEW_BYTES]
        return due

    @property
    def settled(self) -> bool:
        """Whether more listening would not change the answer: one driver is sure, and no other has a part in it."""
        scores = self._scores()
        sure = [score for score in scores if score.confidence is Confidence.SURE]
        rivals = [score for score in scores if score.share >= 0.5 and not score.fault and score not in sure]
        return len(sure) == 1 and not rivals

    @property
    def answered(self) -> bool:
        """Whether the asking driver has understood anything, so that it is worth waiting for more."""
        return self._asking is not None and self._asking.score().frames > 0

    def heard(self) -> Heard:
        """What was heard, and what each driver made of it."""
        probed = self._asking.info.name if self._asking is not None else ""
        return Heard(self._settings, self._bytes, self._preview, self._scores(), probed, echo=self._echo)

    @property
    def _echo(self) -> bool:
        return bool(self._preview) and self._sent.startswith(self._preview)

    def _scores(self) -> tuple[Score, ...]:
        answers = self._silent and not self._echo
        return tuple(trial.score(answers=answers and trial is self._asking) for trial in self._trials)


class Heard(msgspec.Struct, frozen=True):
    """What came in at one line setting.

    Attributes:
        settings: the line setting.
        count: how many bytes came.
        preview: the first of them.
        scores: what each driver made of them.
        probed: the driver that asked; empty when only listened to.
        error: why the port could not be listened to, in plain words; empty if it could.
        echo: what came is only what was sent.
    """

    settings: LineSettings
    count: int = 0
    preview: bytes = b""
    scores: tuple[Score, ...] = ()
    probed: str = ""
    error: str = ""
    echo: bool = False


class Verdict(msgspec.Struct, frozen=True):
    """What a line was recognised as.

    Attributes:
        confidence: none unless exactly one driver fits.
        score: that of the driver that fits.
        settings: at which line setting.
        rivals: titles of the drivers that fit equally well, when there are several.
    """

    confidence: Confidence = Confidence.NONE
    score: Score | None = None
    settings: LineSettings | None = None
    rivals: tuple[str, ...] = ()


def judge(heard: Sequence[Heard]) -> Verdict:
    """Say what a line is, from all that was heard on it at its settings."""
    found = [(score, each.settings) for each in heard for score in each.scores if score.confidence]
    if not found:
        return Verdict()
    best = max(score.confidence for score, _ in found)
    equals = [(score, settings) for score, settings in found if score.confidence is best]
    if len({score.driver for score, _ in equals}) > 1:
        return Verdict(rivals=tuple(dict.fromkeys(score.title for score, _ in equals)))
    score, settings = max(equals, key=lambda each: each[0].share)
    return Verdict(best, score, settings)


def _share(frames: int, understood: int, heard: int) -> float:
    if not frames or not heard:
        return 0.0
    dropped = max(0.0, heard - understood - _FORGIVEN_FRAMES * understood / frames)
    return 1.0 - dropped / heard
