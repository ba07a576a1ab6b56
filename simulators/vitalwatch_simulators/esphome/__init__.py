"""A simulated ESPHome node that publishes one value a topic. See README.md."""

from vitalwatch_simulators.esphome.monitor import EsphomeNode

__all__ = ["EsphomeNode"]
