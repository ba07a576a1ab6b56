"""``python -m vitalwatch_simulators``: the same as ``vitalwatch-sim``."""

from vitalwatch_simulators.cli import main

main()
