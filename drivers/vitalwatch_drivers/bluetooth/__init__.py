"""Bluetooth health profiles behind an MQTT gateway: oximeters, heart rate sensors, cuffs. See README.md."""

from vitalwatch_drivers.bluetooth.driver import BluetoothDriver

__all__ = ["BluetoothDriver"]
