"""All benchmarks, one after the other: `python -m benchmarks [EVAL_FOLDER] [--peers]`.

Without a folder only what needs no other people's data is measured: how long asking takes on the sample corpus, from
Python and on the page, how its first sync goes, and the check of written answers on sentences of ours. With one, each
benchmark that finds its set in the folder is run on it. With `--peers`, Footnote is measured beside its peers on
SciFact, too: this installs them, each in an environment of its own, which needs the package index and half an hour.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARKS = {
    "embedding": "scifact",
    "chunking": "chunking",
    "html_main_text": "html",
    "retrieval": "scifact",
    "fit_answers": "squad2",
    "followups": "mtrag-cloud",
    "support": "squad2",
}
"""Module -> the set that it cannot do without."""

OWN_FOLDER = {"embedding", "html_main_text"}
"""These take the folder of their set instead of the folder of all sets."""

PEERS = "--peers"
"""Asks for the benchmark that installs other systems."""


def main() -> None:
    """Run each benchmark in a process of its own; the first failure ends it."""
    commands = [["asking"], ["page"], ["syncing", "--kill"]]
    arguments = [argument for argument in sys.argv[1:] if argument != PEERS]
    if arguments:
        folder = Path(arguments[0])
        for name, needed in BENCHMARKS.items():
            if (folder / needed).is_dir():
                commands.append([name, str(folder / needed if name in OWN_FOLDER else folder)])
        if PEERS in sys.argv and (folder / "scifact").is_dir():
            commands.append(["peers", str(folder / "scifact")])
    if ["support", *arguments[:1]] not in commands:
        commands.append(["support"])
    for command in commands:
        print(f"== {' '.join(command)}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{command[0]}", *command[1:]], check=True)


if __name__ == "__main__":
    main()
