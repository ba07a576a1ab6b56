"""``vitalwatch reload`` and a changed file, at a running service with real ports and a real broker."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
import pytest

from tests.patience import PATIENCE_S
from tools.running import VITALWATCH, Running, Screen, running, watching
from vitalwatch.broker import free_port

pytestmark = pytest.mark.asyncio

STRICT = 'name = "strict"\nversion = "1"\n[limits]\nspo2_low = 97\n'


def chair(number: str, link: str, *, profile: str = "adult-default", driver: str = "nellcor", options: str = "") -> str:
    """A chair with one device, for a clinic file."""
    return f"""
[[chair]]
id = "{number}"
profile = "{profile}"

[[device]]
id = "device-{number}"
chair = "{number}"
driver = "{driver}"
link = "{link}"
{options}
"""


class Service:
    """A running service, its config file, and a screen."""

    def __init__(self, path: Path, service: Running, screen: Screen, address: str) -> None:
        self.path = path
        self.service = service
        self.screen = screen
        self.address = address

    def opened(self, device: str) -> int:
        """How often the link of a device was opened."""
        return sum("link open" in line and f"device={device} " in line for line in self.service.log.splitlines())

    async def shows(self, wanted: Callable[[Screen], object], timeout_s: float = 10.0) -> None:
        await self.screen.until_holds(wanted, timeout_s)

    @property
    def shown(self) -> list[str]:
        """The chairs of the newest snapshot."""
        return [chair["id"] for chair in self.screen.snapshot["chairs"]]


@pytest.fixture
def serving(tmp_path: Path) -> Callable[[str], Any]:
    """Run a clinic on a port that a command can find, for the length of a block."""

    @asynccontextmanager
    async def serving(text: str) -> AsyncIterator[Service]:
        (tmp_path / "strict.toml").write_text(STRICT)
        path = tmp_path / "clinic.toml"
        head = f"[web]\nport = {free_port()}\n"
        path.write_text(head + text)
        async with running("run", str(path), log=tmp_path / "log") as service:
            address = await service.address()
            async with watching(address) as screen:
                yield Service(path, service, screen, address)

    return serving


def change(service: Service, old: str, new: str, *, unseen: bool = False) -> None:
    """Change the config file as an editor does: all at once, under the same name.

    ``unseen`` keeps its time and size, so that the service does not notice by itself.
    """
    text, was = service.path.read_text(), service.path.stat()
    assert old in text
    fresh = service.path.with_name("fresh")
    fresh.write_text(text.replace(old, new))
    if unseen:
        assert len(old) == len(new)
        os.utime(fresh, ns=(was.st_atime_ns, was.st_mtime_ns))
    fresh.replace(service.path)


async def command(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Run ``vitalwatch reload``; its exit code, what it said, and what it complained of."""
    process = await asyncio.create_subprocess_exec(
        *(VITALWATCH, "reload", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(env or {})},
    )
    async with asyncio.timeout(PATIENCE_S):
        said, complained = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode(), complained.decode()


def up(number: str) -> Callable[[Screen], bool]:
    return lambda screen: screen.chairs[number]["devices"][0]["link"] == "up"


def spo2(number: str, value: int) -> Callable[[Screen], bool]:
    return lambda screen: screen.values.get((number, "spo2"), {}).get("value") == value


# The file


async def test_a_changed_file_is_applied_by_itself_and_a_chair_in_alarm_beside_it_goes_on(
    serving: Callable[[str], Any], make_port: Callable[[str], Any], nellcor_line: Callable[..., bytes]
) -> None:
    ports = {name: make_port(name) for name in ("one", "two", "three", "four")}
    for port in ports.values():
        port.plug()
    link = {name: f"serial://{port.path}" for name, port in ports.items()}
    text = chair("1", link["one"]) + chair("2", link["two"]) + chair("3", link["three"])
    async with serving(text) as here:
        screen = here.screen
        for number in ("1", "2", "3"):
            await here.shows(up(number))
        ports["one"].write(nellcor_line(95) + nellcor_line(72))
        pending = await screen.until_alarm("1", "SPO2-LOW", "pending")
        began = time.monotonic()
        change(here, chair("3", link["three"]), chair("4", link["four"]))
        change(here, link["two"], link["three"])
        await here.shows(lambda _: here.shown == ["1", "2", "4"])
        assert time.monotonic() - began < 5.0
        speaking = asyncio.create_task(_speak(ports["one"], nellcor_line(72)))
        try:
            active = await screen.until_alarm("1", "SPO2-LOW", "active")
        finally:
            speaking.cancel()
            await asyncio.wait({speaking})
        delay_s = active["transition"]["delay_s"]
        assert active["transition"]["at"] - pending["transition"]["at"] == pytest.approx(delay_s, abs=1e-5)
        await here.shows(up("2"))
        await here.shows(up("4"))
        ports["three"].write(nellcor_line(93))
        ports["four"].write(nellcor_line(94))
        await here.shows(lambda screen: spo2("2", 93)(screen) and spo2("4", 94)(screen))
        opened = {number: here.opened(f"device-{number}") for number in ("1", "2", "3", "4")}
        assert opened == {"1": 1, "2": 2, "3": 1, "4": 1}
        assert "link lost" not in here.service.log
        assert {number for number, _ in screen.alarms} <= {"1", "3"}  # "3" as the snapshot before had it


async def _speak(port: Any, line: bytes) -> None:
    while True:
        await asyncio.sleep(0.5)
        port.write(line)


async def test_a_bad_file_is_a_notice_on_the_page_while_values_go_on_and_it_goes_when_the_file_is_mended(
    serving: Callable[[str], Any], make_port: Callable[[str], Any], nellcor_line: Callable[..., bytes]
) -> None:
    port = make_port("one")
    port.plug()
    async with serving(chair("1", f"serial://{port.path}")) as here:
        await here.shows(up("1"))
        before = here.screen.snapshot["notices"]
        change(here, '"nellcor"', '"nelcor"')
        await here.shows(lambda screen: len(screen.snapshot["notices"]) == len(before) + 1)
        notice = here.screen.snapshot["notices"][0]
        assert f"{here.path}:" in notice
        assert "nelcor" in notice
        port.write(nellcor_line(91))
        await here.shows(spo2("1", 91))
        change(here, '"nelcor"', '"nellcor"')
        await here.shows(lambda screen: screen.snapshot["notices"] == before)
        assert here.opened("device-1") == 1
        assert here.service.log.count("config not applied") == 1


async def test_only_the_topic_that_changed_is_taken_up_anew_on_a_brokers_one_connection(
    serving: Callable[[str], Any], make_broker: Callable[..., Any]
) -> None:
    broker = make_broker("mosquitto")
    await broker.start()
    options = '[device.options.vitals]\nspo2 = "{}"\n'
    one = chair("1", f"{broker.url}/one", driver="mqtt-json", options=options.format("spo2"))
    two = chair("2", f"{broker.url}/two", driver="mqtt-json", options=options.format("spo2"))
    async with serving(one + two) as here, aiomqtt.Client(broker.host, broker.port) as device:
        await here.shows(lambda screen: up("1")(screen) and up("2")(screen))
        change(here, two, two.replace('spo2 = "spo2"', 'spo2 = "oxygen"'))
        await here.shows(lambda _: here.opened("device-2") == 2)
        await device.publish("one", '{"spo2": 97, "oxygen": 11}')
        await device.publish("two", '{"spo2": 12, "oxygen": 96}')
        await here.shows(lambda screen: spo2("1", 97)(screen) and spo2("2", 96)(screen))
        assert here.opened("device-1") == 1
        assert "link lost" not in here.service.log


# The command


async def test_the_command_looks_ahead_applies_and_says_what_it_did(
    serving: Callable[[str], Any], make_port: Callable[[str], Any], nellcor_line: Callable[..., bytes]
) -> None:
    port = make_port("one")
    port.plug()
    async with serving(chair("1", f"serial://{port.path}")) as here:
        await here.shows(up("1"))
        speaking = asyncio.create_task(_speak(port, nellcor_line(96)))
        try:
            await here.shows(spo2("1", 96))
            code, said, complained = await command(str(here.path), "--dry-run")
            assert (code, complained) == (0, "")
            assert said.splitlines() == [
                *("Would change:", "  nothing"),
                *("Alarms that would start or stop now:", "  none"),
            ]
            change(here, "adult-default", "./strict.toml", unseen=True)
            code, said, _ = await command(str(here.path), "--dry-run", "--json")
            report = json.loads(said)
            assert (code, report["ok"], report["mistakes"], report["restart"]) == (0, True, [], [])
            assert "chair 1: profile adult-default -> ./strict.toml" in report["changes"]
            (alarm,) = report["alarms"]
            assert (alarm["chair"], alarm["condition"], alarm["starts"]) == ("1", "SPO2-LOW", True)
            assert here.screen.chairs["1"]["profile"] == "adult-default"
            proposed = here.path.with_name("next.toml")
            proposed.write_text(here.path.read_text().replace('id = "1"', 'id = "1"\nlabel = "Window"'))
            code, said, _ = await command(str(proposed), "--dry-run")
            assert (code, "chair 1: label none -> Window" in said) == (0, True)
            code, said, _ = await command(str(proposed))
            assert (code, str(here.path) in said) == (1, True)
            code, said, _ = await command(str(here.path))
            assert code == 0
            assert said.startswith("Changed:\n")
            assert "Alarms that start or stop by it:\n  chair 1: SPO2-LOW starts after 15 s (SpO2 low 96 < 97)" in said
            await here.shows(lambda screen: screen.chairs["1"]["profile"] == "strict")
        finally:
            speaking.cancel()
            await asyncio.wait({speaking})


async def test_the_command_names_every_mistake_with_exit_code_1_also_as_json(serving: Callable[[str], Any]) -> None:
    async with serving(chair("1", "loop://one")) as here:
        change(here, '"nellcor"', '"nelcor"\nlable = "x"')
        code, said, complained = await command(str(here.path))
        assert (code, complained) == (1, "")
        assert said.count(f"{here.path}:") == 2
        code, said, complained = await command(str(here.path), "--json", "--dry-run")
        report = json.loads(said)
        assert (code, complained, report["ok"], len(report["mistakes"])) == (1, "", False, 2)
        change(here, 'id = "1"', 'id = "1')
        code, said, _ = await command(str(here.path), "--json")
        assert (code, len(json.loads(said)["mistakes"])) == (1, 1)


async def test_without_a_service_or_a_file_the_command_cannot_run(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    assert (await command(str(path)))[0] == 2
    for port, words in ((free_port(), "restart"), (0, "port = 0")):
        path.write_text(f"[web]\nport = {port}\n" + chair("1", "loop://one"))
        code, said, complained = await command(str(path), "--json")
        assert (code, said) == (2, "")
        assert f"No VitalWatch answers on 127.0.0.1 port {port}" in complained
        assert words in complained
        assert "Traceback" not in complained


async def test_what_answers_there_and_is_no_vitalwatch_is_a_plain_sentence(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(next(answers))
        writer.close()
        await writer.wait_closed()

    answers = iter(
        [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<xx>", b"HTTP/1.1 404 Not Found\r\n\r\n", b"what?\r\n"]
    )
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as stranger:
        path = tmp_path / "clinic.toml"
        path.write_text(f"[web]\nport = {stranger.sockets[0].getsockname()[1]}\n" + chair("1", "loop://one"))
        for _ in range(3):
            code, _, complained = await command(str(path))
            assert (code, complained.count("\n")) == (2, 1)
            assert complained.startswith("No VitalWatch answers")


async def test_the_command_needs_no_secret_of_the_service_and_no_proxy(
    serving: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is in the service's environment only, and the person's names a proxy for everything."""
    broker = '\n[[broker]]\nname = "b"\nurl = "mqtt://broker"\nuser = "vital"\npassword_env = "BROKER_PASSWORD"\n'
    monkeypatch.setenv("BROKER_PASSWORD", "secret")
    async with serving(chair("1", "loop://one") + broker) as here:
        monkeypatch.delenv("BROKER_PASSWORD")
        proxy = f"http://127.0.0.1:{free_port()}"
        code, said, complained = await command(str(here.path), "--json", env={"http_proxy": proxy, "HTTP_PROXY": proxy})
        assert (code, complained) == (0, "")
        assert json.loads(said)["ok"]


async def test_a_page_of_another_site_reloads_nothing(serving: Callable[[str], Any]) -> None:
    async with serving(chair("1", "loop://one")) as here, httpx.AsyncClient(trust_env=False) as browser:
        place = f"{here.address}api/v1/reload"
        stray = await browser.post(place, headers={"Origin": "http://stray.example"})
        own = await browser.post(f"{place}?dry_run=true", headers={"Origin": here.address.rstrip("/")})
        assert (stray.status_code, own.status_code) == (403, 200)
        assert "config applied" not in here.service.log
