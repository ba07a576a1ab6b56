"""All checks, in the order in which they are run and shown."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Final

import msgspec

from vitalwatch.conform.checks import breaks, cuts, endurance, meaning, package
from vitalwatch.conform.checks.found import Exempt, Found
from vitalwatch.conform.play import Fault
from vitalwatch.conform.report import Outcome, Report, Result
from vitalwatch.conform.subject import Subject


class Check(msgspec.Struct, frozen=True):
    """One thing that every driver has to keep.

    Attributes:
        name: as it is shown and exempted.
        run: looks whether a driver keeps it.
        exemptable: whether a protocol may be such that it cannot be kept; the author then says why.
        needs_samples: whether it plays the author's samples.
    """

    name: str
    run: Callable[[Subject], Found]
    exemptable: bool = False
    needs_samples: bool = True


def exemptions(subject: Subject) -> Found:
    """The author exempts only what a protocol can make impossible."""
    known = [check.name for check in CHECKS if check.exemptable]
    wrong = [name for name in subject.exempt if name not in known]
    faults = [f'"{name}" cannot be exempt; only {", ".join(known)} can' for name in wrong]
    return Found(f"{len(subject.exempt)} stated", faults)


CHECKS: Final[tuple[Check, ...]] = (
    Check("info", package.info, needs_samples=False),
    Check("readme", package.readme, needs_samples=False),
    Check("no clock, no I/O", package.pure, needs_samples=False),
    Check("exemptions", exemptions, needs_samples=False),
    Check("golden frames", meaning.golden),
    Check("every vital shown", meaning.coverage, exemptable=True),
    Check("special values", meaning.special_values, exemptable=True),
    Check("well-formed reports", meaning.well_formed),
    Check("statuses first", meaning.statuses_first),
    Check("every chunking", cuts.chunking),
    Check("every truncation", cuts.truncation, exemptable=True),
    Check("bit flips", cuts.bit_flips, exemptable=True),
    Check("reconnect", breaks.reconnect),
    Check("silence", breaks.silence),
    Check("cuff readings once", breaks.cuff_once, exemptable=True),
    Check("never raises", endurance.never_raises, needs_samples=False),
    Check("memory bound", endurance.memory_bound, needs_samples=False),
    Check("flood", endurance.flood),
)


def run_checks(subject: Subject, began: Callable[[str], None] = lambda _: None) -> Report:
    """Run every check on a driver.

    Args:
        subject: the driver.
        began: told the name of each check when it begins.
    """
    results = []
    for check in CHECKS:
        began(check.name)
        results.append(run_check(check, subject))
    samples = subject.conformance.samples if subject.conformance else ()
    passed = all(result.outcome is not Outcome.FAILED for result in results)
    return Report(subject.name, passed, sum(sample.recorded for sample in samples), len(samples), tuple(results))


def run_check(check: Check, subject: Subject) -> Result:
    """Run one check on a driver, whatever the driver does."""
    if check.exemptable and (reason := subject.exempt.get(check.name)):
        return Result(check.name, Outcome.EXEMPT, reason)
    if check.needs_samples and subject.conformance is None:
        return Result(check.name, Outcome.FAILED, "", (subject.missing,))
    try:
        found = check.run(subject)
    except Exempt as exempt:
        return Result(check.name, Outcome.EXEMPT, str(exempt))
    except Fault as fault:
        return Result(check.name, Outcome.FAILED, "", (str(fault),))
    except Exception as error:  # noqa: BLE001 - the constructor, due or reset of somebody's driver failed
        return Result(check.name, Outcome.FAILED, "", (f"{type(error).__name__}: {error} ({_place(error)})",))
    outcome = Outcome.FAILED if found.faults else Outcome.DONE
    return Result(check.name, outcome, found.detail, tuple(found.faults), found.figures)


def _place(error: Exception) -> str:
    """Where an error was raised, as ``file:line``."""
    *_, last = traceback.extract_tb(error.__traceback__)
    return f"{last.filename}:{last.lineno}"
