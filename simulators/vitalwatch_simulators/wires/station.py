"""What a station is: a monitor, the link that it speaks on, and ``run``."""

from __future__ import annotations

from typing import TypeAlias

from vitalwatch_simulators.wires.mqtt import OnMqtt
from vitalwatch_simulators.wires.pty import OnPty
from vitalwatch_simulators.wires.serial import OnSerial
from vitalwatch_simulators.wires.tcp import OnTcp, OnTcpListen
from vitalwatch_simulators.wires.udp import OnUdp

Station: TypeAlias = OnPty | OnSerial | OnTcp | OnTcpListen | OnUdp | OnMqtt
"""A monitor and the wire that it is on."""
