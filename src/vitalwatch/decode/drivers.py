"""Finding the driver that a person named on the command line."""

from __future__ import annotations

from vitalwatch.config.explain import nearest
from vitalwatch.driver import Driver, driver_names, load_driver
from vitalwatch.errors import DriverError


def find_driver(name: str) -> type[Driver]:
    """Find an installed driver by its name.

    Raises:
        DriverError: if there is none, or its package cannot be imported.
    """
    if name not in driver_names():
        raise DriverError(f'There is no driver "{name}". {nearest(name, driver_names(), "Installed are")}')
    try:
        return load_driver(name)
    except Exception as error:  # whatever somebody's package does when it is imported
        reason = f"{type(error).__name__}: {error}"
        raise DriverError(
            f'The driver "{name}" is installed but cannot be started: {reason}. Install its package again.'
        ) from error
