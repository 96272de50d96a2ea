"""All benchmarks, one after the other: `python -m benchmarks [EVAL_FOLDER] [--peers] [--scale FOLDER]`.

Without a folder only what needs no other people's data is measured: how long asking takes on the sample corpus, from
Python and on the page, how its first sync goes, and the check of written answers on sentences of ours. With one, each
benchmark that finds its set in the folder is run on it. With `--peers`, Footnote is measured beside its peers on
SciFact, too: this installs them, each in an environment of its own, which needs the package index and takes an hour.
With `--scale`, the documents of an indexed folder are widened to a million passages, which are searched and changed:
this takes 6 GB of disk and some ten minutes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

BENCHMARKS = {
    "embedding": "scifact",
    "chunking": "chunking",
    "webpages": "html",
    "retrieval": "scifact",
    "fit_answers": "squad2",
    "followups": "mtrag-cloud",
    "support": "squad2",
}
"""Module -> the set that it cannot do without."""

OWN_FOLDER = {"embedding", "webpages"}
"""These take the folder of their set instead of the folder of all sets."""


def main() -> None:
    """Run each benchmark in a process of its own; the first failure ends it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("eval_folder", nargs="?", type=Path, help="public sets, a folder each")
    parser.add_argument("--peers", action="store_true", help="install other systems and measure them, too")
    parser.add_argument("--scale", type=Path, metavar="FOLDER", help="an indexed folder, to be widened to a million")
    options = parser.parse_args()
    commands = [["asking"], ["page"], ["syncing", "--kill"], ["askers"], ["starting"]]
    if folder := options.eval_folder:
        for name, needed in BENCHMARKS.items():
            if (folder / needed).is_dir():
                commands.append([name, str(folder / needed if name in OWN_FOLDER else folder)])
        if options.peers and (folder / "scifact").is_dir():
            commands.append(["peers", str(folder / "scifact")])
    if not folder or ["support", str(folder)] not in commands:
        commands.append(["support"])
    with tempfile.TemporaryDirectory() as temporary:
        if options.scale:
            large = f"{temporary}/large"
            commands.append(["scale_corpus", str(options.scale), large])
            commands += [["scale_vectors", large], ["scale", large], ["changes", large]]
        for command in commands:
            print(f"== {' '.join(command)}", flush=True)
            subprocess.run([sys.executable, "-m", f"benchmarks.{command[0]}", *command[1:]], check=True)


if __name__ == "__main__":
    main()
