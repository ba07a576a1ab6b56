"""VitalWatch: a second pair of eyes for the chairs of an infusion room.

The bedside monitor stays the primary alarm. See the README for what each room of the package does.
"""

__version__ = "0.1.0"
