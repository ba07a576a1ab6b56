"""``make bench``: the benchmarks by name, each in a process of its own; all of them without a name.

``make bench ARGS="latency --edges 1000"`` runs one and hands it the rest.
"""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = {
    "latency": "from process start to first tile, and from the last byte to the alarm on the socket",
    "engine_speed": "what one sample and one trend tick cost the alarm engine",
    "alarm_quality": "sensitivity and false alarms on real recordings with injected events (minutes)",
}


def main() -> int:
    """Run what was asked for; 2 for a name that does not exist, else the worst exit code."""
    name, *rest = sys.argv[1:] or [""]
    if name and name not in BENCHMARKS:
        print(f'no benchmark is called "{name}"; there are:', file=sys.stderr)
        for known, what in BENCHMARKS.items():
            print(f"  {known:15} {what}", file=sys.stderr)
        return 2
    codes = []
    for each in [name] if name else BENCHMARKS:
        print(f"--- {each}: {BENCHMARKS[each]}", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", f"benchmarks.{each}", *rest], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
