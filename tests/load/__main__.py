"""A load by hand: `python -m tests.load --minutes 120 --report FILE`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.load.report import report
from tests.load.running import load, verdicts


def main() -> int:
    """Run it, write the table; 1 when something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=5.0, help="requests a second")
    parser.add_argument("--seed", type=int, default=20190501)
    parser.add_argument("--report", type=Path, help="write the table and all measurements here as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="load-") as place:
        outcome = load(
            Path(place) / "load",
            minutes=options.minutes,
            rate=options.rate,
            seed=options.seed,
            tell=lambda line: print(line, flush=True),  # noqa: T201
        )
    held = verdicts(outcome, times=True)
    written = report(outcome, held)
    print(written)  # noqa: T201
    if options.report:
        options.report.write_text(written, "utf-8")
    return 0 if all(each.holds for each in held) else 1


if __name__ == "__main__":
    sys.exit(main())
