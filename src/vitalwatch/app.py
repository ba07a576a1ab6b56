"""Wiring: a checked config becomes a running service. Nothing is decided here."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
from collections.abc import Callable
from datetime import time
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy.engine import URL

from vitalwatch.alarms import ChairSpec, DeviceSpec
from vitalwatch.clock import Clock, SystemClock
from vitalwatch.config import Config, alarm_profile
from vitalwatch.config import Fallback as FallbackSection
from vitalwatch.config.chair import Chair
from vitalwatch.config.journal import JournalPlace
from vitalwatch.driver import load_driver
from vitalwatch.hub import ChairFace, ChairSetup, DeviceSetup, Hub
from vitalwatch.hub.callers import Command, Sound
from vitalwatch.hub.fallback import Fallback, Means
from vitalwatch.hub.past import Past, anew, past_of, start_of
from vitalwatch.hub.watchdog import Watchdog
from vitalwatch.journal.database import parsed
from vitalwatch.journal.opening import open_record
from vitalwatch.journal.recorder import Recorder
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.chores import Chores
from vitalwatch.journal.upkeep.compact import Policy
from vitalwatch.journal.upkeep.copier import Backups
from vitalwatch.links import BrokerSettings, Links
from vitalwatch.reload import Reloader
from vitalwatch.web import bind, make_server, make_site

SECOND_EYES = "VitalWatch is a second pair of eyes. The bedside monitor is the primary alarm."
OPEN_NETWORK = "Anyone on this network can acknowledge alarms here: there is no sign-in yet."
NO_FALLBACK = "No fallback sound: when no screen draws and sounds, nobody is called. Set it up under [fallback]."
UNSIGNED = "Alarm limits are built-in defaults that no medical lead has signed."

_log = structlog.get_logger("service")


def make_links(config: Config, clock: Clock) -> Links:
    """The opener of every link of a clinic, with the sign-in of its brokers."""
    settings = {
        name: BrokerSettings(
            broker.user,
            broker.password,
            broker.ca_file,
            broker.cert_file,
            broker.key_file,
            broker.version,
            broker.tls,
        )
        for name, broker in config.brokers.items()
    }
    return Links(clock, config.folder, brokers=settings)


def chair_setups(config: Config, links: Links) -> list[ChairSetup]:
    """Every chair of a clinic with its devices, drivers, links and profile."""
    return [_chair_setup(config, chair, links) for chair in config.chairs]


def make_hub(
    config: Config, clock: Clock, links: Links, record: Recorder | None = None, past: Past | None = None
) -> Hub:
    """Build the hub of a clinic.

    Args:
        config: a checked config.
        clock: the service's clock.
        links: what opens the links.
        record: where everything is kept.
        past: what the record held.
    """
    fallback = Fallback(fallback_means(config.fallback))
    hub = Hub(config.clinic.name, chair_setups(config, links), clock, notices(config), fallback, record, past)
    hub.look = config.wall.look
    return hub


def fallback_means(section: FallbackSection) -> list[Means]:
    """The ways to call somebody that a config names."""
    means: list[Means] = [Sound()] if section.sound else []
    if section.command:
        means.append(Command(section.command))
    return means


def notices(config: Config) -> list[str]:
    """What must stand at the foot of every screen and in the start-up log, beside the safety sentence of both.

    That there is no fallback is not among them: screens are told of that with the fallback's state as it is now.
    """
    found = []
    if not _loopback(config.web.listen):
        found.append(OPEN_NETWORK)
    if any(not config.profile_of(chair).signed_by for chair in config.chairs):
        found.append(UNSIGNED)
    return found


def _loopback(address: str) -> bool:
    return address == "localhost" or ipaddress.ip_address(address).is_loopback


def _chair_setup(config: Config, chair: Chair, links: Links) -> ChairSetup:
    specs: list[DeviceSpec] = []
    setups: list[DeviceSetup] = []
    marks = ["SIMULATED"] if config.clinic.simulated else []
    for device in config.devices_of(chair.id):
        url = config.links[device.id]
        driver = load_driver(device.driver)(device.id, config.options[device.id])
        specs.append(DeviceSpec(device.id, driver.vitals, driver.period_s))
        key = f"{device.driver} {url.text} {config.options[device.id].model_dump_json()} {sorted(device.allow)}"
        link = links.open(url, device=device.id, driver=device.driver, redact=driver.redact)
        setups.append(DeviceSetup(device.id, driver, device.driver, link, key, frozenset(device.allow)))
        if url.scheme == "replay":
            marks.append("REPLAY" if config.replay_speed == 1 else f"REPLAY ×{config.replay_speed:g}")
    rooms = {room.id: room.label or room.id for room in config.rooms}
    spec = ChairSpec(
        chair.id,
        tuple(specs),
        alarm_profile(config.profile_of(chair)),
        chair.spo2_nibp_same_limb,
        config.nibp_interval_of(chair) * 60,
        chair.start,
    )
    face = ChairFace(chair.id, chair.title, rooms.get(chair.room or "", ""), " · ".join(dict.fromkeys(marks)))
    return ChairSetup(spec, face, tuple(setups))


def record_url(config: Config) -> URL:
    """Where the record of a clinic is kept.

    Raises:
        JournalError: if that is no place.
    """
    return parsed(config.journal.url, config.folder, config.journal.password)


def spool_of(config: Config) -> Path:
    """The file in which rows wait that the record of a clinic cannot take."""
    return config.folder / f"{config.path.stem}.journal.spool"


def begin_record(config: Config, speed: float) -> tuple[Clock, Recorder, Past | None]:
    """Open the record of a clinic, and see what there is to go on from. Monitoring begins whatever is wrong with it.

    Args:
        config: a checked config.
        speed: service seconds in a real second.

    Returns:
        the service's clock, which counts on from where the record ends; the record; and what it held.
    """
    labels = SystemClock()
    opened = open_record(record_url(config), spool_of(config), labels.wall().strftime("%Y%m%dT%H%M%SZ"))
    past, notice = past_of(opened, partial(Store.open, record_url(config)))
    clock = SystemClock(speed, start_of(opened, past, labels.wall().timestamp(), speed))
    record = Recorder(clock, opened.open, opened.store, opened.packer, opened.spool)
    record.trouble = notice
    record.writer.notice = notice if opened.store is not None else ""
    record.writer.chores = Chores(policy_of(config.journal), clock)
    backups = backups_of(config)
    if backups is not None:
        record.copied_to(backups, partial(Store.open, record_url(config)))
    return clock, record, past


def policy_of(place: JournalPlace) -> Policy:
    """For how long what is kept in a record."""
    days = place.keeping
    return Policy(days.keep_samples_days, days.keep_waves_days, days.keep_seconds_days, days.keep_entries_days)


def backups_of(config: Config) -> Backups | None:
    """Where copies of a clinic's record go, and when; ``None`` when none are made."""
    place = config.journal
    if place.backup is None:
        return None
    at = time.fromisoformat(place.keeping.backup_at)
    return Backups(place.backup, config.path.stem, at, place.keeping.backup_keep)


def hub_that_goes_on(config: Config, clock: Clock, record: Recorder, past: Past | None) -> tuple[Hub, Links]:
    """A hub that goes on from the record; if a bug forbids that, one whose alarms begin anew, since it must watch."""
    links = make_links(config, clock)
    if past is not None:
        try:
            return make_hub(config, clock, links, record, past), links
        except Exception as bug:  # noqa: BLE001 - told on every screen and logged
            _log.error("the alarms cannot be taken up", exc_info=bug)
            record.trouble = record.writer.notice = anew("those of before cannot be taken up", bug)
            links = make_links(config, clock)
    return make_hub(config, clock, links, record), links


async def serve(
    config: Config,
    listener: socket.socket,
    *,
    speed: float = 1.0,
    ready: Callable[[str], None],
) -> None:
    """Run the service until SIGINT or SIGTERM.

    Args:
        config: a checked config.
        listener: the page's bound socket, from :func:`open_listener`.
        speed: service seconds in a real second.
        ready: is called once with the page's address when the service watches and serves.
    """
    clock, record, past = begin_record(config, speed)
    hub, links = hub_that_goes_on(config, clock, record, past)
    record.start()
    reloader = Reloader(config, hub, partial(chair_setups, links=links), notices)
    server = make_server(make_site(hub, reloader.run, partial(Store.open, record_url(config))))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    for notice in [SECOND_EYES, *hub.notices, *([] if hub.fallback.means else [NO_FALLBACK])]:
        _log.info(notice)
    with Watchdog(lambda: (clock.now() - hub.last_beat) / speed, hub.fallback.means):
        async with asyncio.TaskGroup() as tasks:
            watching = [
                tasks.create_task(hub.run(), name="hub"),
                tasks.create_task(reloader.watch(), name="config files"),
            ]
            serving = tasks.create_task(server.serve([listener]), name="web")
            ready(address_of(listener))
            _log.info("watching", chairs=len(config.chairs), devices=len(config.devices), page=address_of(listener))
            await stop.wait()
            _log.info("stopping")
            server.should_exit = True
            await serving
            for task in watching:
                task.cancel()
    if not await record.end(hub.last_state()):
        _log.error("the last of the record could not be kept in time")


def open_listener(config: Config) -> socket.socket:
    """Bind the page's socket as the config says.

    Raises:
        ConfigError: if address or port cannot be used.
    """
    return bind(config.web.listen, config.web.port)


def address_of(listener: socket.socket) -> str:
    """The page's address for a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run(config: Config, *, ready: Callable[[str], None]) -> None:
    """Bind, serve, and come back after Ctrl-C.

    Raises:
        ConfigError: if the page's address or port cannot be used.
    """
    listener = open_listener(config)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(serve(config, listener, speed=config.replay_speed, ready=ready))


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it exists; the usual event loop elsewhere."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
