"""Whether a driver stays right when a stream is cut anywhere, or bytes are lost or changed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import Final, TypeVar

from vitalwatch.conform.checks.found import Exempt, Found, samples_of
from vitalwatch.conform.play import Play, difference, payload, said, values, words
from vitalwatch.conform.subject import Subject
from vitalwatch.driver import Message, Received, Sample
from vitalwatch.model import DeviceStatus, Observation, Report, Waveform

Place = TypeVar("Place")

SEED: Final = 1
RANDOM_CUTS: Final = 50
MOST_PLACES: Final = 500
"""Places tried in one sample; of more, that many drawn at random."""

REPEATS: Final = 3
"""How often a sample is sent again after damage: by the last time the driver has to have found its feet."""


def chunking(subject: Subject) -> Found:
    """A stream gives the same reports and counts however it is cut: whole, byte by byte, in two anywhere, at random."""
    if subject.driver.info.takes == "messages":
        raise Exempt("messages come whole")
    random = Random(SEED)
    faults: list[str] = []
    tried = 0
    for sample in samples_of(subject):
        data = b"".join(map(payload, sample.frames))
        whole = Play(subject, sample)
        expected = said(whole.all([data]))
        for chunks in _divisions(data, random):
            play = Play(subject, sample)
            got = said(play.all(chunks))
            tried += 1
            if wrong := difference(expected, got):
                faults.append(f"{sample.name}, cut after {len(chunks[0])} bytes: {wrong}")
            elif play.driver.counts != whole.driver.counts:
                faults.append(f"{sample.name}, cut after {len(chunks[0])} bytes: {play.driver.counts}")
    return Found(f"{tried} ways to cut", faults)


def truncation(subject: Subject) -> Found:
    """Of a frame whose end is missing nothing is made up, and what follows it is read again.

    Each frame is cut after each of its bytes. Until the next frame, no more is said than the whole frames before say;
    when the sample is sent again, nothing is said that the sample does not say, and in the end all of its values are.
    """
    faults: list[str] = []
    tried = 0
    golden: list[Report] = []
    truth: list[Report] = []
    seen: Sample | None = None
    for sample, place, kept in _cut_frames(subject):
        tried += 1
        where = f"{sample.name}, frame {place + 1} cut after {len(payload(kept))} bytes"
        if sample is not seen:
            golden = Play(subject, sample).all(sample.frames)
            truth = [*golden, *Play(subject, sample).all(sample.frames * REPEATS)]
            seen = sample
        play = Play(subject, sample)
        before = play.all(sample.frames[:place])
        half = play.receive(kept)
        told = _told([*before, *half])
        if told != _told(golden)[: len(told)]:
            faults.append(f"{where}: reports {_first(_told(half))}")
            continue
        again: list[Report] = []
        for _ in range(REPEATS):
            last = play.all(sample.frames)
            again += last
        if made_up := _not_among(again, truth):
            faults.append(f"{where} and sent again: makes up {_first(made_up)}")
        elif wrong := difference(values(golden), values(last)):
            faults.append(f"{where} and sent again: {wrong}")
    return Found(f"{tried} cuts", faults)


def bit_flips(subject: Subject) -> Found:
    """A checksum keeps a frame with a changed bit from being read: nothing is said that the sample does not say."""
    guarded = [sample for sample in samples_of(subject) if sample.checksum]
    if not guarded:
        return Found("", ['no sample has a checksum; if the protocol has none, exempt "bit flips" and say so'])
    random = Random(SEED)
    faults: list[str] = []
    tried = 0
    for sample in guarded:
        truth = Play(subject, sample).all(sample.frames * (REPEATS + 1))
        flips = [(n, bit) for n, frame in enumerate(sample.frames) for bit in range(8 * len(payload(frame)))]
        for place, bit in _some(flips, random):
            bent = list(sample.frames)
            bent[place] = _flipped(bent[place], bit)
            tried += 1
            play = Play(subject, sample)
            got = play.all([*bent, *sample.frames * REPEATS])
            if made_up := _not_among(got, truth):
                faults.append(f"{sample.name}, frame {place + 1}, bit {bit % 8} of byte {bit // 8}: {_first(made_up)}")
    return Found(f"{tried} changed bits", faults)


def _divisions(data: bytes, random: Random) -> Iterator[list[bytes]]:
    yield [data[place : place + 1] for place in range(len(data))]
    for cut in _some(list(range(1, len(data))), random):
        yield [data[:cut], data[cut:]]
    for _ in range(RANDOM_CUTS):
        cuts = sorted(random.sample(range(len(data) + 1), min(len(data), random.randint(2, 9))))
        edges = [0, *cuts, len(data)]
        yield [data[a:b] for a, b in pairwise(edges)]


def _cut_frames(subject: Subject) -> Iterator[tuple[Sample, int, Received]]:
    random = Random(SEED)
    for sample in samples_of(subject):
        cuts = [(n, kept) for n, frame in enumerate(sample.frames) for kept in range(1, len(payload(frame)))]
        for place, kept in _some(cuts, random):
            frame = sample.frames[place]
            cut = payload(frame)[:kept]
            yield sample, place, cut if isinstance(frame, bytes) else Message(cut, frame.topic, frame.retained)


def _some(places: list[Place], random: Random) -> list[Place]:
    return places if len(places) <= MOST_PLACES else random.sample(places, MOST_PLACES)


def _flipped(frame: Received, bit: int) -> Received:
    bent = bytearray(payload(frame))
    bent[bit // 8] ^= 1 << (bit % 8)
    return bytes(bent) if isinstance(frame, bytes) else Message(bytes(bent), frame.topic, frame.retained)


def _told(reports: list[Report]) -> list[str]:
    """Values and states in words, without curves."""
    return [words(report) for report in reports if not isinstance(report, Waveform)]


def _not_among(reports: list[Report], truth: list[Report]) -> list[str]:
    """What is said of values and of states that begin, though the truth does not say it."""
    true = {words(report) for report in truth}
    told = [r for r in reports if isinstance(r, Observation) or (isinstance(r, DeviceStatus) and r.active)]
    return [told_of for report in told if (told_of := words(report)) not in true]


def _first(lines: list[str]) -> str:
    return f'"{lines[0]}"' if lines else "too little"
