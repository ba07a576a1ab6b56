"""``vitalwatch doctor``: whether everything that the service needs is there, and what to do where it is not.

Each module looks at one part and gives ``Finding`` values; ``command`` asks them all. Looking changes nothing: ports
are opened and closed as the service would, a broker gets a few small messages on a topic of our own, and no file is
written.
"""
