"""A clinic that runs: what people let happen is seen on the wire, and what cannot happen is refused in plain words."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.errors import ConfigError
from vitalwatch_simulators.live import LiveClinic, NotThereError, Refused
from vitalwatch_simulators.plan import load_plan

STARTED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., LiveClinic]:
    """A clinic of chairs with a masimo and a hl7 monitor each, on pseudo-terminals in the test's folder."""

    def clinic(*scenarios: str, speed: float = 20.0) -> LiveClinic:
        lines = [f"speed = {speed}"]
        for chair, scenario in enumerate(scenarios or ("quiet",), 1):
            lines += ["[[chair]]", f'id = "{chair}"', f'scenario = "{scenario}"']
            for kind in ("masimo", "hl7"):
                lines += ["[[chair.device]]", f'kind = "{kind}"', f'link = "pty:{tmp_path}/{chair}-{kind}"']
        path = tmp_path / "plan.toml"
        path.write_text("\n".join(lines), "utf-8")
        return LiveClinic(load_plan(path), STARTED)

    return clinic


@asynccontextmanager
async def running(clinic: LiveClinic) -> AsyncGenerator[None]:
    ready = asyncio.Event()
    task = asyncio.create_task(clinic.run(ready.set))
    try:
        await asyncio.wait_for(ready.wait(), PATIENCE_S)
        yield
        assert not task.done(), task
    finally:
        task.cancel()
        await asyncio.wait({task})


async def until(wanted: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not wanted():  # noqa: ASYNC110 - files and persons have no event
            await asyncio.sleep(0.005)


async def line(path: Path, wanted: Callable[[bytes], bool]) -> bytes:
    """The next line of a port that is as wanted."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    came, loop, done = bytearray(), asyncio.get_running_loop(), asyncio.Event()
    found: list[bytes] = []

    def take() -> None:
        came.extend(os.read(port, 65536))
        found.extend(each for each in bytes(came).split(b"\n\r")[1:-1] if wanted(each))
        if found:
            done.set()

    loop.add_reader(port, take)
    try:
        await asyncio.wait_for(done.wait(), PATIENCE_S)
    finally:
        loop.remove_reader(port)
        os.close(port)
    return found[0]


@pytest.mark.asyncio
async def test_values_that_are_set_are_those_of_every_device_at_the_chair(
    make: Callable[..., LiveClinic], tmp_path: Path
) -> None:
    clinic = make()
    async with running(clinic):
        assert clinic.befall("1", {"set": {"spo2": 84}, "over": "2s"}) == "Chair 1: spo2 goes to 84."
        await line(tmp_path / "1-masimo", lambda each: b"SPO2=084" in each)
        await until(lambda: round(clinic.vitals("1").spo2) == 84)


@pytest.mark.asyncio
async def test_a_plug_that_is_pulled_takes_the_port_away_and_the_monitor_goes_on(
    make: Callable[..., LiveClinic], tmp_path: Path
) -> None:
    clinic, port = make(), tmp_path / "1-masimo"
    async with running(clinic):
        said = clinic.break_("1/masimo", {"fault": "unplug", "lasts": "10s"})
        assert said == "1/masimo: the cable, or the network, is cut, for 10 s."
        pulled_at = clinic.timeline.now()
        await until(lambda: not port.is_symlink())
        assert (tmp_path / "1-hl7").is_symlink()
        await until(port.is_symlink)
        assert 9.5 < clinic.timeline.now() - pulled_at < 60.0
        masimo = clinic.chairs["1"].devices["masimo"]
        assert masimo.rig.next_at() > pulled_at + 9.0  # its own time passed
        await line(port, lambda each: b"SPO2=" in each)


@pytest.mark.asyncio
async def test_a_plug_without_an_end_is_put_in_again_by_clearing(
    make: Callable[..., LiveClinic], tmp_path: Path
) -> None:
    clinic, port = make(), tmp_path / "1-masimo"
    async with running(clinic):
        clinic.break_("1", {"fault": "unplug"})
        await until(lambda: not port.is_symlink() and not (tmp_path / "1-hl7").is_symlink())
        assert clinic.mend("1") == "1/masimo, 1/hl7: nothing is wrong any more."
        await until(lambda: port.is_symlink() and (tmp_path / "1-hl7").is_symlink())


@pytest.mark.asyncio
async def test_a_scenario_pulls_the_plug_of_the_device_that_it_names(
    make: Callable[..., LiveClinic], tmp_path: Path
) -> None:
    clinic = make("monitor-unplugged", speed=200.0)
    async with running(clinic):
        await until(lambda: not (tmp_path / "1-masimo").is_symlink())
        assert 180.0 <= clinic.timeline.now() < 300.0
        await until((tmp_path / "1-masimo").is_symlink)
        assert clinic.timeline.now() >= 225.0


@pytest.mark.asyncio
async def test_a_scenario_that_repeats_goes_on_beyond_its_length(make: Callable[..., LiveClinic]) -> None:
    clinic = make("desaturation", speed=400.0)
    rounds = set()
    async with running(clinic):

        def low() -> bool:
            if clinic.vitals("1").spo2 < 86:
                rounds.add(int(clinic.timeline.now() // 360))
            return len(rounds) >= 4  # its length holds two

        await until(low)


def test_a_fault_of_a_chair_is_had_by_those_that_can(make: Callable[..., LiveClinic]) -> None:
    clinic = make()
    assert clinic.break_("1", {"fault": "demo_mode"}).startswith("1/hl7: ")
    with pytest.raises(Refused, match=r"^1/masimo cannot have demo_mode\. It can have: .*silence"):
        clinic.break_("1/masimo", {"fault": "demo_mode"})


def test_what_happens_live_is_as_it_would_be_in_a_scenario(make: Callable[..., LiveClinic]) -> None:
    clinic = make("quiet", "quiet")
    clinic.befall("1", {"event": "probe_off", "lasts": "30s"})
    assert clinic.chairs["1"].patient.vitals(29.0).sensor == "off"
    assert clinic.chairs["1"].patient.vitals(31.0).sensor == "searching"
    assert clinic.chairs["2"].patient.vitals(29.0).sensor == "on"
    assert clinic.befall("1", {"give": {"drug": "ketamine", "route": "iv", "mg_per_kg": 2.0}}) == (
        "Chair 1: ketamine is given (iv)."
    )
    clinic.befall("2", {"event": "vasovagal", "strength": 1.5, "over": "10s", "lasts": "60s"})
    slow, usual = (clinic.chairs[chair].patient.vitals(50.0).heart_rate for chair in "21")
    assert slow < usual


def test_an_infusion_is_stopped(make: Callable[..., LiveClinic]) -> None:
    clinic = make("quiet", "quiet")
    for chair in "12":
        clinic.befall(chair, {"give": {"drug": "ketamine", "mg_per_kg": 5.0}})
    assert clinic.befall("2", {"stop": "infusion"}) == "Chair 2: infusions stop."
    pressures = [clinic.chairs[chair].patient.vitals(600.0).systolic for chair in "12"]
    rest = clinic.chairs["2"].patient.person.systolic
    assert abs(pressures[1] - rest) < 15
    assert pressures[0] != pressures[1] or math.isclose(clinic.chairs["1"].patient.person.systolic_rise, 0.0)


@pytest.mark.parametrize(
    ("chair", "wanted", "words"),
    [
        ("9", {"event": "vasovagal"}, "There are: 1"),
        ("1", {"event": "holiday"}, "vasovagal"),
        ("1", {"set": {"mood": 5}}, "heart_rate"),
        ("1", {"set": {"spo2": "low"}}, "number"),
        ("1", {"give": {"drug": "beer"}}, "ketamine"),
        ("1", {"event": "probe_off", "lasts": 30}, "time in quotes"),
        ("1", {"event": "probe_off", "for": "30s"}, '"for" means nothing here'),
        ("1", {"fault": "silence"}, '"fault" means nothing here'),
        ("1", {"phase": "infusion"}, '"phase" means nothing here'),
        ("1", {}, "Say what happens"),
    ],
)
def test_what_cannot_happen_to_a_person_is_refused_and_says_what_can(
    chair: str, wanted: dict[str, object], words: str, make: Callable[..., LiveClinic]
) -> None:
    with pytest.raises(Refused, match=words):
        make().befall(chair, wanted)


@pytest.mark.parametrize(
    ("address", "wanted", "kind", "words"),
    [
        ("9", {"fault": "silence"}, NotThereError, "There are: 1"),
        ("1/nellcor", {"fault": "silence"}, NotThereError, "masimo, hl7"),
        ("1/masimo", {"fault": "boredom"}, Refused, "silence"),
        ("1/masimo", {"lasts": "30s"}, Refused, "Say which fault"),
        ("1/masimo", {"fault": "silence", "lasts": "soon"}, Refused, "is not a time"),
        ("1/masimo", {"fault": "silence", "event": "vasovagal"}, Refused, '"event" means nothing here'),
    ],
)
def test_what_cannot_go_wrong_is_refused_and_says_what_can(
    address: str, wanted: dict[str, object], kind: type[Refused], words: str, make: Callable[..., LiveClinic]
) -> None:
    with pytest.raises(Refused, match=words) as error:
        make().break_(address, wanted)
    assert type(error.value) is kind


def test_a_scenario_that_breaks_a_device_in_a_way_that_it_cannot_be_broken_is_refused(
    make: Callable[..., LiveClinic], tmp_path: Path
) -> None:
    own = 'summary = "Ours."\nlength = "5m"\n[[step]]\nat = "1m"\nfault = "demo_mode"\ndevice = "masimo"\n'
    (tmp_path / "own.toml").write_text(own, "utf-8")
    with pytest.raises(ConfigError, match="masimo cannot have the fault demo_mode"):
        make("own.toml")


@pytest.mark.asyncio
async def test_a_scenario_that_cannot_go_on_ends_the_clinic_and_is_told(
    make: Callable[..., LiveClinic], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its chair would look as if nothing more were to happen."""
    clinic = make("desaturation", speed=1000.0)

    def broken(_: object) -> None:
        raise ValueError("no such happening")

    monkeypatch.setattr(clinic.chairs["1"].patient, "happen", broken)
    with pytest.raises(ValueError, match="no such happening"):
        await asyncio.wait_for(clinic.run(lambda: None), PATIENCE_S)
