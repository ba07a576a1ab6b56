"""``vitalwatch conform``: says what is right and wrong with a driver, whoever wrote it.

The kit plays the frames that the driver's author gives (``conformance.py`` in the driver's package) whole, cut, bent,
again and in floods, and looks at the package itself. ``docs/conformance.md`` lists what each check asks for.
"""

from vitalwatch.conform.kit import run_checks
from vitalwatch.conform.report import Outcome, Report, Result
from vitalwatch.conform.subject import Subject, find_subject

__all__ = ["Outcome", "Report", "Result", "Subject", "find_subject", "run_checks"]
