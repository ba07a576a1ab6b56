"""A capture played on a clock driven by hand."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.clock import SystemClock
from vitalwatch.links import END_OF_RECORDING, Link, Links
from vitalwatch.links import replay as replay_module

pytestmark = pytest.mark.asyncio

LINES = b"29-Dec-17 07:00:00 a\n29-Dec-17 07:00:02 b\nhead\n29-Dec-17 07:00:04 c\n"


def link(base: Path, clock: Any, url: str = "replay:capture.txt") -> Link:
    return Links(clock, base, Random(1), sleep=clock.sleep).open(url)


async def test_each_line_comes_at_its_moment_and_then_the_recording_ends(
    tmp_path: Path, clock: Any, sink: Any, running: Any
) -> None:
    (tmp_path / "capture.txt").write_bytes(LINES)
    start = clock.now()
    async with running(link(tmp_path, clock), sink) as task:
        await sink.expect("opened")
        assert await sink.expect_at("received") == (b"29-Dec-17 07:00:00 a\n", start)
        assert sink.quiet
        await clock.pause()
        assert await sink.expect_at("received") == (b"29-Dec-17 07:00:02 b\nhead\n", start + 2)
        await clock.pause()
        assert await sink.expect_at("received") == (b"29-Dec-17 07:00:04 c\n", start + 4)
        assert (await sink.expect("lost")).reason == END_OF_RECORDING
        await task


async def test_the_recorded_nellcor_monitor_drops_below_90_at_14_s(
    shared: Path, clock: Any, sink: Any, running: Any
) -> None:
    start = clock.now()
    async with running(link(shared, clock, "replay:captures/nellcor-n560-ascii/n560-v1.56-20171229-part1.txt"), sink):
        await sink.expect("opened")
        data, at = await sink.expect_at("received")
        while b"89*" not in data:
            await clock.pause()
            data, at = await sink.expect_at("received")
    assert at - start == 14


async def test_a_faster_clock_plays_faster_and_nothing_else_changes(tmp_path: Path, sink: Any, running: Any) -> None:
    (tmp_path / "capture.txt").write_bytes(LINES)
    clock = SystemClock(speed=200.0)
    began = clock.now()
    async with running(Links(clock, tmp_path).open("replay:capture.txt?speed=200"), sink) as task:
        async with asyncio.timeout(PATIENCE_S):
            await task
    assert clock.now() - began >= 4.0


async def test_a_file_that_is_put_there_later_is_played(tmp_path: Path, clock: Any, sink: Any, running: Any) -> None:
    async with running(link(tmp_path, clock), sink):
        error = await sink.expect("lost")
        assert str(tmp_path / "capture.txt") in error.reason
        (tmp_path / "capture.txt").write_bytes(b"x")
        await clock.pause()
        await sink.expect("opened")


@pytest.mark.parametrize("kind", ["empty", "folder", "too large"])
async def test_what_cannot_be_played_is_explained(
    tmp_path: Path, clock: Any, sink: Any, running: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "capture.txt"
    if kind == "folder":
        file.mkdir()
    else:
        file.write_bytes(b"" if kind == "empty" else LINES)
    if kind == "too large":
        monkeypatch.setattr(replay_module, "LARGEST_CAPTURE", 10)
    async with running(link(tmp_path, clock), sink):
        error = await sink.expect("lost")
    assert str(file) in error.reason
    assert not error.transient


async def test_an_absolute_path_does_not_use_the_base_folder(
    tmp_path: Path, clock: Any, sink: Any, running: Any
) -> None:
    (tmp_path / "capture.txt").write_bytes(LINES)
    async with running(link(tmp_path / "elsewhere", clock, f"replay:{tmp_path}/capture.txt"), sink):
        await sink.expect("opened")


async def test_sending_to_a_recording_does_nothing(tmp_path: Path, clock: Any) -> None:
    link(tmp_path, clock).send(b"poll")
