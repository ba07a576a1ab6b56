"""A simulated IntelliVue monitor on the network, through the service's own link and supervisor: it has to be asked."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.alarms.events import Event, Sampled
from vitalwatch.clock import SystemClock
from vitalwatch.driver import load_driver
from vitalwatch.hub.supervisor import Supervisor
from vitalwatch.links import Links
from vitalwatch.model import Vital
from vitalwatch_simulators.clinic import DevicePlan, make_rig, put_on_link
from vitalwatch_simulators.patient import Patient
from vitalwatch_simulators.serve import serve
from vitalwatch_simulators.wires.timeline import Timeline


def free_port() -> int:
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.mark.asyncio
async def test_a_monitor_on_the_network_is_asked_when_the_link_opens_and_its_vitals_arrive(tmp_path: Path) -> None:
    ours, its = free_port(), free_port()
    told: asyncio.Queue[Event] = asyncio.Queue()
    clock = SystemClock()

    def tell(events: list[Event], _now: float) -> None:
        for event in events:
            told.put_nowait(event)

    plan = DevicePlan("intellivue-lan", f"udp://127.0.0.1:{ours}?from={its}")
    station = put_on_link(plan, make_rig(plan, Patient(1), clock.wall(), "1"))
    driver = load_driver("intellivue")
    supervisor = Supervisor(
        chair="1",
        device="monitor",
        driver=driver("monitor", driver.Options()),
        driver_name="intellivue",
        link=Links(clock, tmp_path).open(f"udp://127.0.0.1:{ours}?to=127.0.0.1:{its}"),
        clock=clock,
        tell=tell,
        changed=lambda _chair: None,
    )
    ready = asyncio.Event()
    serving = asyncio.create_task(serve([station], Timeline(clock), ready=ready.set))
    watching: asyncio.Task[None] | None = None
    wanted = {Vital.HEART_RATE, Vital.SPO2, Vital.PULSE_RATE}
    try:
        async with asyncio.timeout(PATIENCE_S):
            await ready.wait()
            watching = asyncio.create_task(supervisor.run())
            while wanted:
                event = await told.get()
                if isinstance(event, Sampled) and event.value is not None:
                    wanted.discard(event.vital)
        assert supervisor.state == "up"
        assert supervisor.driver.counts.bad_frames == 0
    finally:
        supervisor.stop()
        for task in filter(None, (watching, serving)):
            task.cancel()
            await asyncio.wait({task})
