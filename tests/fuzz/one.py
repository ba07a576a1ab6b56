"""Fuzzes one driver until its time is over or a promise is broken: ``python -m tests.fuzz.one DRIVER [libFuzzer's]``.

A process of its own for each driver, because libFuzzer ends the process that it runs in.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(
    include=["vitalwatch_drivers", "vitalwatch.frames", "vitalwatch.lines", "vitalwatch.hl7"],
    enable_loader_override=False,
):
    from tests.fuzz.target import Target

    target = Target(sys.argv[1])

atheris.Setup([sys.argv[0], *sys.argv[2:]], target.one)
atheris.Fuzz()
