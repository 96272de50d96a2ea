"""A writer in a process of its own, that meets with a fault: `python -m tests.faults.writing` serves `Writers`.

That process loads everything once and then forks, with no thread running, for each task: starting Python takes longer
than the sync of a small folder. The child does the task, and its parent answers for every call with which it would
write below the folders of the task (see `calls.py`).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.calls import Call, Calls, adopt_orphans, be_watched, can_watch

__all__ = ["Fault", "Outcome", "Task", "Writers"]

PATIENCE_S = 10.0

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Fault:
    """What happens at one call."""

    kind: str
    """"kill", "refuse" (that call), "cut" (half of its bytes are written, and the next call is refused), "full" (from
    there on whatever needs room on the disk is refused, after a write cut short)."""
    at: int
    """The how manieth of the calls that match, from 1."""
    name: str = ""
    """Only calls of this name match."""
    errno: int = 0


@dataclass(frozen=True)
class Task:
    """What the writer is to do."""

    do: str
    """"sync", "rebuild", or one of `tests.faults.tasks`."""
    corpus: str
    index: str
    fault: Fault | None = None
    delay_s: float | None = None
    """Killed so long after it began; nobody watches its calls then."""
    model: str = "counting"
    has_workers: bool = False
    """Read in worker processes, as ever, instead of at once."""
    watch: bool = True
    """Look at its calls, which a fault needs."""
    arguments: tuple[str, ...] = ()
    file_bytes: int | None = None
    """No file may become larger: the system cuts a write short there (RLIMIT_FSIZE), and refuses the next."""


@dataclass(frozen=True)
class Outcome:
    """What became of a task."""

    calls: list[tuple[str, str]]
    """Name and file of each call that was seen."""
    met: bool
    """Whether the fault happened."""
    ended: str
    """"well", "killed", "error: ..." with the line that a person reads, or "fault: ..." with a traceback."""
    orphans: int
    """Processes that it started and that are still there ten seconds after its end."""
    told: list[dict[str, Any]] = field(default_factory=list)
    """The state of the index after each commit."""


class Writers:
    """The process that forks writers, from outside."""

    def __init__(self, scratch: Path) -> None:
        """`scratch`: where it keeps what children tell."""
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
        environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.writing", str(scratch)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        self.can_watch = json.loads(self._process.stdout.readline())
        """Whether faults can be brought over calls; a kill after a while always can."""

    def __enter__(self) -> Writers:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()

    def do(self, task: Task) -> Outcome:
        """Do a task, and return when its process has ended."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(task)) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        answer["calls"] = [(name, path) for name, path in answer["calls"]]
        return Outcome(**answer)


class _Meeting:
    """Answers for the calls of one task."""

    def __init__(self, calls: Calls, fault: Fault | None) -> None:
        self._calls, self._fault = calls, fault
        self._matched = 0
        self.seen: list[tuple[str, str]] = []
        self.met = False
        self._refuses_next = self._is_full = False

    def answer(self, call: Call) -> None:
        """Let it be made, unless it is the one."""
        self.seen.append((call.name, call.path))
        fault = self._fault
        if fault and self._is_full and call.grows:
            self._calls.refuse(call, fault.errno)
        elif fault and self._refuses_next and call.grows:
            self._refuses_next = False
            self._calls.refuse(call, fault.errno)
        elif fault and not self.met and self._matches(call, fault):
            self.met = True
            self._happen(call, fault)
        else:
            self._calls.go_on(call)

    def _matches(self, call: Call, fault: Fault) -> bool:
        if fault.name and call.name != fault.name:
            return False
        if (fault.kind == "cut" and not call.can_be_cut) or (fault.kind == "full" and not call.grows):
            return False
        self._matched += 1
        return self._matched == fault.at

    def _happen(self, call: Call, fault: Fault) -> None:
        if fault.kind == "kill":
            self._calls.kill()
            return
        self._is_full, self._refuses_next = fault.kind == "full", fault.kind == "cut"
        if fault.kind != "refuse" and call.can_be_cut:
            self._calls.cut(call)
        else:
            self._calls.refuse(call, fault.errno)


def _supervised(task: Task, told: Path) -> dict[str, Any]:
    ours, theirs = socket.socketpair()
    watch = task.watch and task.delay_s is None
    child = os.fork()
    if not child:
        ours.close()
        _run(task, told, theirs if watch else None)
    theirs.close()
    seen, met = [], False
    if task.delay_s is not None:
        time.sleep(task.delay_s)
        os.kill(child, signal.SIGKILL)
    elif watch:
        with Calls(child, ours, os.path.commonpath([task.corpus, task.index])) as calls:
            meeting = _Meeting(calls, task.fault)
            for call in calls:
                meeting.answer(call)
            seen, met = meeting.seen, meeting.met
    ours.close()
    was_killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    lines = [json.loads(line) for line in told.read_text("utf-8").splitlines() if line.endswith("}")]
    ended = next((line["ended"] for line in lines if "ended" in line), "killed" if was_killed else "silent")
    told_of = [line for line in lines if "ended" not in line]
    return {"calls": seen, "met": met, "ended": ended, "orphans": _orphans(), "told": told_of}


def _orphans() -> int:
    """How many processes that a child left behind do not end by themselves."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.005)
        except ChildProcessError:
            return 0
    return len(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text("ascii").split())


def _run(task: Task, told: Path, supervisor: socket.socket | None) -> None:
    """In the child; it never returns."""
    from index.errors import FootnoteError
    from tests.faults import tasks

    out = os.open(told, os.O_WRONLY | os.O_APPEND)

    def tell(fact: dict[str, Any]) -> None:
        os.write(out, json.dumps(fact).encode() + b"\n")

    try:
        if supervisor:
            be_watched(supervisor)
            supervisor.close()
        tasks.do(task, tell)
        tell({"ended": "well"})
    except FootnoteError as error:
        tell({"ended": f"error: {error}"})
    except BaseException:
        tell({"ended": f"fault: {traceback.format_exc()}"})
    os._exit(0)


def main() -> None:
    """Serve one task after the other, until standard input ends."""
    from tests.faults import tasks

    tasks.make_ready()
    adopt_orphans()
    sys.stdout.write(json.dumps(can_watch()) + "\n")
    sys.stdout.flush()
    told = Path(sys.argv[1]) / "told.jsonl"
    for line in sys.stdin:
        raw = json.loads(line)
        raw["fault"] = Fault(**raw["fault"]) if raw["fault"] else None
        told.write_text("")
        sys.stdout.write(json.dumps(_supervised(Task(**raw), told)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
