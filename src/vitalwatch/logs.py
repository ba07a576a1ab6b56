"""The log: one line an event on stderr, for people or as JSON. Never a patient's values or names."""

from __future__ import annotations

import sys

import structlog


def set_up_logs(*, json_lines: bool = False) -> None:
    """Set up logging for a command; call once, first."""
    if json_lines:
        stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
        form: list[structlog.typing.Processor] = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    else:
        stamp = structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)
        form = [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                pad_event_to=32,
                exception_formatter=structlog.dev.plain_traceback,  # the usual one prints local variables: vitals
            )
        ]
    structlog.configure(
        processors=[structlog.processors.add_log_level, stamp, *form],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
