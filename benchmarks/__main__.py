"""``make bench``: the benchmarks by name, each in a process of its own; those that take a minute or so without a name.

``make bench ARGS="latency --edges 1000"`` runs one and hands it the rest.
"""

from __future__ import annotations

import subprocess
import sys

QUICK = {
    "latency": "from process start to first tile, and from the last byte to the alarm on the socket",
    "engine_speed": "what one sample and one trend tick cost the alarm engine",
    "driver_speed": "how many bytes and frames a second each driver decodes",
    "serial_ports": "what many serial ports cost, and from the byte on the line to the driver",
    "link_faults": "how soon each fault of a link is noticed",
    "waves": "what curves cost the service and a viewer",
    "screens": "how soon the service notices that a screen is lost",
    "reload_time": "how long a reload of the config takes, and what it keeps waiting",
    "detection": "how often detection is right, wrong or undecided",
    "replay_speed": "how fast the record is played, and what watching it costs the live alarms",
    "journal": "what keeping the record costs, and an hour without its database",
}
"""What each measures; all of them run without a name."""

LONG = {
    "kills": "whether 200 kills take anything that anybody was told, and how soon alarms are back (15 minutes)",
    "history": "how soon the record answers: a chair for 8 hours and 30 days, the burden of alarms (12 minutes)",
    "page": "the budgets of the page in a browser: frames, its thread, first paint, alarms, heap, size (40 minutes)",
    "alarm_quality": "sensitivity and false alarms on real recordings with injected events (4 minutes)",
    "visits": "whether simulated people are like published ones (3 minutes)",
    "clinic_day": "how many alarms the nurses of a simulated clinic have (12 minutes)",
    "mutation": "how many small faults in the alarm core its tests notice (40 minutes)",
}
"""Only by name."""


def main() -> int:
    """Run what was asked for; 2 for a name that does not exist, else the worst exit code."""
    name, *rest = sys.argv[1:] or [""]
    benchmarks = QUICK | LONG
    if name and name not in benchmarks:
        print(f'no benchmark is called "{name}"; there are:', file=sys.stderr)
        for known, what in benchmarks.items():
            print(f"  {known:15} {what}", file=sys.stderr)
        return 2
    codes = []
    for each in [name] if name else QUICK:
        print(f"--- {each}: {benchmarks[each]}", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", f"benchmarks.{each}", *rest], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
