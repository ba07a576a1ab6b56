"""The wires that a simulated monitor can be on, one module each, and what they share.

``timeline`` is the time that all monitors share, ``talk`` a monitor in conversation, ``line`` a serial line's speed,
``outage`` what is said of a wire that is lost. ``pty``, ``serial``, ``tcp``, ``udp`` and ``mqtt`` hold a *station*
each: a monitor, its link, and ``run``. A new kind of wire is one such module, and one form in ``links.py``.
"""
