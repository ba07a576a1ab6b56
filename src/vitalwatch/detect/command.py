"""The command ``vitalwatch detect``: lists, listens, says, and writes what was found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from vitalwatch.clock import Clock, SystemClock
from vitalwatch.detect import topics
from vitalwatch.detect.listen import SECONDS, Listeners, PortReport, find_listeners, listen, longest_s
from vitalwatch.detect.ports import Port, find_ports
from vitalwatch.detect.report import Finds, show, to_json
from vitalwatch.detect.snippet import snippet
from vitalwatch.detect.topics import BrokerReport, broker_link, listen_to_broker
from vitalwatch.errors import ConfigError
from vitalwatch.link_url import LinkUrl

FOUND: Final = 0
NOT_FOUND: Final = 1
CANNOT_RUN: Final = 2

NO_PROBES: Final = "No installed driver declares a question that is harmless to every device, so --probe asked nothing."
_TICK_S: Final = 0.1


def detect(
    asked: Sequence[str],
    mqtt: str | None,
    seconds: float | None,
    *,
    probe: bool,
    as_json: bool,
    write: Path | None,
) -> int:
    """Find what is connected, print it, and give the exit code.

    Args:
        asked: paths of ports; empty for all.
        mqtt: a broker, with a topic filter or without.
        seconds: how long to listen, at each line setting and to the broker; ``None`` for the usual times.
        probe: ask silent devices the harmless questions that drivers declare.
        as_json: print one JSON object.
        write: a new file for the finds.

    Raises:
        ConfigError: if the broker is no link, or the file cannot be written; nothing has been listened to then.
    """
    link = broker_link(mqtt) if mqtt else None
    if write is not None and (write.exists() or not write.parent.is_dir()):
        reason = "This file is there already." if write.exists() else "Its folder does not exist."
        raise ConfigError(reason, file=write, hint="Name a new file in a folder that exists.")
    listeners = find_listeners()
    ports = find_ports(asked)
    bound_s = max(
        longest_s(listeners, seconds or SECONDS, probe=probe) if ports else 0.0,
        (seconds or topics.SECONDS) if link else 0.0,
    )
    with _progress(len(ports), link, bound_s, quiet=as_json):
        reports, broker = asyncio.run(_listen(ports, listeners, link, seconds, probe=probe))
    notices = list(listeners.unusable)
    if probe and not any(driver.info.probe for driver in listeners.drivers):
        notices.append(NO_PROBES)
    finds = Finds(tuple(reports), broker, snippet(reports, broker), tuple(notices))
    if as_json:
        print(to_json(finds))
    else:
        show(finds, Console())
    if write is not None and finds.config:
        write.write_text(finds.config, "utf-8")
    if finds.recognised:
        return FOUND
    return CANNOT_RUN if finds.deaf else NOT_FOUND
