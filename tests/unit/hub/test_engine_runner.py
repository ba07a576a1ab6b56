"""The engine in the event loop: told at once, and woken exactly when something can change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from vitalwatch.alarms.engine import ChairSpec, Engine
from vitalwatch.alarms.events import Heard, LinkChanged, Sampled
from vitalwatch.alarms.facts import DeviceSpec
from vitalwatch.alarms.transition import Transition
from vitalwatch.errors import UsageError
from vitalwatch.hub.engine_runner import EngineRunner
from vitalwatch.model import Validity, Vital

OXIMETER = DeviceSpec("ox", (Vital.SPO2,), 2.0)


def spo2(value: float) -> Sampled:
    return Sampled("1", "ox", Vital.SPO2, value, Validity.VALID)


class Story:
    """A runner over one chair on the running loop's time; keeps what it published and when."""

    def __init__(self, speed: float) -> None:
        self.loop = asyncio.get_running_loop()
        self.speed = speed
        self.published: list[tuple[str, str, float]] = []
        self.engine = Engine([ChairSpec("1", (OXIMETER,))], self.now())
        self.runner = EngineRunner(self.engine, self, self._publish)

    def now(self) -> float:
        return round(self.loop.time() * self.speed, 6)

    def tell(self, *events: Any) -> None:
        self.runner.tell(events, self.now())

    def _publish(self, outputs: Any) -> None:
        self.published += [
            (output.condition, str(output.target), round(self.now(), 3))
            for output in outputs
            if isinstance(output, Transition)
        ]


@pytest.fixture(params=[1.0, 20.0])
def told(request: pytest.FixtureRequest, run: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Run a story of a runner and give what it published, at real pace and at 20 times that."""

    def told(story: Callable[[Story], Any]) -> Any:
        async def whole() -> Any:
            made = Story(request.param)
            await story(made)
            made.runner.stop()
            return made.published

        return run(whole())

    return told


def test_no_alarm_begins_at_the_moment_at_which_its_only_sample_stops_speaking(told: Callable[[Any], Any]) -> None:
    async def story(story: Story) -> None:
        story.tell(LinkChanged("1", "ox", True), spo2(80.0))  # delay 5 s, and a sample speaks for 5 s
        await asyncio.sleep(7.0 / story.speed)

    assert [one for one in told(story) if one[0] == "SPO2-LOW"] == [("SPO2-LOW", "pending", 0.0)]


def test_a_timer_is_moved_when_news_bring_the_deadline_nearer(told: Callable[[Any], Any]) -> None:
    async def story(story: Story) -> None:
        story.tell(LinkChanged("1", "ox", True))
        for second in range(9):
            story.tell(spo2(89.0 if second < 4 else 80.0))  # shallow: 15 s; deep: 5 s, counted from the first
            await asyncio.sleep(1.0 / story.speed)

    low = [one for one in told(story) if one[0] == "SPO2-LOW"]
    assert low == [("SPO2-LOW", "pending", 0.0), ("SPO2-LOW", "active", 5.0)]


def test_silence_becomes_an_alarm_at_its_moment(told: Callable[[Any], Any]) -> None:
    async def story(story: Story) -> None:
        story.tell(LinkChanged("1", "ox", True))
        await asyncio.sleep(2.0 / story.speed)
        story.tell(Heard("1", "ox"))
        await asyncio.sleep(60.0 / story.speed)

    silent = [each for each in told(story) if each[0] == "T-SILENT"]
    assert silent[:2] == [("T-SILENT", "pending", 12.0), ("T-SILENT", "active", 12.0)]


def test_the_loop_is_woken_exactly_at_each_deadline_and_never_between(run: Callable[[Any], Any]) -> None:
    async def whole() -> list[tuple[float, float | None]]:
        story = Story(1.0)
        story.tell(LinkChanged("1", "ox", True), spo2(97.0))
        woken: list[tuple[float, float | None]] = []
        advance = story.engine.advance

        def noted(now: float) -> Any:
            woken.append((now, story.engine.next_deadline()))
            return advance(now)

        story.engine.advance = noted  # type: ignore[method-assign]
        await asyncio.sleep(60.0)
        story.runner.stop()
        return woken

    woken = run(whole())
    assert woken
    assert all(now == deadline for now, deadline in woken)


def test_an_impossible_event_is_refused_and_the_timer_still_stands(told: Callable[[Any], Any]) -> None:
    async def story(story: Story) -> None:
        story.tell(LinkChanged("1", "ox", True))
        with pytest.raises(UsageError):
            story.tell(Heard("1", "no such device"))
        await asyncio.sleep(11.0 / story.speed)

    assert ("T-SILENT", "active", 10.0) in told(story)


def test_after_stop_nothing_is_published_any_more(told: Callable[[Any], Any]) -> None:
    async def story(story: Story) -> None:
        story.tell(LinkChanged("1", "ox", True))
        story.runner.stop()
        await asyncio.sleep(60.0)

    assert told(story) == []
