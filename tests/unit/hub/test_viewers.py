"""The queues to the screens: snapshot first, alarms ahead of values, nothing without a bound."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.hub.viewers import BYTES_HELD, FRAMES_HELD, WAVES_HELD, Viewer, Viewers

SNAPSHOT = b'{"type":"snapshot"}'


def body(name: str, size: int = 0) -> bytes:
    return json.dumps({"type": name, "padding": "x" * size}).encode()


async def drain(viewer: Viewer) -> list[Any]:
    """Every frame that is waiting, decoded."""
    frames = []
    while True:
        try:
            async with asyncio.timeout(0):
                frames.append(json.loads(await viewer.next_frame()))
        except TimeoutError:
            return frames


def names(frames: list[Any]) -> list[str]:
    return [frame["type"] for frame in frames]


@pytest.mark.asyncio
async def test_the_snapshot_is_first_even_when_an_alarm_comes_before_it_is_sent() -> None:
    viewer = Viewer(SNAPSHOT)
    viewer.put(body("alarm"), alarm=True)
    assert names(await drain(viewer)) == ["snapshot", "alarm"]


@pytest.mark.asyncio
async def test_alarms_overtake_values_and_each_kind_keeps_its_order() -> None:
    viewer = Viewer(SNAPSHOT)
    await viewer.next_frame()
    for name, alarm in [("v1", False), ("a1", True), ("v2", False), ("a2", True)]:
        viewer.put(body(name), alarm=alarm)
    assert names(await drain(viewer)) == ["a1", "a2", "v1", "v2"]


@pytest.mark.asyncio
async def test_frames_are_numbered_as_they_are_sent_one_by_one() -> None:
    viewer = Viewer(SNAPSHOT)
    viewer.put(body("v"))
    viewer.put(body("a"), alarm=True)
    assert [frame["seq"] for frame in await drain(viewer)] == [1, 2, 3]


@pytest.mark.asyncio
async def test_a_frame_that_is_waited_for_is_given_when_it_comes() -> None:
    viewer = Viewer(SNAPSHOT)
    await viewer.next_frame()
    waiting = asyncio.create_task(viewer.next_frame())
    await asyncio.sleep(0)
    assert not waiting.done()
    viewer.put(body("v"))
    assert json.loads(await waiting)["type"] == "v"


@pytest.mark.asyncio
async def test_as_many_frames_as_may_wait_do_and_one_more_cuts() -> None:
    viewer = Viewer(SNAPSHOT)
    for _ in range(FRAMES_HELD - 1):
        viewer.put(body("v"))
    assert not viewer.cut.is_set()
    viewer.put(body("v"))
    assert viewer.cut.is_set()


@pytest.mark.asyncio
async def test_as_many_bytes_as_may_wait_do_and_one_more_cuts() -> None:
    viewer = Viewer(SNAPSHOT)
    viewer.put(b"x" * BYTES_HELD)
    assert not viewer.cut.is_set()
    viewer.put(b"x")
    assert viewer.cut.is_set()


@pytest.mark.asyncio
async def test_too_many_alarms_cut_as_well_rather_than_being_dropped_one_by_one() -> None:
    viewer = Viewer(SNAPSHOT)
    for _ in range(FRAMES_HELD):
        viewer.put(body("a"), alarm=True)
    assert viewer.cut.is_set()


@pytest.mark.asyncio
async def test_a_cut_viewer_holds_nothing_and_takes_nothing_any_more() -> None:
    viewer = Viewer(SNAPSHOT)
    viewer.put(b"x" * (BYTES_HELD + 1))
    viewer.put(body("alarm"), alarm=True)
    assert await drain(viewer) == []


@pytest.mark.asyncio
async def test_a_snapshot_of_many_chairs_does_not_cut_by_its_own_size() -> None:
    viewer = Viewer(body("snapshot", 3 * BYTES_HELD))
    viewer.put(body("alarm"), alarm=True)
    assert names(await drain(viewer)) == ["snapshot", "alarm"]


@pytest.mark.asyncio
async def test_what_was_sent_no_longer_counts() -> None:
    viewer = Viewer(SNAPSHOT)
    for _ in range(3 * FRAMES_HELD):
        viewer.put(body("v", BYTES_HELD // 10))
        await drain(viewer)
    assert not viewer.cut.is_set()


@pytest.mark.asyncio
async def test_one_viewer_that_falls_behind_costs_another_nothing() -> None:
    viewers, slow, quick = Viewers(), Viewer(SNAPSHOT), Viewer(SNAPSHOT)
    viewers.add(slow)
    viewers.add(quick)
    got = []
    for number in range(2 * FRAMES_HELD):
        viewers.put(body(str(number)))
        got += names(await drain(quick))
    assert slow.cut.is_set()
    assert got == ["snapshot", *(str(number) for number in range(2 * FRAMES_HELD))]


@pytest.mark.asyncio
async def test_viewers_count_who_is_there_and_who_was_cut() -> None:
    viewers, slow, quick = Viewers(), Viewer(SNAPSHOT), Viewer(SNAPSHOT)
    assert not viewers
    viewers.add(slow)
    viewers.add(quick)
    slow.put(b"x" * (BYTES_HELD + 1))
    for viewer in (slow, quick):
        viewers.remove(viewer)
    assert (len(viewers), viewers.cuts) == (0, 1)


@pytest.mark.asyncio
async def test_waves_go_out_when_nothing_else_waits_and_as_they_are() -> None:
    viewer = Viewer(SNAPSHOT)
    viewer.put_wave(b"wave")
    viewer.put(body("v"))
    viewer.put(body("a"), alarm=True)
    assert [json.loads(await viewer.next_frame())["type"] for _ in range(3)] == ["snapshot", "a", "v"]
    assert await viewer.next_frame() == b"wave"


@pytest.mark.asyncio
async def test_a_viewer_that_lags_loses_its_oldest_waves_and_is_not_cut_for_them() -> None:
    viewer = Viewer(SNAPSHOT)
    await viewer.next_frame()
    for number in range(10 * FRAMES_HELD):
        viewer.put_wave(b"%d" % number)
    assert not viewer.cut.is_set()
    left = [await viewer.next_frame() for _ in range(WAVES_HELD)]
    assert left == [b"%d" % number for number in range(10 * FRAMES_HELD - WAVES_HELD, 10 * FRAMES_HELD)]
    assert await drain(viewer) == []


@pytest.mark.asyncio
async def test_waves_of_the_snapshot_before_are_not_sent_after_a_new_one() -> None:
    viewer = Viewer(SNAPSHOT)
    await viewer.next_frame()
    viewer.put_wave(b"of chairs as they were numbered")
    viewer.renew(SNAPSHOT)
    assert names(await drain(viewer)) == ["snapshot"]


@pytest.mark.asyncio
async def test_only_viewers_that_draw_waves_are_given_any() -> None:
    viewers, drawing, other = Viewers(), Viewer(SNAPSHOT), Viewer(SNAPSHOT)
    viewers.add(drawing)
    viewers.add(other)
    assert not viewers.want_waves()
    drawing.waves = True
    assert viewers.want_waves()
    viewers.put_wave(b"wave")
    await drawing.next_frame()
    assert await drawing.next_frame() == b"wave"
    assert names(await drain(other)) == ["snapshot"]


@given(st.lists(st.booleans() | st.none(), max_size=60))
def test_whatever_comes_and_goes_no_alarm_is_lost_and_none_is_out_of_order(steps: list[bool | None]) -> None:
    """True puts an alarm, False a value, None sends one frame."""

    async def story() -> None:
        viewer = Viewer(SNAPSHOT)
        await viewer.next_frame()
        sent: list[str] = []
        put: list[str] = []
        for number, step in enumerate(steps):
            if step is not None:
                put.append(f"{'a' if step else 'v'}{number}")
                viewer.put(body(put[-1]), alarm=step)
            elif len(sent) < len(put):
                sent.append(json.loads(await viewer.next_frame())["type"])
        sent += names(await drain(viewer))
        for kind in "av":
            assert [name for name in sent if name[0] == kind] == [name for name in put if name[0] == kind]

    asyncio.run(story())
