"""A capture through a driver on the capture's own time."""

from __future__ import annotations

import pytest

from vitalwatch.decode.delivery import Delivery
from vitalwatch.decode.run import run
from vitalwatch.driver import Due, NoOptions, Received, load_driver
from vitalwatch.errors import CaptureError
from vitalwatch.model import Observation, Report
from vitalwatch_drivers.nellcor import NellcorDriver

LINE = b"24-MAR-25 09:14:00    97      72      24                     \r\n"


def test_reports_come_with_the_moment_of_what_brought_them() -> None:
    driver = load_driver("nellcor")("ox", NoOptions())
    told = list(run(driver, [Delivery(0.0, LINE[:20]), Delivery(1.5, LINE[20:]), Delivery(2.0, b"\0")]))
    assert [(at_s, len(reports)) for at_s, reports in told] == [(1.5, 2)]
    assert {report.at for _, reports in told for report in reports if isinstance(report, Observation)} == {1.5}


class Asking(NellcorDriver):
    """Wants to send each 2 s."""

    asked: list[float]

    def due(self, now: float) -> Due:
        self.asked.append(now)
        return Due((b"?",), now + 2.0)


def test_a_driver_that_asks_its_device_is_asked_when_it_wanted_to_be() -> None:
    driver = Asking("ox", NoOptions())
    driver.asked = []
    list(run(driver, [Delivery(at_s, b"") for at_s in (0.0, 1.0, 2.5, 3.0, 4.5)]))
    assert driver.asked == [0.0, 2.5, 4.5]


class Broken(NellcorDriver):
    def receive(self, data: Received, now: float) -> list[Report]:
        raise IndexError("7")


def test_a_driver_that_fails_is_named_with_the_next_step() -> None:
    with pytest.raises(CaptureError, match="vitalwatch conform nellcor"):
        list(run(Broken("ox", NoOptions()), [Delivery(0.0, b"x")]))
