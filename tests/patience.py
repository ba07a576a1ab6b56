"""How long tests wait for other threads, processes and programs."""

from typing import Final

PATIENCE_S: Final = 30.0
"""Only what hangs takes so long: a computer that does other things besides is no fault of what is tested."""
