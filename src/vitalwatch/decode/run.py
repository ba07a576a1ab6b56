"""A capture through a driver on the capture's own time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vitalwatch.decode.delivery import Delivery
from vitalwatch.driver import Driver
from vitalwatch.errors import CaptureError
from vitalwatch.model import Report


def run(driver: Driver, deliveries: Iterable[Delivery]) -> Iterator[tuple[float, list[Report]]]:
    """Give the driver what came, when it came; yield what it says each time it says something.

    As in the service, the driver is asked when it wants to send, so that one which waits for answers to its own
    questions goes on. What it would send goes nowhere: a recording does not listen.

    Raises:
        CaptureError: if the driver fails, which no driver may.
    """
    next_at: float | None = 0.0
    for at_s, data in deliveries:
        try:
            if next_at is not None and at_s >= next_at:
                next_at = driver.due(at_s).next_at
            if data is None:
                driver.reset()
                continue
            reports = driver.receive(data, at_s)
        except Exception as error:
            name = driver.info.name
            raise CaptureError(
                f"The driver {name} failed on what came at {at_s:.3f} s: {type(error).__name__}: {error}. "
                f"That is a fault of the driver. Next: vitalwatch conform {name}."
            ) from error
        if reports:
            yield at_s, reports
