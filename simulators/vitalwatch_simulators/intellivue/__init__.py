"""A simulated Philips IntelliVue monitor: see README.md in this folder."""

from vitalwatch_simulators.intellivue.monitor import IntellivueLanMonitor, IntellivueMonitor

__all__ = ["IntellivueLanMonitor", "IntellivueMonitor"]
