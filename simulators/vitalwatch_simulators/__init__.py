"""VitalWatch simulators: devices that speak the real wire protocols, without the decoders. See README.md."""
