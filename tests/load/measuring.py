"""What a server takes of the machine, as Linux counts it: asked from outside, with no part in the server."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ASKER = "qa.askers.worker"
"""Stands in the command of a process that answers."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One look at a server and its processes. Sizes in MB."""

    seconds: float
    """Since the measuring began."""
    server: float
    """Memory of the server's own process with all files that it maps (RSS): a share of those that others map too would
    change as they come and go."""
    private: float
    """Of that what is in no file: what a leak in the server would grow."""
    asker: float
    """Memory that is in no file of the process that has answered for longest; 0 without one."""
    total: float
    """Memory of all (PSS), those that read documents among them."""
    files: int
    """Open file descriptors of the server."""
    asker_files: int
    """The most open file descriptors of a process that answers."""
    threads: int
    """Of the server."""
    processes: int
    temporary: int
    """Files in the folder for temporary ones."""
    index: float
    """The index without conversations."""
    log: float
    """What SQLite has not yet put in its place (`-wal`)."""


@dataclass
class Measuring:
    """Looks at a server every few seconds, in a thread of its own."""

    server: int
    """The system's number of its process."""
    temporary: Path
    index: Path
    every_seconds: float
    taken: list[Taken] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._measure, name="measuring", daemon=True)

    def __enter__(self) -> Measuring:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def look(self) -> Taken:
        """One look now."""
        children = {child: memory(child) for child in sorted(descendants(self.server), key=started_at)}
        askers = [child for child in children if ASKER in command_of(child)]
        share, private = memory(self.server)
        return Taken(
            seconds=time.monotonic() - self.began,
            server=resident(self.server),
            private=private,
            asker=children[askers[0]][1] if askers else 0.0,
            total=share + sum(each for each, _ in children.values()),
            files=handles(self.server),
            asker_files=max(map(handles, askers), default=0),
            threads=threads(self.server),
            processes=1 + len(children),
            temporary=len(files_below(self.temporary)),
            index=sum(_size(path) for path in files_below(self.index) if path.suffix != ".conversation") / 1e6,
            log=sum(_size(path) for path in self.index.glob("*-wal")) / 1e6,
        )

    def _measure(self) -> None:
        while not self._stop.wait(self.every_seconds):
            with suppress(OSError):  # the server has ended, which others see
                self.taken.append(self.look())


def descendants(process: int) -> Iterator[int]:
    """The children of a process, and theirs."""
    for task in _listed(Path(f"/proc/{process}/task")):
        with suppress(OSError):
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from descendants(int(child))


def askers_of(process: int) -> list[int]:
    """The processes that answer for a server, the one that was started first first."""
    return sorted((child for child in descendants(process) if ASKER in command_of(child)), key=started_at)


def started_at(process: int) -> int:
    """When it was started, in ticks since the system was; 0 for one that has ended. Its number says nothing of that."""
    with suppress(OSError):
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19])
    return 0


def command_of(process: int) -> str:
    """The command of a process; "" for one that has ended."""
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text(errors="replace")
    return ""


def memory(process: int) -> tuple[float, float]:
    """MB of a process: its share of all that it uses (PSS), and what of that is in no file; zeros when it has ended."""
    with suppress(OSError):
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        found = dict(re.findall(r"^(\w+):\s+(\d+) kB", rollup, re.MULTILINE))
        return int(found["Pss"]) / 1024, int(found["Pss_Anon"]) / 1024
    return 0.0, 0.0


def resident(process: int) -> float:
    """MB of a process and of the files that it maps; 0 when it has ended."""
    with suppress(OSError):
        status = Path(f"/proc/{process}/status").read_text()
        return int(re.findall(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)[0]) / 1024
    return 0.0


def handles(process: int) -> int:
    """Open file descriptors; 0 for a process that has ended."""
    return len(_listed(Path(f"/proc/{process}/fd")))


def threads(process: int) -> int:
    """Threads; 0 for a process that has ended."""
    return len(_listed(Path(f"/proc/{process}/task")))


def files_below(folder: Path) -> list[Path]:
    """Files, without folders; one that goes meanwhile is passed over."""
    return [Path(place, name) for place, _, names in os.walk(folder) for name in names]


def _listed(folder: Path) -> list[Path]:
    with suppress(OSError):
        return list(folder.iterdir())
    return []


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
