"""The talk with a monitor that comes before values: asking for an association, keeping it up, asking again. Pure.

Theory of operation. One of four phases holds::

    IDLE ──time──▶ ASKED ──accept──▶ ACCEPTED ──the monitor tells of itself; we confirm──▶ POLLING
     ▲               │ refuse, abort,   │ abort, no word            │ abort, release, 15 s without a word
     └───────────────┴──no answer───────┴───────────────────────────┘

Each attempt waits longer than the one before, up to 30 s. A monitor that still keeps an association of ours, or of a
program before us, refuses or stays silent: before every third attempt in a row an old association is released.
While polling, each poll also tells the monitor that we are there.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from vitalwatch.driver import Due
from vitalwatch_drivers.intellivue.frames import (
    ALARMS,
    MDS_CREATED,
    NUMERICS,
    SYSTEM,
    WAVES,
    Event,
    Frame,
    Session,
    SessionKind,
)
from vitalwatch_drivers.intellivue.options import IntellivueOptions
from vitalwatch_drivers.intellivue.requests import (
    POLL_PERIOD_S,
    RELEASE,
    association_request,
    created_result,
    extended_poll,
    single_poll,
)

ANSWER_S: Final = 5.0
"""How long an answer to the association request may take."""

CREATED_S: Final = 15.0
"""How long an accepted monitor may take to tell of itself."""

SILENCE_S: Final = 15.0
"""Without a word for so long, the association is taken for lost (as the public reader LNhealth does)."""

SHORTEST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 30.0
RELEASE_EVERY: Final = 3

SYSTEM_PERIOD_S: Final = 5.0
"""How often the monitor is asked for its mode."""

RENEW_S: Final = 30.0
"""How often an extended poll is renewed: twice in the time that it lasts."""


class Phase(Enum):
    """How far the talk with the monitor is."""

    IDLE = auto()
    ASKED = auto()
    ACCEPTED = auto()
    POLLING = auto()


class Association:
    """What is agreed with one monitor, and what to send it next.

    Attributes:
        phase: how far it is.
        refused: the monitor refused the last request, and none has been accepted since.
    """

    def __init__(self, options: IntellivueOptions) -> None:
        self._request = association_request(waves=options.pleth)
        single = options.poll == "single"
        self._periods = {
            (NUMERICS, not single): POLL_PERIOD_S if single else RENEW_S,
            (ALARMS, False): POLL_PERIOD_S,
            (SYSTEM, False): SYSTEM_PERIOD_S,
        }
        if options.pleth:
            self._periods[WAVES, True] = RENEW_S
        self._number = 0
        self.reset()

    def reset(self) -> None:
        """Begin anew: the link was cut."""
        self.phase = Phase.IDLE
        self.refused = False
        self._until = float("-inf")
        self._attempts = 0
        self._heard = 0.0
        self._answer = b""
        self._polls: dict[tuple[int, bool], float] = {}

    def take(self, frame: Frame, now: float) -> None:
        """Take note of a message of the monitor."""
        self._heard = now
        match frame:
            case Session(kind=SessionKind.ACCEPT) if self.phase is Phase.ASKED:
                self.phase, self._until = Phase.ACCEPTED, now + CREATED_S
            case Session(kind=SessionKind.REFUSE) if self.phase is Phase.ASKED:
                self.refused = True
                self._wait(now)
            case Session(kind=SessionKind.ABORT) if self.phase is not Phase.IDLE:
                self._wait(now)
            case Session(kind=SessionKind.RELEASE_REQUEST | SessionKind.RELEASE_RESPONSE) if (
                self.phase is Phase.POLLING
            ):
                self._wait(now)
            case Event(event=created, confirmed=True) if created == MDS_CREATED:
                self._answer = created_result(frame)
                if self.phase is not Phase.POLLING:  # else our first answer was lost
                    self.phase, self.refused, self._attempts = Phase.POLLING, False, 0
                    self._polls = dict.fromkeys(self._periods, now)

    def due(self, now: float) -> Due:
        """What to send now, and when to ask again."""
        send = [self._answer] if self._answer else []
        self._answer = b""
        if self.phase is Phase.POLLING and now >= self._heard + SILENCE_S:
            send.append(RELEASE)
            self._wait(now)
        elif self.phase in (Phase.ASKED, Phase.ACCEPTED) and now >= self._until:
            self._wait(now)
        elif self.phase is Phase.IDLE and now >= self._until:
            if self._attempts and self._attempts % RELEASE_EVERY == 0:
                send.append(RELEASE)
            send.append(self._request)
            self._attempts += 1
            self.phase, self._until = Phase.ASKED, now + ANSWER_S
        elif self.phase is Phase.POLLING:
            send += self._due_polls(now)
        if self.phase is Phase.POLLING:
            return Due(tuple(send), min(*self._polls.values(), self._heard + SILENCE_S))
        return Due(tuple(send), self._until)

    def _wait(self, now: float) -> None:
        self.phase = Phase.IDLE
        self._answer = b""  # belongs to what has ended
        self._until = now + min(LONGEST_WAIT_S, SHORTEST_WAIT_S * 2.0 ** min(self._attempts, 8))

    def _due_polls(self, now: float) -> list[bytes]:
        send: list[bytes] = []
        for (kind, extended), at in self._polls.items():
            if now >= at:
                self._number = self._number % 0xFFFF + 1
                send.append((extended_poll if extended else single_poll)(self._number, kind))
                self._polls[kind, extended] = now + self._periods[kind, extended]
        return send
