"""Philips IntelliVue monitors, Data Export protocol: see README.md in this folder."""

from vitalwatch_drivers.intellivue.driver import IntellivueDriver

__all__ = ["IntellivueDriver"]
