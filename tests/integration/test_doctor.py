"""The doctor with real ports, brokers and services, and as the command that people type."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.config import load
from vitalwatch.doctor import devices
from vitalwatch.doctor.broker import look_at_brokers
from vitalwatch.doctor.command import examine
from vitalwatch.doctor.devices import look_at_ports, look_at_recordings
from vitalwatch.doctor.finding import Finding

OK, PROBLEMS, CANNOT_RUN = 0, 1, 2


@pytest.fixture
def clinic(tmp_path: Path) -> Callable[..., Path]:
    """Writes a clinic file with one chair and a device for each link."""

    def clinic(*links: str, extra: str = "[web]\nport = 0\n") -> Path:
        text = f'{extra}\n[[chair]]\nid = "1"\n'
        for number, link in enumerate(links):
            driver = "mqtt-json" if link.startswith("mqtt") else "nellcor"
            text += f'[[device]]\nid = "d{number}"\nchair = "1"\ndriver = "{driver}"\nlink = "{link}"\n'
        path = tmp_path / "clinic.toml"
        path.write_text(text, "utf-8")
        return path

    return clinic


@pytest.fixture
def port() -> Iterator[str]:
    """A pseudo-terminal that stands for a serial port."""
    ends = pty.openpty()
    yield os.ttyname(ends[1])
    for end in ends:
        os.close(end)


def levels(findings: list[Finding], part: str) -> list[str]:
    return [finding.level for finding in findings if finding.part == part]


def test_a_port_that_is_there_is_fine_and_left_free(clinic: Callable[..., Path], port: str) -> None:
    config = load(clinic(f"serial://{port}"))
    for _ in range(2):
        (finding,) = look_at_ports(config, running=False)
        assert finding.level == "ok"


def test_a_missing_port_says_what_to_do(clinic: Callable[..., Path]) -> None:
    (finding,) = look_at_ports(load(clinic("serial:///dev/no-such-port")), running=False)
    assert finding.level == "fail"
    assert "no serial port" in finding.found
    assert finding.next_step.startswith("Plug")


def test_a_port_in_use_by_another_program_is_a_problem(clinic: Callable[..., Path], port: str) -> None:
    holder = os.open(port, os.O_RDWR | os.O_NOCTTY)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (finding,) = look_at_ports(load(clinic(f"serial://{port}")), running=False)
    finally:
        os.close(holder)
    assert finding.level == "fail"
    assert "in use by another program" in finding.found


def test_no_port_of_a_running_service_is_opened(
    clinic: Callable[..., Path], port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be opening one again at this moment, would find it in use, and raise an alarm because of us."""
    monkeypatch.setattr(devices, "open_port", lambda _link: pytest.fail("opened"))
    (finding,) = look_at_ports(load(clinic(f"serial://{port}")), running=True)
    assert finding.level == "ok"
    monkeypatch.undo()
    (missing,) = look_at_ports(load(clinic("serial:///dev/no-such-port")), running=True)
    assert missing.level == "fail"


def test_a_forbidden_port_names_the_group_to_join(
    clinic: Callable[..., Path], port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may open everything, so the refusal is played; the group is the one that the port really has."""
    import grp

    from vitalwatch.links import serial as serial_module

    def refuse(*_args: Any, **_settings: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    os.chmod(port, 0o660)  # noqa: PTH101 - a device file by its name
    group = grp.getgrgid(Path(port).stat().st_gid).gr_name
    monkeypatch.setattr(serial_module.serial, "Serial", refuse)
    (finding,) = look_at_ports(load(clinic(f"serial://{port}")), running=False)
    assert finding.level == "fail"
    assert "may not open" in finding.found
    if group != "root":
        assert f'"{group}"' in finding.next_step


def test_recordings_have_to_be_there_and_hold_something(clinic: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("x")
    (tmp_path / "empty.txt").touch()
    config = load(clinic("replay:good.txt", "replay:empty.txt", "replay:missing.txt"))
    findings = list(look_at_recordings(config))
    assert [finding.level for finding in findings] == ["ok", "fail", "fail"]
    assert "missing.txt" in findings[2].found


@pytest.mark.asyncio
async def test_a_good_broker_grants_the_topics_and_passes_bursts(clinic: Callable[..., Path], broker: Any) -> None:
    await broker.start()
    config = load(clinic(f"{broker.url}/ward/1", f"{broker.url}/ward/+"))
    findings = await look_at_brokers(config)
    assert [finding.level for finding in findings] == ["ok", "ok"]
    assert "2 topics" in findings[0].found
    assert "burst" in findings[1].found


@pytest.mark.asyncio
async def test_a_mosquitto_as_shipped_is_told_the_setting_against_the_40_ms_step(
    clinic: Callable[..., Path], make_broker: Any
) -> None:
    broker = make_broker("mosquitto")
    broker._config.write_text(broker._config.read_text().replace("set_tcp_nodelay true", ""))
    await broker.start()
    _, bursts = await look_at_brokers(load(clinic(f"{broker.url}/ward/1")))
    assert bursts.level == "warn"
    assert "set_tcp_nodelay true" in bursts.next_step


@pytest.mark.asyncio
async def test_a_broker_that_does_not_answer_is_told_once_for_all_its_topics(
    clinic: Callable[..., Path], make_broker: Any
) -> None:
    absent, closed = make_broker("mosquitto"), make_broker("mosquitto", sign_in=True)
    await closed.start()
    config = load(clinic(f"{absent.url}/a", f"{absent.url}/b", f"{closed.url}/a"))
    nobody, password = await look_at_brokers(config)
    assert (nobody.level, password.level) == ("fail", "fail")
    assert "Nothing answers" in nobody.found
    assert "password" in password.found
    assert nobody.next_step
    assert password.next_step


@pytest.mark.asyncio
async def test_a_broker_that_keeps_our_own_topic_from_us_leaves_the_step_unknown(
    clinic: Callable[..., Path], make_broker: Any, tmp_path: Path
) -> None:
    broker = make_broker("mosquitto")
    rules = tmp_path / "rules"
    rules.write_text("topic read ward/#\n")
    rules.chmod(0o644)
    tmp_path.chmod(0o755)
    broker._config.write_text(f"{broker._config.read_text()}\nuser root\nacl_file {rules}\n")
    await broker.start()
    granted, bursts = await look_at_brokers(load(clinic(f"{broker.url}/ward/1")))
    assert (granted.level, bursts.level) == ("ok", "warn")
    assert "unknown" in bursts.found
    assert "vitalwatch/doctor" in bursts.next_step


def test_everything_is_looked_at(clinic: Callable[..., Path], port: str) -> None:
    findings = examine(clinic(f"serial://{port}"))
    assert [finding.part for finding in findings] == [
        *("config", "port", "web", "fallback", "record", "record", "disk", "clock", "versions", "versions", "page")
    ]
    assert all(finding.next_step for finding in findings if finding.level != "ok")


def test_a_config_with_mistakes_tells_each_and_the_computer_is_looked_at_all_the_same(
    clinic: Callable[..., Path],
) -> None:
    path = clinic("serial:/dev/x", "nonsense:x", extra="[web]\nprot = 1\n")
    findings = examine(path)
    mistakes = [finding for finding in findings if finding.part == "config"]
    assert len(mistakes) >= 2
    assert all(finding.level == "fail" for finding in mistakes)
    assert all(f"{path}:" in finding.subject for finding in mistakes)
    assert levels(findings, "versions") == ["ok", "ok"]
    assert not levels(findings, "web")


def doctor(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("vitalwatch")
    return subprocess.run([str(program), "doctor", *arguments], capture_output=True, text=True, timeout=20, check=False)


def test_the_command_prints_a_table_or_json_and_its_exit_code_tells(clinic: Callable[..., Path], port: str) -> None:
    path = clinic(f"serial://{port}", "serial:///dev/no-such-port")
    ill = doctor(str(path), "--json")
    findings = json.loads(ill.stdout)
    assert (ill.returncode, ill.stderr, findings["ok"]) == (PROBLEMS, "", False)
    assert {finding["level"] for finding in findings["findings"]} >= {"ok", "fail"}
    missing = doctor(str(path.with_name("other.toml")))
    assert (missing.returncode, missing.stdout) == (CANNOT_RUN, "")
    assert "other.toml" in missing.stderr


def test_a_healthy_clinic_exits_0(clinic: Callable[..., Path], port: str, project: Path) -> None:
    if not (project / "dashboard/vitalwatch_dashboard/static/index.html").is_file():
        pytest.skip("the page has not been built, so nothing is healthy: run python hatch_build.py")
    healthy = doctor(str(clinic(f"serial://{port}")))
    assert healthy.returncode == OK, healthy.stdout
    assert "Nothing stands in the way" in healthy.stdout


@pytest.mark.asyncio
async def test_a_running_service_on_the_port_is_known_as_ours(clinic: Callable[..., Path], port: str) -> None:
    path = clinic(f"serial://{port}", extra="[web]\nport = 0\n")
    program = Path(sys.executable).with_name("vitalwatch")
    service = await asyncio.create_subprocess_exec(
        program, "run", path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            assert service.stdout is not None
            ready = (await service.stdout.readline()).decode()
            address = ready.partition("http://127.0.0.1:")[2]
            number = address.partition("/")[0]
            path = clinic(f"serial://{port}", extra=f"[web]\nport = {number}\n")
            findings = await asyncio.to_thread(examine, path)
    finally:
        service.terminate()
        await service.wait()
    (web,) = (finding for finding in findings if finding.part == "web")
    assert web.level in ("ok", "warn")  # its one device may not be connected yet
    assert web.found.startswith("VitalWatch ")
    (held,) = (finding for finding in findings if finding.part == "port")
    assert held.level == "ok"
    assert "running service" in held.found
