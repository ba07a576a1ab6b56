"""Notices that what a device sends is not what its driver reads, and says what it looks like instead.

A monitor that is set to another output, or two cables that changed places, are told by "no data from monitor"; this
adds the sentence that saves the search. Listening costs nothing once a first good frame has come.
"""

from __future__ import annotations

from typing import Final

from vitalwatch.detect.listen import find_listeners
from vitalwatch.detect.score import Panel, judge
from vitalwatch.driver import DriverInfo, LineSettings, Received

LOOK_AT_BYTES: Final = (500, 4000)
"""Bytes that the driver has dropped, without a good frame, after which it is looked what they are; the second look is
the last. What it still holds may become a frame: some are longer than that."""

KEPT_BYTES: Final = 4096
"""Of what was heard first, to be looked at."""

LOOK_AT_MESSAGES: Final = 20
"""Whole messages without a good frame after which that is said."""


class Misfit:
    """Listens along until the driver's first good frame.

    Args:
        info: of the device's driver.

    Attributes:
        fits: whether there was a good frame.
    """

    def __init__(self, info: DriverInfo) -> None:
        self._info = info
        self.fits = False
        self._kept = bytearray()
        self._messages = 0
        self._looks = list(LOOK_AT_BYTES)

    def hear(self, data: Received, *, good: bool, dropped: int) -> bool:
        """Take what the driver was given. True when it is time for a look.

        Args:
            data: the bytes or message.
            good: whether the driver has read a frame.
            dropped: bytes that it has dropped since the link opened.
        """
        if good:
            self.fits = True
            self._kept.clear()
        if self.fits or not self._looks:
            return False
        if not isinstance(data, bytes):
            self._messages += 1
            return self._messages == LOOK_AT_MESSAGES
        self._kept += data
        del self._kept[KEPT_BYTES:]
        if dropped < self._looks[0]:
            return False
        self._looks.pop(0)
        return True

    def look(self) -> str:
        """One sentence: that this is another protocol, and which one if that is clear.

        Every stream driver reads what was kept, which takes a moment: not for the event loop's thread.
        """
        heard = bytes(self._kept)
        if not heard:
            return f"this does not look like {self._info.name} (0 good frames in {self._messages} messages)"
        sentence = f"this does not look like {self._info.name} (0 good frames in {len(heard):,} bytes)"
        panel = Panel(find_listeners(serial=False).drivers, LineSettings())
        panel.hear(heard, 0.0)
        verdict = judge([panel.heard()])
        if verdict.score is not None:
            return f"{sentence}; it looks like {verdict.score.driver}: {verdict.score.title}"
        if verdict.rivals:
            return f"{sentence}; it looks like one of: {', '.join(verdict.rivals)}"
        return f"{sentence}; check driver, baud rate and the monitor's output setting"
