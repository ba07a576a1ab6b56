"""GE Dash and Solar monitors, "Unity" network protocol over UDP: see README.md in this folder."""

from vitalwatch_drivers.ge_unity.driver import GeUnityDriver

__all__ = ["GeUnityDriver"]
