"""The talk before values: requests as the guide has them, refusal, silence, and polls in time."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from vitalwatch_drivers.intellivue.association import Association, Phase
from vitalwatch_drivers.intellivue.conformance import created, message
from vitalwatch_drivers.intellivue.frames import parse
from vitalwatch_drivers.intellivue.options import IntellivueOptions
from vitalwatch_drivers.intellivue.requests import RELEASE, association_request, extended_poll, for_network, single_poll

ACCEPT, REFUSE, ABORT, RELEASED = (parse(bytes((kind, 0))) for kind in (0x0E, 0x0C, 0x19, 0x0A))
CREATED = parse(created(0x4000))
NUMERICS = parse(message())


@pytest.fixture(scope="module")
def written(project: Path) -> list[bytes]:
    """The requests as they were written by hand: request, confirmation, single poll, extended poll, release."""
    text = (project / "tests/data/intellivue/requests.hex").read_text("ascii")
    return [bytes.fromhex(line) for line in text.splitlines() if not line.startswith("#")]


def polling(**options: object) -> Association:
    made = Association(IntellivueOptions.model_validate(options))
    made.due(0.0)
    made.take(ACCEPT, 0.1)
    made.take(CREATED, 0.2)
    return made


def test_the_first_thing_sent_is_the_written_association_request(written: list[bytes]) -> None:
    assert Association(IntellivueOptions()).due(0.0).send == (written[0],)


def test_on_the_network_the_largest_message_is_another(written: list[bytes]) -> None:
    assert for_network(written[0]) == written[0].replace(
        bytes.fromhex("000003e8000003e8"), bytes.fromhex("000005b0000005b0")
    )
    assert [for_network(message) for message in written[1:]] == written[1:]


def test_curves_are_agreed_upon(written: list[bytes]) -> None:
    asked = association_request(waves=True)
    assert asked == written[0].replace(b"\x88\0\0\0\0\0\0\0", b"\x8e\0\0\0\0\0\0\0")


def test_the_monitors_report_is_confirmed_and_then_it_is_asked(written: list[bytes]) -> None:
    association = polling()
    assert association.phase is Phase.POLLING
    sent = association.due(0.2).send
    assert sent == (written[1], written[2], single_poll(2, 0x36), single_poll(3, 0x21))


def test_an_extended_poll_is_the_written_one(written: list[bytes]) -> None:
    assert extended_poll(1, 6) == written[3]
    assert polling(poll="extended", pleth=True).due(0.2).send[1:] == (
        written[3],
        single_poll(2, 0x36),
        single_poll(3, 0x21),
        extended_poll(4, 9),
    )


def test_the_release_is_the_written_one(written: list[bytes]) -> None:
    assert written[4] == RELEASE


def test_polls_keep_their_times() -> None:
    association = polling()
    times, now = [], 0.2
    while now < 12.0:
        due = association.due(now)
        times.append((round(now, 3), len(due.send)))
        association.take(NUMERICS, now)
        assert due.next_at is not None
        assert due.next_at > now
        now = due.next_at
    assert times[0] == (0.2, 4)  # with the confirmation
    assert times[1:5] == [(1.2, 2), (2.2, 2), (3.2, 2), (4.2, 2)]
    assert sum(count for _, count in times if count == 3) == 2 * 3  # the mode, each five seconds


def test_an_extended_poll_is_renewed_in_time_and_the_monitor_hears_of_us_meanwhile() -> None:
    association = polling(poll="extended")
    sent: list[bytes] = []
    now = 0.2
    while now < 35.0:
        due = association.due(now)
        sent += due.send
        association.take(NUMERICS, now)
        assert due.next_at is not None
        assert due.next_at - now <= 1.0 + 1e-9
        now = due.next_at
    assert sum(request[24:26] == b"\xf1\x3b" for request in sent) == 2


def test_numbers_of_requests_wrap_and_are_never_zero() -> None:
    association = polling()
    association._number = 0xFFFE
    numbers = [int.from_bytes(request[8:10], "big") for request in association.due(0.2).send[1:]]
    assert numbers == [0xFFFF, 1, 2]


def test_no_answer_is_asked_again_later_and_later_and_an_old_association_released() -> None:
    association = Association(IntellivueOptions())
    asked, now = [], 0.0
    while now < 200.0:
        due = association.due(now)
        if due.send:
            asked.append((now, len(due.send)))
        assert due.next_at is not None
        assert due.next_at > now
        now = due.next_at
    assert asked[:5] == [(0.0, 1), (9.0, 1), (22.0, 1), (43.0, 2), (78.0, 1)]
    assert {later - sooner for (sooner, _), (later, _) in pairwise(asked[4:])} == {35.0}


def test_a_refusal_is_told_until_accepted() -> None:
    association = Association(IntellivueOptions())
    association.due(0.0)
    association.take(REFUSE, 0.1)
    assert association.refused
    assert association.due(0.1).send == ()
    assert association.due(4.1).send
    association.take(ACCEPT, 4.2)
    association.take(CREATED, 4.3)
    assert not association.refused


def test_an_accepted_monitor_that_says_no_more_is_asked_again() -> None:
    association = Association(IntellivueOptions())
    association.due(0.0)
    association.take(ACCEPT, 1.0)
    assert association.due(1.0).next_at == 16.0
    association.due(16.0)
    assert association.due(20.0).send == (association_request(waves=False),)


@pytest.mark.parametrize("end", [ABORT, RELEASED, parse(b"\x09\x00")])
def test_an_ended_association_is_asked_for_anew(end: object) -> None:
    association = polling()
    association.take(end, 5.0)  # type: ignore[arg-type]
    assert association.phase is Phase.IDLE
    assert association.due(5.0).send == ()
    assert association.due(7.0).send == (association_request(waves=False),)


def test_silence_releases_and_asks_anew() -> None:
    association = polling()
    for now in (0.2, 5.0, 10.0):
        assert RELEASE not in association.due(now).send
    assert association.due(15.2).send == (RELEASE,)
    association.take(RELEASED, 15.3)
    assert association.due(17.2).send == (association_request(waves=False),)


def test_a_confirmation_that_was_lost_is_sent_again() -> None:
    association = polling()
    association.due(0.2)
    association.take(CREATED, 0.5)
    assert len(association.due(0.5).send) == 1


def test_what_does_not_fit_the_phase_changes_nothing() -> None:
    association = Association(IntellivueOptions())
    for frame in (ACCEPT, REFUSE, ABORT, RELEASED, NUMERICS):
        association.take(frame, 0.0)
    assert association.phase is Phase.IDLE
    assert not association.refused


def test_a_cut_link_begins_anew() -> None:
    association = polling()
    association.reset()
    assert association.due(3.0).send == (association_request(waves=False),)
