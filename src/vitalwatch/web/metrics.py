"""``/metrics``: what the hub knows, for Prometheus. Read at the moment of asking; no patient data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from vitalwatch.alarms import Priority, State
from vitalwatch.hub import Hub


class HubCollector(Collector):
    """Turns the hub's own counts into metrics."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterable[Metric]:
        """Everything there is to count, now."""
        hub = self._hub
        yield CounterMetricFamily("vitalwatch_observations", "Samples and cuff readings taken in", hub.observations)
        changes = CounterMetricFamily(
            "vitalwatch_transitions", "Changes of state of alarms", labels=["condition", "to", "priority"]
        )
        for labels, count in sorted(hub.transitions.items()):
            changes.add_metric(labels, count)
        yield changes
        present = GaugeMetricFamily("vitalwatch_alarms_present", "Alarms now present", labels=["priority"])
        counts = Counter(
            a.priority for a in hub.present_alarms() if a.state in (State.ACTIVE, State.ACKNOWLEDGED, State.LATCHED)
        )
        for priority in Priority:
            present.add_metric([priority], counts[priority])
        yield present
        yield from self._devices()
        yield GaugeMetricFamily("vitalwatch_screens", "Screens connected to the live socket", len(hub.viewers))
        yield GaugeMetricFamily("vitalwatch_screens_alive", "Screens that prove that they draw", hub.screens.alive)
        yield GaugeMetricFamily(
            "vitalwatch_screens_alarm_grade", "Screens that draw, are visible and sound", hub.screens.alarm_grade
        )
        yield GaugeMetricFamily(
            "vitalwatch_fallback_works", "1 while the fallback is set up and has not failed", float(hub.fallback.works)
        )
        yield CounterMetricFamily("vitalwatch_fallback_calls", "Calls of the fallback", hub.fallback.calls)
        yield CounterMetricFamily(
            "vitalwatch_fallback_failed_calls", "Calls of the fallback that failed", hub.fallback.failed_calls
        )
        yield CounterMetricFamily("vitalwatch_screens_cut", "Screens cut because they fell behind", hub.viewers.cuts)

    def _devices(self) -> Iterable[Metric]:
        labels = ["chair", "device"]
        up = GaugeMetricFamily("vitalwatch_device_up", "1 while the device's link is open", labels=labels)
        frames = CounterMetricFamily("vitalwatch_device_frames", "Whole frames read", labels=labels)
        bad = CounterMetricFamily("vitalwatch_device_bad_frames", "Frames that broke their protocol", labels=labels)
        dropped = CounterMetricFamily("vitalwatch_device_dropped_bytes", "Bytes that fit no frame", labels=labels)
        faults = CounterMetricFamily("vitalwatch_driver_faults", "Exceptions in a driver", labels=labels)
        for supervisor in self._hub.supervisors.values():
            key = [supervisor.chair, supervisor.device]
            counts = supervisor.driver.counts
            up.add_metric(key, float(supervisor.state == "up"))
            frames.add_metric(key, counts.frames)
            bad.add_metric(key, counts.bad_frames)
            dropped.add_metric(key, counts.dropped_bytes)
            faults.add_metric(key, supervisor.faults)
        yield from (up, frames, bad, dropped, faults)


def metrics_text(hub: Hub) -> bytes:
    """The metrics in the Prometheus text form."""
    registry = CollectorRegistry()
    registry.register(HubCollector(hub))
    return generate_latest(registry)
