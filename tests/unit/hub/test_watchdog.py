"""The thread that calls when the event loop stands still."""

from __future__ import annotations

import queue
import threading

from vitalwatch.hub.fallback import Reason
from vitalwatch.hub.watchdog import STALLED_S, Watchdog

SOON_S = 0.02


class Bell:
    per_alarm = True

    def __init__(self, name: str = "bell", every_s: float = 1000.0) -> None:
        self.name = name
        self.every_s = every_s
        self.calls: queue.Queue[Reason] = queue.Queue()

    def call(self, reason: Reason) -> str:
        self.calls.put(reason)
        return ""

    def stop(self) -> None:
        raise AssertionError("the fallback stops its means, not the watchdog")


class Loop:
    """How long an event loop has been silent, and how often that was asked."""

    def __init__(self, silence_s: float) -> None:
        self.silence_s = silence_s
        self.asked = threading.Semaphore(0)

    def __call__(self) -> float:
        self.asked.release()
        return self.silence_s

    def wait(self, times: int) -> None:
        for _ in range(times):
            assert self.asked.acquire(timeout=5)


def test_a_loop_that_stands_still_calls_once_and_then_at_the_pace_of_the_means() -> None:
    rare, frequent, loop = Bell("rare"), Bell("frequent", every_s=0.0), Loop(STALLED_S)
    with Watchdog(loop, [rare, frequent], SOON_S):
        reason = rare.calls.get(timeout=5)
        for _ in range(3):
            frequent.calls.get(timeout=5)
    assert (reason.condition, reason.chair) == ("T-ENGINE", "")
    assert reason.text == "Alarm system fault: it stands still for 5 s"
    assert rare.calls.empty()


def test_one_that_beats_calls_nobody() -> None:
    bell, loop = Bell(), Loop(STALLED_S - 0.1)
    with Watchdog(loop, [bell], SOON_S):
        loop.wait(5)
    assert bell.calls.empty()


def test_standing_still_again_calls_again() -> None:
    bell, loop = Bell(), Loop(STALLED_S)
    with Watchdog(loop, [bell], SOON_S):
        bell.calls.get(timeout=5)
        loop.silence_s = 0.0
        while loop.asked.acquire(blocking=False):
            pass
        loop.wait(3)
        loop.silence_s = STALLED_S
        bell.calls.get(timeout=5)


def test_a_means_that_breaks_leaves_the_others_and_is_tried_again() -> None:
    class Broken(Bell):
        def call(self, reason: Reason) -> str:
            super().call(reason)
            raise OSError(28, "No space left on device")

    broken, sound = Broken("broken", every_s=0.0), Bell("sound", every_s=0.0)
    with Watchdog(Loop(STALLED_S), [broken, sound], SOON_S):
        for _ in range(3):
            broken.calls.get(timeout=5)
            sound.calls.get(timeout=5)
