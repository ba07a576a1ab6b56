"""The command line: as a real process, because how it ends is the point."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
import pytest
from typer.testing import CliRunner

from tests.patience import PATIENCE_S
from vitalwatch_simulators.cli import app
from vitalwatch_simulators.clinic import DEVICES
from vitalwatch_simulators.scenario import load_scenario, scenario_names


@asynccontextmanager
async def started(*arguments: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Start vitalwatch-sim, wait for its ``ready``, and see that nothing is left of it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from vitalwatch_simulators.cli import main; main()"),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        assert await asyncio.wait_for(process.stdout.readline(), PATIENCE_S) == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.asyncio
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_one_device_runs_until_it_is_told_to_end(number: int, tmp_path: Path) -> None:
    path = tmp_path / "chair-1"
    async with started("nellcor", "--link", f"pty:{path}", "--speed", "50") as process:
        assert path.is_char_device()
        process.send_signal(number)
        _, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert (process.returncode, errors) == (0, b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.asyncio
async def test_a_device_on_the_network_is_served_until_it_is_told_to_end(unused_tcp_port: int) -> None:
    async with started("hl7", "--link", f"tcp-listen://127.0.0.1:{unused_tcp_port}") as process:
        reader, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
        assert (await asyncio.wait_for(reader.readuntil(b"\x1c\r"), PATIENCE_S)).startswith(b"\x0bMSH|")
        process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)
        writer.transport.abort()
    assert (process.returncode, errors) == (0, b"")


@pytest.mark.asyncio
async def test_a_host_that_is_not_there_yet_does_not_keep_a_device_from_being_ready(unused_tcp_port: int) -> None:
    async with started("hl7", "--link", f"tcp://127.0.0.1:{unused_tcp_port}") as process:
        assert process.stderr is not None
        said = await asyncio.wait_for(process.stderr.readline(), PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0
    assert said.startswith(b"vitalwatch-sim: tcp://127.0.0.1:")


async def until(wanted: Callable[[], object]) -> None:
    """Wait for something in another process, which has no event of ours."""
    async with asyncio.timeout(PATIENCE_S):
        while not wanted():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def plan_file(folder: Path, *links: str) -> Path:
    """A plan with a masimo, and with a cuff if there is a second link."""
    devices = "".join(
        f'[[chair.device]]\nkind = "{kind}"\nlink = "{link}"\n'
        for kind, link in zip(("masimo", "json-cuff"), links, strict=False)
    )
    path = folder / "plan.toml"
    path.write_text(f'[[chair]]\nid = "1"\n{devices}', "utf-8")
    return path


@pytest.mark.asyncio
async def test_a_clinic_that_runs_is_asked_and_told_over_http(tmp_path: Path) -> None:
    path = tmp_path / "chair-1"
    plan = plan_file(tmp_path, f"pty:{path}")
    async with started("clinic", str(plan), "--control", "127.0.0.1:0") as process, httpx.AsyncClient() as client:
        assert process.stdout is not None
        said = (await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)).decode()
        address = said.removeprefix("control at ").strip().removesuffix("/devices")
        (device,) = (await client.get(f"{address}/devices")).json()
        assert device["id"] == "1/masimo"
        answer = await client.post(f"{address}/devices/1/masimo/faults", json={"fault": "unplug"})
        assert answer.status_code == 200
        await until(lambda: not path.is_symlink())
        process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert (process.returncode, errors) == (0, b"")


@pytest.mark.asyncio
async def test_a_port_for_control_that_is_taken_ends_it_at_the_start(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        plan = plan_file(tmp_path, f"pty:{tmp_path}/chair-1")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "vitalwatch_simulators", "clinic", str(plan)),
            *("--control", str(taken.getsockname()[1])),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert (process.returncode, said) == (2, b"")
    assert errors.startswith(b"vitalwatch-sim: Port ")


@pytest.mark.asyncio
async def test_a_clinic_is_shown_on_a_terminal_and_obeys_what_is_typed_there(tmp_path: Path) -> None:
    path = tmp_path / "chair-1"
    ours, theirs = os.openpty()
    loop = asyncio.get_running_loop()
    shown = bytearray()
    loop.add_reader(ours, lambda: shown.extend(os.read(ours, 65536)))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "vitalwatch_simulators", "clinic", str(plan_file(tmp_path, f"pty:{path}")), "--view"),
        stdin=theirs,
        stdout=theirs,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "150"},
    )
    try:
        await until(lambda: b"masimo" in shown)
        assert path.is_symlink()
        os.write(ours, b"fault 1/masimo unplug\n")
        await until(lambda: not path.is_symlink() and b"unplug" in shown)
        process.send_signal(signal.SIGINT)
        _, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)
        await until(lambda: b"\x1b[?1049l" in shown)  # the screen is as it was before
        assert (process.returncode, errors) == (0, b"")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        loop.remove_reader(ours)
        os.close(ours)
        os.close(theirs)


@pytest.mark.asyncio
async def test_a_clinic_ends_when_the_program_that_started_it_is_gone(broker: Any, tmp_path: Path) -> None:
    path = tmp_path / "chair-1"
    plan = plan_file(tmp_path, f"pty:{path}", f"mqtt://127.0.0.1:{broker.port}/chair/1/cuff")
    async with started("clinic", str(plan), "--until-stdin-closes") as process:
        assert path.is_char_device()
        assert process.stdin is not None
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0
    assert not path.is_symlink()


@pytest.mark.asyncio
async def test_a_device_that_is_killed_leaves_its_last_will(broker: Any) -> None:
    async with aiomqtt.Client("127.0.0.1", broker.port) as listener:
        await listener.subscribe("chair/#")
        link = f"mqtt://127.0.0.1:{broker.port}/chair/1"
        async with started("json-oximeter", "--link", link, "--id", "ox-1") as process:
            process.kill()
            async with asyncio.timeout(PATIENCE_S):
                async for message in listener.messages:
                    last = json.loads(message.payload)
                    if "seq" not in last:
                        break
    assert last == {"device": "ox-1", "status": ["offline"]}
    assert message.topic.value == "chair/1"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nellcor", "--link", "pty:/no/such/folder/port"],
        ["nellcor", "--link", "mqtt://127.0.0.1/x"],
        ["nellcor", "--link", "serial:/no/such/port"],
        ["nellcor", "--link", "tcp-listen://192.0.2.1:4001"],
        ["nellcor", "--link", "udp://127.0.0.1:7001"],
        ["masimo", "--link", "pty:/tmp/x", "--scenario", "holiday"],
        ["masimo", "--link", "pty:/tmp/x", "--interval", "60"],
        ["wire", "/no/such/folder"],
        ["plot", "holiday", "--out", "/tmp/x.svg"],
        ["rehearse", "holiday"],
        ["clinic", "plan.toml", "--view"],
    ],
)
def test_what_cannot_run_is_said_in_one_line_on_stderr(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("vitalwatch-sim: ")
    assert result.stderr.count("\n") == 1


def test_mistakes_of_a_plan_are_said_with_their_places(tmp_path: Path) -> None:
    plan = plan_file(tmp_path, "here", "there")
    result = CliRunner().invoke(app, ["clinic", str(plan)])
    assert result.exit_code == 2
    assert [line.split(" ")[0] for line in result.stderr.splitlines()] == [f"{plan}:{n}:8:" for n in (5, 8)]


def test_the_scenarios_are_listed() -> None:
    lines = CliRunner().invoke(app, ["scenarios"]).stdout.splitlines()
    assert [line.split()[0] for line in lines] == scenario_names()
    as_json = json.loads(CliRunner().invoke(app, ["scenarios", "--json"]).stdout)
    assert as_json["probe-off"] == load_scenario("probe-off").summary


def test_a_rehearsal_tells_what_was_expected_and_what_came(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'summary = "Ours."\nlength = "2m"\n[[step]]\nat = "30s"\nset = { spo2 = 80 }\nover = "5s"\n'
        'expect = ["SPO2-DESAT within 60s", "no SPO2-*"]\n',
        "utf-8",
    )
    shown = CliRunner().invoke(app, ["rehearse", str(own)])
    assert shown.exit_code == 1
    assert "1 of 2 expectations met" in shown.stdout
    told = CliRunner().invoke(app, ["rehearse", str(own), "--json", "--seed", "3"])
    assert told.exit_code == 1
    came = json.loads(told.stdout)[str(own)]
    assert [(each["expected"], each["met"]) for each in came["expectations"]] == [
        ("SPO2-DESAT within 60s", True),
        ("no SPO2-*", False),
    ]
    assert {"SPO2-DESAT"} <= {alarm["condition"] for alarm in came["alarms"]}
    assert CliRunner().invoke(app, ["rehearse", "probe-off-again"]).exit_code == 0


def test_a_visit_is_drawn_and_nothing_is_said(tmp_path: Path) -> None:
    drawn = CliRunner().invoke(app, ["plot", "probe-off-again", "--out", str(tmp_path / "visit.svg")])
    assert (drawn.exit_code, drawn.output) == (0, "")
    assert (tmp_path / "visit.svg").read_text("utf-8").startswith("<svg")


def test_a_clinic_to_show_is_written(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["wire", str(tmp_path), "--chairs", "3", "--seed", "5", "--broker", "1884"])
    assert result.exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"simulators.toml", "clinic.toml"}
    assert "simulators.toml" in result.stdout


@pytest.mark.parametrize("device", DEVICES)
def test_help_of_a_device_names_the_links_that_fit_it(device: str) -> None:
    text = CliRunner().invoke(app, [device, "--help"]).stdout
    for link in DEVICES[device].links:
        assert link.form in text


@pytest.mark.parametrize("arguments", [["nellcor"], ["json-cuff", "--link", "mqtt://b/t", "--interval", "5"], ["dog"]])
def test_wrong_usage_is_exit_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_help_names_every_device_and_command_and_gives_an_example() -> None:
    text = CliRunner().invoke(app, ["--help"]).stdout
    for name in [*DEVICES, "clinic", "rehearse", "scenarios", "vitalwatch-sim nellcor --link pty:"]:
        assert name in text
