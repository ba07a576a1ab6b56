"""One device: what the engine is told of its link and its driver, whatever either does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from vitalwatch.alarms.events import Heard, LinkChanged, Sampled
from vitalwatch.driver import NOTHING_DUE, Due
from vitalwatch.errors import LinkError
from vitalwatch.hub.supervisor import Supervisor
from vitalwatch.link_url import parse_link

UNPLUGGED = LinkError("unplugged", url="loop://d")


class HandClock:
    speed = 1.0
    time = 100.0

    def now(self) -> float:
        return self.time


class SilentLink:
    """Opens nothing; keeps what was sent."""

    def __init__(self) -> None:
        self.url = parse_link("loop://d")
        self.sent: list[bytes] = []

    def send(self, data: bytes) -> None:
        self.sent.append(data)


class Story:
    """A supervisor with all it needs, and what it told."""

    def __init__(self, driver: Any, clock: Any) -> None:
        self.clock = clock
        self.driver = driver
        self.link = SilentLink()
        self.told: list[tuple[float, Any]] = []
        self.changed: list[str] = []
        self.supervisor = Supervisor("1", "d", driver, "words", self.link, clock, self._tell, self.changed.append)

    def _tell(self, events: list[Any], now: float) -> None:
        self.told += [(now, event) for event in events]

    def take(self) -> list[Any]:
        """Events told since the last call."""
        events, self.told = [event for _, event in self.told], []
        return events

    def says(self, words: str) -> list[Any]:
        self.supervisor.received(words.encode())
        return self.take()


@pytest.fixture
def story(words_driver: Callable[[str], Any]) -> Story:
    made = Story(words_driver("d"), HandClock())
    made.supervisor.opened()
    return made


def test_an_opened_link_is_told_and_the_driver_begins_afresh(words_driver: Callable[[str], Any]) -> None:
    story = Story(words_driver("d"), HandClock())
    assert story.supervisor.state == "opening"
    story.supervisor.opened()
    assert story.take() == [LinkChanged("1", "d", True)]
    assert (story.supervisor.state, story.supervisor.reason) == ("up", "")
    assert story.driver.resets == 1
    assert story.changed == ["1"]


def test_a_lost_link_is_told_with_its_reason(story: Story) -> None:
    story.take()
    story.supervisor.lost(UNPLUGGED)
    assert story.take() == [LinkChanged("1", "d", False, "unplugged")]
    assert (story.supervisor.state, story.supervisor.reason) == ("lost", "unplugged")


def test_what_the_driver_reads_is_told_with_the_time_of_arrival(story: Story) -> None:
    story.take()
    story.clock.time = 107.5
    story.supervisor.received(b"spo2=97")
    ((at, event),) = story.told
    assert at == 107.5
    assert isinstance(event, Sampled)
    assert (event.chair, event.device, event.value) == ("1", "d", 97.0)


def test_noise_is_counted_by_the_driver_and_tells_the_engine_nothing(story: Story) -> None:
    story.take()
    assert story.says("noise noise") == []
    assert story.driver.counts.bad_frames == 2


def test_frames_without_news_are_told_as_heard_at_most_once_a_second(story: Story) -> None:
    story.take()
    heard_at = []
    for tenth in range(31):
        story.clock.time = 200 + tenth / 10
        if story.says("frame") == [Heard("1", "d")]:
            heard_at.append(story.clock.time)
    assert heard_at == [200.0, 201.0, 202.0, 203.0]


def test_a_frame_with_news_says_by_itself_that_the_device_was_heard(story: Story) -> None:
    story.take()
    story.clock.time = 200.0
    assert [type(event) for event in story.says("spo2=97")] == [Sampled]
    story.clock.time = 200.9
    assert story.says("frame") == []


def test_half_a_frame_is_not_heard_as_one(story: Story) -> None:
    story.take()
    story.clock.time = 200.0
    assert story.says("") == []


def test_a_fault_in_the_driver_is_a_loss_of_this_device_told_with_the_drivers_name(story: Story) -> None:
    story.take()
    (event,) = story.says("boom")
    assert (event.up, event.device) == (False, "d")
    assert "words driver" in event.reason
    assert story.supervisor.state == "faulty"
    assert story.supervisor.faults == 1
    assert story.driver.resets == 2


def test_after_a_fault_the_first_frames_that_read_well_bring_the_device_back(story: Story) -> None:
    story.says("boom")
    events = story.says("spo2=97")
    assert events[0] == LinkChanged("1", "d", True)
    assert isinstance(events[1], Sampled)
    assert (story.supervisor.state, story.supervisor.reason) == ("up", "")


def test_every_fault_is_counted(story: Story) -> None:
    for _ in range(3):
        story.says("boom")
    assert story.supervisor.faults == 3


def test_what_is_due_is_sent_at_its_times_and_not_after_the_loss(
    run: Callable[[Any], Any], words_driver: Callable[[str], Any]
) -> None:
    async def whole() -> tuple[list[bytes], list[float]]:
        loop = asyncio.get_running_loop()

        class LoopClock:
            speed = 4.0

            def now(self) -> float:
                return loop.time() * self.speed

        story = Story(words_driver("d"), LoopClock())
        asked: list[float] = []

        def plan(now: float) -> Due:
            asked.append(round(now, 6))
            return Due((b"poll %d" % len(asked),), now + 2.0)

        story.driver.plan = plan
        story.supervisor.opened()
        await asyncio.sleep(5.0 / 4.0)
        story.supervisor.lost(UNPLUGGED)
        await asyncio.sleep(60.0)
        return story.link.sent, asked

    assert run(whole()) == ([b"poll 1", b"poll 2", b"poll 3"], [0.0, 2.0, 4.0])


def test_a_device_that_talks_by_itself_is_sent_nothing(story: Story) -> None:
    assert story.link.sent == []


def test_an_answer_is_sent_right_after_what_asked_for_it(story: Story) -> None:
    story.driver.plan = lambda _: Due((b"seen",))
    story.says("spo2=97")
    assert story.link.sent == [b"seen"]


def test_a_fault_while_saying_what_is_due_is_a_loss_of_this_device(story: Story) -> None:
    def boom(now: float) -> Due:
        raise ZeroDivisionError("a bug")

    story.take()
    story.driver.plan = boom
    for _ in range(3):  # and it does not come and go with each message
        told = story.says("spo2=97")
        assert [(e.up, "words driver" in e.reason) for e in told if isinstance(e, LinkChanged)] == [(False, True)]
    story.driver.plan = lambda _: NOTHING_DUE
    assert [e.up for e in story.says("spo2=97") if isinstance(e, LinkChanged)] == [True]
