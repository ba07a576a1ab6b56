"""Every error that VitalWatch raises on purpose, grouped by what a person can do next.

::

    VitalWatchError
    ├── ConfigError       fix the file           (.file .line .column .key .hint)
    ├── LinkError         check cable or broker  (.url .transient)
    ├── DecodeError       the device sent something that is not in its manual (.protocol .offset .excerpt)
    ├── RecordingError    choose another file    (.file .line .hint)
    ├── CaptureError      choose another file or form
    ├── DriverError       choose or mend a driver
    ├── JournalError      see to the database    (.url .transient .hint)
    ├── DeviceError       the device reports a fault of its own (.code .advice)
    └── UsageError        a bug in our own call

Errors carry data in fields; their text is for people and says what, where and what to do next. Tests look at types
and fields, not at wording.
"""

from __future__ import annotations

from pathlib import Path


class VitalWatchError(Exception):
    """Base of all deliberate errors of this project."""


class ConfigError(VitalWatchError):
    """A config file cannot be used as it stands.

    Args:
        reason: what is wrong, in plain words.
        file: the file that holds the mistake, if a file is at fault.
        line: 1-based line of the mistake; 0 when the whole file is meant.
        column: 1-based column of the mistake; 0 when the whole file or line is meant.
        key: dotted name of the setting, for example ``device.0.link``.
        hint: what to do next, in plain words.
    """

    def __init__(
        self, reason: str, *, file: Path | None = None, line: int = 0, column: int = 0, key: str = "", hint: str = ""
    ) -> None:
        self.reason = reason
        self.file = file
        self.line = line
        self.column = column
        self.key = key
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        where = ""
        if self.file is not None:
            where = f"{self.file}:{self.line}:{self.column}: " if self.line else f"{self.file}: "
        hint = f" {self.hint}" if self.hint else ""
        return f"{where}{self.reason}{hint}"


class LinkError(VitalWatchError):
    """A link cannot be opened or was lost.

    Args:
        reason: what happened and what to do next, in plain words.
        url: the link as the config names it, without passwords.
        transient: true when trying again may well succeed by itself (a cable put back), false when a
            person has to act (wrong password, port owned by another program).
    """

    def __init__(self, reason: str, *, url: str, transient: bool = True) -> None:
        self.reason = reason
        self.url = url
        self.transient = transient
        super().__init__(reason)


class DecodeError(VitalWatchError):
    """Bytes given to a frame parser are not a frame of its protocol.

    Drivers never let this out of ``receive``: they count the bad frame and go on.

    Args:
        reason: which rule the bytes break.
        protocol: name of the driver.
        offset: 0-based position of the first wrong byte, as far as it is known.
        excerpt: a few of the bytes, for the log.
    """

    def __init__(self, reason: str, *, protocol: str, offset: int = 0, excerpt: bytes = b"") -> None:
        self.reason = reason
        self.protocol = protocol
        self.offset = offset
        self.excerpt = excerpt
        super().__init__(f"{protocol}: {reason} at byte {offset}: {excerpt!r}")


class RecordingError(VitalWatchError):
    """A recording or capture cannot be read or played.

    Args:
        reason: what is wrong, in plain words.
        file: the recording.
        line: 1-based line of the mistake; 0 when the whole file is meant.
        hint: what to do next.
    """

    def __init__(self, reason: str, *, file: Path, line: int = 0, hint: str = "") -> None:
        self.reason = reason
        self.file = file
        self.line = line
        self.hint = hint
        where = f"{file}:{line}" if line else f"{file}"
        super().__init__(f"{where}: {reason}" + (f" {hint}" if hint else ""))


class CaptureError(VitalWatchError):
    """A capture cannot be read; the text says why and what to do next."""


class DriverError(VitalWatchError):
    """There is no such driver, or it cannot be started; the text says what to do next."""


class JournalError(VitalWatchError):
    """The record cannot be opened, read or written.

    Args:
        reason: what is wrong, in plain words.
        url: of the record, without its password.
        transient: true when trying again may well succeed by itself (server restarted, lock gone), false when a
            person has to act (disk full, wrong password, newer form).
        hint: what to do next.
    """

    def __init__(self, reason: str, *, url: str, transient: bool = False, hint: str = "") -> None:
        self.reason = reason
        self.url = url
        self.transient = transient
        self.hint = hint
        super().__init__(f"{url}: {reason}" + (f" {hint}" if hint else ""))


class DeviceError(VitalWatchError):
    """A device reports a fault of its own.

    Args:
        reason: the fault in plain words.
        code: the device's own code.
        advice: what the person at the chair can do.
    """

    def __init__(self, reason: str, *, code: str, advice: str) -> None:
        self.reason = reason
        self.code = code
        self.advice = advice
        super().__init__(f"{reason} ({code}). {advice}")


class UsageError(VitalWatchError):
    """Our own code called something in a way that can never be right."""
