"""Simulated Bluetooth devices behind a gateway that passes their notifications on. See README.md."""

from vitalwatch_simulators.bluetooth.monitor import BluetoothCuff, BluetoothOximeter, BluetoothStrap

__all__ = ["BluetoothCuff", "BluetoothOximeter", "BluetoothStrap"]
