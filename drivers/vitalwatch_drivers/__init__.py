"""VitalWatch drivers: one folder a device protocol. See README.md for how to add one."""
