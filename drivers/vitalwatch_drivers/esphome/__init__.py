"""ESPHome nodes that publish one value a topic. See README.md."""

from vitalwatch_drivers.esphome.driver import EsphomeDriver

__all__ = ["EsphomeDriver"]
