"""What the blocks of a PRO 1000 mean: its own alarms, the ECG curve, and the heart rate of the parameter page."""

from __future__ import annotations

from typing import Final

from vitalwatch.model import Report, Status, Validity, Vital, Waveform, observe
from vitalwatch_drivers.dinamap.frames import BLOCKS_A_PAGE, SEQUENCES, Block, parse_page

ECG: Final = "ecg"
ECG_HZ: Final = 200.0
PRO1000_VITALS: Final = (Vital.HEART_RATE,)

CRISIS: Final = 0x40
WARNING: Final = 0x20
UNLISTED: Final = 0x80
PAGE_S: Final = 1.0
PAGE_BYTES: Final = 3 * BLOCKS_A_PAGE


class BlockReader:
    """Follows the blocks of one monitor.

    Args:
        device: the device's id in the config.
        heart_rate: whether the page's heart rate is reported.

    Attributes:
        states: the statuses of the newest block with their details.
        priority: of the monitor's own alarm, if there is one.
    """

    def __init__(self, device: str, *, heart_rate: bool) -> None:
        self._device = device
        self._heart_rate = heart_rate
        self.reset()

    def reset(self) -> None:
        """Forget everything: the link was cut."""
        self.states: dict[str, str] = {}
        self.priority = ""
        self._sequence: int | None = None
        self._page = bytearray()
        self._samples: list[float | None] = []

    def take(self, block: Block, now: float) -> list[Report]:
        """Take the next block; the one that ends a page gives the heart rate, or says that there is none."""
        follows = self._sequence is not None and block.sequence == (self._sequence + 1) % SEQUENCES
        if not follows:
            self._page.clear()
            if self._sequence is not None:
                self._samples.append(None)  # a gap in the curve: blocks were lost
        self._sequence = block.sequence
        self._samples += block.channel_2
        self._read_status(block.status)
        if block.sequence % BLOCKS_A_PAGE == 0:
            self._page.clear()
        elif not self._page:
            return []
        self._page += block.parameters
        return self._read_page(now) if len(self._page) == PAGE_BYTES else []

    def curve(self, now: float) -> list[Report]:
        """The samples since the last call."""
        if not self._samples:
            return []
        samples, self._samples = tuple(self._samples), []
        return [Waveform(self._device, ECG, ECG_HZ, samples, now)]

    def _read_status(self, status: int) -> None:
        self.states, self.priority = {}, ""
        if status & (CRISIS | WARNING):
            self.priority = "high" if status & CRISIS else "medium"
            self.states[str(Status.MONITOR_ALARM)] = "crisis" if status & CRISIS else "warning"
        if status & UNLISTED:
            self.states["dinamap_block_80"] = ""

    def _read_page(self, now: float) -> list[Report]:
        page = parse_page(bytes(self._page))
        self._page.clear()
        if not self._heart_rate:
            return []
        return [
            observe(
                *(self._device, Vital.HEART_RATE, page.heart_rate, now),
                validity=Validity.QUESTIONABLE,
                device_time=page.device_time,
            )
        ]
