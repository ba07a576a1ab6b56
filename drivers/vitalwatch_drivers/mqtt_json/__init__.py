"""Any publisher of JSON over MQTT, mapped to vitals by config. See README.md."""

from vitalwatch_drivers.mqtt_json.driver import MqttJsonDriver

__all__ = ["MqttJsonDriver"]
