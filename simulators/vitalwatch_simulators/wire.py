"""A clinic to show: as many chairs as wanted, with all kinds of monitors and all kinds of things happening.

Writes two files that fit together: the plan that ``vitalwatch-sim clinic`` runs, and the clinic file with which
``vitalwatch run`` reads it. The same seed gives the same monitors and people at every chair.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from vitalwatch.errors import ConfigError
from vitalwatch_simulators.clinic import CUFF_INTERVAL_S, DEVICES, MqttKind, SerialKind, has_cuff
from vitalwatch_simulators.plan import person_seed
from vitalwatch_simulators.scenario import Scenario, load_scenario
from vitalwatch_simulators.wiring import WiredChair, WiredDevice, clinic_toml

PLAN: Final = "simulators.toml"
CLINIC: Final = "clinic.toml"

CHAIRS: Final = (
    ("nellcor", "json-cuff"),
    ("masimo", "suntech"),
    ("hl7",),
    ("nonin", "bluetooth-cuff"),
    ("ge-dri",),
    ("intellivue",),
    ("json-oximeter", "bluetooth-strap", "stx-nibp"),
    ("dinamap",),
    ("esphome",),
    ("bluetooth-oximeter", "json-cuff"),
    ("contec", "suntech"),
    ("viatom", "bluetooth-cuff"),
    ("berrymed", "stx-nibp"),
)
"""What stands at a chair: always an oximeter and one cuff."""

NETWORKED: Final = ("hl7",)
"""Devices with a serial port that stand on the network all the same."""

EARLY: Final = "desaturation"
"""Somebody has to be called within the first minute, or a visitor believes that nothing works."""

SCENARIOS: Final = (
    "ketamine",
    EARLY,
    "quiet",
    "pressure-rise",
    "quiet-ketamine",
    "probe-off-again",
    "fast-heart",
    "apnoea",
    "vasovagal",
    "restless",
    "low-perfusion",
    "hypertensive-response",
    "slow-desaturation",
    "iron-anaphylaxis",
)
"""What happens at the first chair, the second and so on; then again from the beginning."""

SHORT_INTERVAL_S: Final = 120.0
SHORT: Final = ("json-cuff", "esphome")
"""Cuffs that can be told to measure each two minutes, so that there is something to see; the others keep to theirs."""


PORTS: Final = range(20_000, 32_768)
"""TCP ports to listen at. Outgoing connections are given others, from 32768 on Linux and from 49152 elsewhere; one of
those could be gone between the writing of the files and the listening."""


class _Chair(msgspec.Struct, frozen=True):
    id: str
    named: str
    scenario: Scenario
    seed: int
    devices: tuple[_Device, ...]
    interval_s: float


class _Device(msgspec.Struct, frozen=True):
    kind: str
    speaks: str
    read: str


def wire(folder: Path, *, chairs: int, seed: int, broker_port: int, speed: float) -> None:
    """Write ``simulators.toml`` and ``clinic.toml``.

    Args:
        folder: where; pseudo-terminals will stand there too.
        chairs: how many.
        seed: of everything.
        broker_port: of an MQTT broker on this computer.
        speed: simulated seconds in a real second.

    Raises:
        ConfigError: if there is no free TCP port.
        OSError: if the files cannot be written.
    """
    made = list(_chairs(folder.resolve(), chairs, seed, broker_port))
    (folder / PLAN).write_text(_plan_toml(made, seed, speed), "utf-8")
    wired = [
        WiredChair(
            chair.id,
            tuple(WiredDevice(f"{device.kind}-{chair.id}", device.kind, device.read) for device in chair.devices),
            chair.scenario.profile,
            chair.interval_s,
            chair.scenario.same_arm,
        )
        for chair in made
    ]
    (folder / CLINIC).write_text(clinic_toml("Demo clinic", wired), "utf-8")


def _chairs(folder: Path, chairs: int, seed: int, broker_port: int) -> Iterator[_Chair]:
    draw = random.Random(f"wire/{seed}")
    kinds = _deal(draw, chairs)
    ports = _free_ports()
    names = [SCENARIOS[number % len(SCENARIOS)] for number in range(chairs)]
    if EARLY not in names:
        names[-1] = EARLY
    for number, (here, named) in enumerate(zip(kinds, names, strict=True), 1):
        yield _Chair(
            str(number),
            named,
            load_scenario(named),
            person_seed(seed, number),
            tuple(_on_link(kind, number, folder, broker_port, ports) for kind in here),
            SHORT_INTERVAL_S if any(kind in SHORT for kind in here) else CUFF_INTERVAL_S,
        )


def _deal(draw: random.Random, players: int) -> list[tuple[str, ...]]:
    """What stands at so many chairs: all different as long as there is something else."""
    dealt: list[tuple[str, ...]] = []
    while len(dealt) < players:
        dealt += draw.sample(CHAIRS, len(CHAIRS))
    return dealt[:players]


def _on_link(kind: str, number: int, folder: Path, broker_port: int, ports: Iterator[int]) -> _Device:
    found = DEVICES[kind]
    if isinstance(found, MqttKind):
        link = f"mqtt://127.0.0.1:{broker_port}/chair/{number}/{kind}"
        return _Device(kind, link, link)
    if not isinstance(found, SerialKind) or kind in NETWORKED:
        port = next(ports)
        return _Device(kind, f"tcp-listen://127.0.0.1:{port}", f"tcp://127.0.0.1:{port}")
    path = folder / f"{number}-{kind}"
    line = f"baud={found.baud}&bits={found.bits}&parity={found.parity}&stop={found.stop:g}"
    return _Device(kind, f"pty:{path}", f"serial://{path}?{line}")


def _free_ports() -> Iterator[int]:
    """TCP ports that nobody has, none twice; in any order, so that clinics written side by side do not meet."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as asked:
            try:
                asked.bind(("127.0.0.1", port))
            except OSError:
                continue
        yield port
    raise ConfigError(f"No TCP port from {PORTS[0]} to {PORTS[-1]} is free.", hint="End some programs that listen.")


def _plan_toml(chairs: list[_Chair], seed: int, speed: float) -> str:
    lines = [f"speed = {float(speed)}", f"seed = {seed}"]
    for chair in chairs:
        lines += ["", "[[chair]]", f'id = "{chair.id}"', f'scenario = "{chair.named}"', f"seed = {chair.seed}"]
        for device in chair.devices:
            lines += ["", "[[chair.device]]", f'kind = "{device.kind}"', f'link = "{device.speaks}"']
            if has_cuff(device.kind):
                lines.append(f'interval = "{chair.interval_s:g}s"')
    return "\n".join(lines) + "\n"
