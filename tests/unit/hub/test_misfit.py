"""A device that speaks another protocol than its driver is told by name, and never while it is the right one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vitalwatch.driver import Message, load_driver
from vitalwatch.hub.misfit import KEPT_BYTES, LOOK_AT_MESSAGES, Misfit

InRoom = Callable[..., Any]

MASIMO_LINE = (
    b"03/17/16 19:19:36 SN=0000070986 SPO2=098% BPM=%03d PI=00.55%% SPCO=--.-%% SPMET=--.-%% DESAT=-- PIDELTA=+-- "
    b"ALARM=0000 EXC=000800\n\r"
)
MASIMO = b"".join(MASIMO_LINE.replace(b"%03d", b"%03d" % (60 + n)).replace(b"%%", b"%") for n in range(8))


def misfit(driver: str) -> Misfit:
    return Misfit(load_driver(driver).info)


def test_after_500_bytes_without_a_frame_it_says_what_the_bytes_look_like() -> None:
    doubt = misfit("nellcor")
    assert not doubt.hear(MASIMO[:499], good=False, dropped=499)
    assert doubt.hear(MASIMO[499:], good=False, dropped=len(MASIMO))
    sentence = doubt.look()
    assert sentence.startswith(
        f"this does not look like nellcor (0 good frames in {len(MASIMO):,} bytes); it looks like"
    )
    assert "it looks like masimo: Masimo" in sentence


def test_bytes_that_nobody_reads_are_told_with_what_to_check() -> None:
    doubt = misfit("nellcor")
    assert doubt.hear(bytes(600), good=False, dropped=600)
    assert doubt.look().endswith("check driver, baud rate and the monitor's output setting")


def test_it_looks_twice_and_keeps_no_more_than_it_needs() -> None:
    doubt = misfit("nellcor")
    looks = [doubt.hear(b"x" * 100, good=False, dropped=100 * n) for n in range(1000)]
    assert looks.count(True) == 2
    assert f"{KEPT_BYTES:,} bytes" in doubt.look()


def test_a_frame_that_is_only_long_is_no_misfit() -> None:
    doubt = misfit("ge-dri")
    assert not any(doubt.hear(b"x" * 400, good=False, dropped=0) for _ in range(3))


def test_one_good_frame_ends_it_for_good() -> None:
    doubt = misfit("masimo")
    doubt.hear(b"x" * 400, good=False, dropped=400)
    doubt.hear(MASIMO, good=True, dropped=400)
    assert doubt.fits
    assert not any(doubt.hear(b"x" * 1000, good=False, dropped=1000 * n) for n in range(10))


def test_messages_are_counted() -> None:
    doubt = misfit("mqtt-json")
    looks = [doubt.hear(Message(b"?", "a/b"), good=False, dropped=0) for _ in range(100)]
    assert looks.index(True) == LOOK_AT_MESSAGES - 1
    assert looks.count(True) == 1
    assert "0 good frames in 100 messages" in doubt.look()


def test_the_screens_are_told_and_told_when_it_has_become_right(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        screen = room.screen()
        room.say("d1", " ".join(["noise"] * 200))
        while "does not look like words" not in (reason := await reason_of(screen)):
            pass
        assert "0 good frames in 1,199 bytes" in reason
        room.say("d1", "spo2=97")
        while await reason_of(screen):
            pass

    in_room(story)


async def reason_of(screen: Any) -> str:
    """What the next frame says about the device. It is looked at in a thread, while virtual time flies."""
    reason: str = (await screen.next("chair", timeout_s=1e12))["chair"]["devices"][0]["reason"]
    return reason
