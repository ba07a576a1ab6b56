"""A message's bytes to a ``VitalsMessage``. Pure; the only error is ``DecodeError``, and only for the whole message.

A single strange field never spoils the rest: it becomes NaN (not a number), a plain text, or nothing.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any, Final

from vitalwatch.errors import DecodeError
from vitalwatch.model import CUFF_VITALS, Mode, Vital
from vitalwatch_drivers.mqtt_json.frames import Stamp, VitalsMessage
from vitalwatch_drivers.mqtt_json.options import MqttJsonOptions

PROTOCOL: Final = "mqtt-json"

MAX_PAYLOAD: Final = 65536
"""Bytes. A message of vitals has some hundred; this bounds the time and memory that a wrong topic can cost."""

MAX_STATUSES: Final = 16
MAX_TEXT: Final = 40
"""Most statuses of a message, and most characters of a status or label: these go on to logs and screens."""

KPA_IN_MMHG: Final = 7.50062

EVERYDAY_ZERO: Final = frozenset({Vital.ETCO2})
"""Vitals in which 0 is an everyday measurement (nothing breathed out just now)."""

MILLISECONDS_FROM: Final = 1e11
"""A time as a number from here on is in milliseconds: as seconds it would lie after the year 5000."""

_ABSENT: Final = object()
"""Nothing stands at a path; JSON null does stand there."""


class Decoder:
    """Reads the messages of one publisher.

    Args:
        options: where things stand in its JSON.
    """

    def __init__(self, options: MqttJsonOptions) -> None:
        self._vitals = {vital: path.split(".") for vital, path in options.vitals.items()}
        self._time = _split(options.time)
        self._cuff_time = _split(options.cuff_time)
        self._sequence = _split(options.sequence)
        self._status = _split(options.status)
        self._mode = _split(options.mode)
        self._none_texts = frozenset(none.strip().lower() for none in options.none if isinstance(none, str))
        self._none_numbers = frozenset(none for none in options.none if not isinstance(none, str))
        self._real_zero = EVERYDAY_ZERO | {Vital(name) for name in options.real_zero}
        self._kilopascal = CUFF_VITALS - {Vital.CUFF_PULSE_RATE} if options.pressure_unit == "kPa" else frozenset()

    def decode(self, payload: bytes) -> VitalsMessage:
        """Read one message.

        Raises:
            DecodeError: if it is not a JSON object, or too long to be one of ours.
        """
        message = _parse(payload)
        values: dict[Vital, float | None] = {}
        for vital, path in self._vitals.items():
            sent = _find(message, path)
            if sent is not _ABSENT:
                values[vital] = self._value(vital, sent)
        return VitalsMessage(
            values,
            self._statuses(_find(message, self._status)),
            _mode(_find(message, self._mode)),
            self._stamp(_find(message, self._time)),
            self._stamp(_find(message, self._cuff_time)),
            _sequence(_find(message, self._sequence)),
        )

    def redact(self, payload: bytes) -> bytes:
        """The message with nothing in it but what stands at a mapped path: a name of a patient stands at none.

        What is not a JSON object keeps only its length, in full stops.
        """
        try:
            message = _parse(payload)
        except DecodeError:
            return b"." * len(payload)
        kept: dict[str, Any] = {}
        for path in (*self._vitals.values(), self._time, self._cuff_time, self._sequence, self._status, self._mode):
            sent = _find(message, path)
            if isinstance(sent, list):  # of statuses; an object in it may be about anything
                sent = [one for one in sent if not isinstance(one, dict | list)]
            if path and sent is not _ABSENT and not isinstance(sent, dict):
                _lay(kept, path, sent)
        return json.dumps(kept).encode()

    def _value(self, vital: Vital, sent: object) -> float | None:
        """A number in the vital's unit, ``None`` for the sender's "no value", NaN for what is not a number."""
        if sent is None or self._means_none(sent):
            return None
        number = _number(sent)
        if number in self._none_numbers:
            return None
        if number == 0 and vital not in self._real_zero:
            return None  # oximeters send 0 while they search; only the config can say that a 0 is real
        return round(number * KPA_IN_MMHG, 1) if vital in self._kilopascal else number

    def _means_none(self, sent: object) -> bool:
        return isinstance(sent, str) and sent.strip().lower() in self._none_texts

    def _statuses(self, sent: object) -> tuple[str, ...] | None:
        if sent is _ABSENT:
            return None
        listed = sent if isinstance(sent, list) else [sent]
        # None-texts and null say that nothing is the matter; what is not a text is still something the sender said.
        names = [_status(entry) for entry in listed if entry is not None and not self._means_none(entry)]
        return tuple(dict.fromkeys(name for name in names if name))[:MAX_STATUSES]

    def _stamp(self, sent: object) -> Stamp | None:
        if not isinstance(sent, str | float) or self._means_none(sent):
            return None
        return _text_stamp(sent) if isinstance(sent, str) else _number_stamp(sent)


def _parse(payload: bytes) -> dict[str, Any]:
    if len(payload) > MAX_PAYLOAD:
        raise DecodeError(
            f"a message of {len(payload)} bytes is too long", protocol=PROTOCOL, excerpt=payload[:MAX_TEXT]
        )
    try:
        # Whole numbers are read as floats: Python refuses integers of some thousand digits, floats overflow to
        # infinity, which is just another implausible value. Its reader also takes the NaN that Python bridges write.
        message = json.loads(payload, parse_int=float)
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"not JSON ({error})", protocol=PROTOCOL, excerpt=payload[:MAX_TEXT]) from error
    if not isinstance(message, dict):
        raise DecodeError("JSON, but not an object", protocol=PROTOCOL, excerpt=payload[:MAX_TEXT])
    return message


def _split(path: str) -> list[str] | None:
    return path.split(".") if path else None


def _find(message: object, path: list[str] | None) -> object:
    """What stands at a path, ``_ABSENT`` if nothing does. The inside of a null is null: the sender has no such thing
    at present, for example ``"nibp": null`` before the first reading."""
    if path is None:
        return _ABSENT
    found = message
    for step in path:
        if isinstance(found, dict) and step in found:
            found = found[step]
        elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        elif found is None:
            return None
        else:
            return _ABSENT
    return found


def _number(sent: object) -> float:
    """A JSON number, or a text that is one; NaN for anything else. May be infinite."""
    if isinstance(sent, float):
        return sent
    if isinstance(sent, str):
        try:
            return float(sent)
        except ValueError:
            return math.nan
    return math.nan


def _mode(sent: object) -> Mode:
    if sent is True:
        return Mode.DEMO
    word = sent.strip().lower() if isinstance(sent, str) else ""
    return {"demo": Mode.DEMO, "true": Mode.DEMO, "test": Mode.TEST}.get(word, Mode.REAL)


def _status(sent: object) -> str:
    """A status in our spelling: lower case, words joined by ``_``, so that ``Sensor-Off`` is ``sensor_off``."""
    if isinstance(sent, float):
        sent = f"{sent:g}"
    if not isinstance(sent, str):
        return "unreadable_status"
    return "".join(c if c.isalnum() else "_" for c in sent.strip().lower()[:MAX_TEXT]).strip("_")


def _sequence(sent: object) -> str | None:
    return _label(str(sent)) if isinstance(sent, str | float) else None


def _label(text: str) -> str:
    """Text from outside that is safe to log and to send on: short, and with nothing that UTF-8 cannot carry."""
    return text[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")


def _text_stamp(text: str) -> Stamp | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        number = _number(text)
        return Stamp(_label(text)) if math.isnan(number) else _number_stamp(number)
    zoned = moment.tzinfo is not None
    since_1970 = (moment if zoned else moment.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return Stamp(_label(text.strip()), since_1970.total_seconds(), zoned)


def _number_stamp(number: float) -> Stamp | None:
    if number <= 0:
        return None  # a clock that was never set
    seconds = number / 1000 if number >= MILLISECONDS_FROM else number
    try:
        label = datetime.fromtimestamp(seconds, UTC).isoformat()
    except (ValueError, OverflowError, OSError):  # NaN, infinity, years that no calendar has
        return Stamp(_label(str(number)))
    return Stamp(label, seconds, zoned=True)


def _lay(message: dict[str, Any], path: list[str], value: object) -> None:
    """Put a value at a path; a list on the way becomes an object with the same numbers, which is read alike."""
    for name in path[:-1]:
        inside = message.setdefault(name, {})
        if not isinstance(inside, dict):  # a list that is kept whole has it already
            return
        message = inside
    message[path[-1]] = value
