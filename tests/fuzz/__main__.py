"""Look for cases: `python -m tests.fuzz [TARGET ...] [--seconds 60]` (needs `pip install .[fuzz]`; Linux).

Each target runs in a process of its own, its paths through `index` and `qa` counted. A finding is written beside the
other cases, so that it is tried by the tests from then on; the exit status is then 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).resolve().parent
CASES = HERE / "cases"
SECONDS_FOR_ONE, MEMORY_MB = 20, 4_096
LONGEST = 20_000
"""Bytes of an input: what takes more is not found by turning bits."""


def main() -> None:
    """Fuzz the targets that were named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("targets", nargs="*", help="default: all")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        fuzz(options.targets[0], Path(options.inside), options.seconds)
        return
    from tests.fuzz.targets import TARGETS

    wrong = [name for name in options.targets if name not in TARGETS]
    if wrong:
        parser.error(f"there is no target {wrong[0]!r}: name some of {', '.join(TARGETS)}")
    found = [name for name in options.targets or TARGETS if not is_clean(name, options.seconds)]
    sys.exit(f"found something in {', '.join(found)}: see {CASES}" if found else 0)


def is_clean(name: str, seconds: int) -> bool:
    """Fuzz one target in a process of its own; whether it came to its end."""
    from tests.fuzz.seeds import seeds

    with tempfile.TemporaryDirectory(prefix="footnote-fuzz-") as corpus:
        for at, seed in enumerate(seeds(name)):
            Path(corpus, f"seed-{at}").write_bytes(seed)
        command = [sys.executable, "-m", "tests.fuzz", name, "--inside", corpus, "--seconds", str(seconds)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    lines = done.stderr.splitlines()
    with suppress(OSError):  # nothing was found
        (CASES / name).rmdir()
    tried = next((line.split()[-1] for line in lines if line.startswith("stat::number_of_executed_units")), "0")
    print(f"{name:>14}: {'clean' if done.returncode == 0 else 'FOUND'}, {int(tried):,} inputs", flush=True)  # noqa: T201
    if done.returncode:
        print("\n".join(lines[-25:]), flush=True)  # noqa: T201
    return done.returncode == 0


def fuzz(name: str, corpus: Path, seconds: int) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["index", "qa"]):
        from tests.fuzz.targets import TARGETS

    (CASES / name).mkdir(parents=True, exist_ok=True)
    settings = {
        "max_total_time": seconds,
        "timeout": SECONDS_FOR_ONE,
        "rss_limit_mb": MEMORY_MB,
        "max_len": LONGEST,
        "artifact_prefix": f"{CASES / name}/",
        "print_final_stats": 1,
    }
    atheris.Setup([sys.argv[0], *(f"-{key}={value}" for key, value in settings.items()), str(corpus)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
