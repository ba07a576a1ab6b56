"""Mindray monitors that share patient data on TCP port 4601: see README.md in this folder."""

from vitalwatch_drivers.mindray_pds.driver import MindrayPdsDriver

__all__ = ["MindrayPdsDriver"]
