"""python -m index.spreading.probing ADDRESS: whether a Ray cluster takes a process of this machine, in JSON."""

from __future__ import annotations

import json
import logging
import sys

__all__: list[str] = []


def _main() -> None:
    said = {}
    try:
        import ray

        ray.init(sys.argv[1], log_to_driver=False, configure_logging=False, logging_level=logging.ERROR)
        ray.shutdown()
    except Exception as error:
        said = {"error": f"{type(error).__name__}: {error}"}
    sys.stdout.write(f"\n{json.dumps(said)}\n")


if __name__ == "__main__":
    _main()
