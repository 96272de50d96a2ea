"""A load: a started server, visitors, changes and measurements for some minutes, and what came of it."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from tests.load.changing import Changing, copied, leftovers
from tests.load.facts import Fact, facts
from tests.load.measuring import Measuring, Taken, files_below
from tests.load.reading import Visitors, check
from tests.load.verdicts import Verdict, count_is_flat, latency_is_stable, memory_is_flat
from tests.load.visiting import Lost, Server
from tests.qa.web.page_server import started_server
from tests.sources import ROOT

SAMPLE_QUESTIONS = ROOT / "tests" / "quality" / "questions.jsonl"
KEPT = 120
"""Documents that are made beside the sample corpus, and stay."""

QUIET_SECONDS = 30.0
"""After the last request, for closed connections, watched folders and threads to come to rest."""

HANDLES_LEFT = 6
"""Open files more than after the warming up that are not taken for forgotten: a connection to the index in a thread
that was first used since."""


@dataclass
class Outcome:
    """What a load did, and what was measured."""

    minutes: float
    rate: float
    seed: int
    done: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    answers: list[tuple[float, float]] = field(default_factory=list)
    """When each question was due, and the seconds until its answer."""
    changes: list[float] = field(default_factory=list)
    """Seconds until each change could be asked."""
    before: Taken | None = None
    """At rest, after the warming up."""
    after: Taken | None = None
    """At rest, after the last request."""
    temporary: list[str] = field(default_factory=list)
    """Temporary files that were left: while it ran, at rest; and after its end."""
    hidden: list[str] = field(default_factory=list)
    """The same among the documents."""
    said: str = ""
    """What the server wrote that is no notice of its own."""

    def row(self, name: str) -> list[tuple[float, float]]:
        """One of the measurements over time."""
        return [(each.seconds, float(getattr(each, name))) for each in self.taken]


def load(
    place: Path,
    *,
    minutes: float,
    rate: float,
    seed: int = 20190501,
    kept: int = KEPT,
    warm_seconds: float = 60.0,
    change_every_seconds: float = 3.0,
    tell: Callable[[str], object] = lambda line: None,
) -> Outcome:
    """Run a server on a copy of the sample corpus in `place` for so long. Raises `Lost` when it cannot even begin."""
    outcome = Outcome(minutes, rate, seed)
    corpus, temporary, others = place / "corpus", place / "temporary", place / "others"
    temporary.mkdir(parents=True)
    others.mkdir()
    copied(ROOT / "corpus", corpus)
    known = [*_made(corpus, kept, seed), *_sampled()]
    variables = {"TMPDIR": str(temporary)}
    log = place / "server.log"
    with started_server(log, "--corpus", str(corpus), "--watch", "--askers", "2", **variables) as (process, address):
        server = Server(address.removeprefix("http://").rstrip("/"))
        _wait_until_read(server)
        asked = _answered(server, known)
        tell(f"{len(asked)} of {len(known)} questions are answered right at the start")
        measuring = Measuring(process.pid, temporary, corpus / ".footnote", every_seconds=max(0.5, minutes / 2))
        visitors = Visitors(server, asked, seed)
        changing = Changing(server, process.pid, corpus, others, seed)
        _at_once(visitors, changing, warm_seconds, rate, change_every_seconds)
        time.sleep(min(QUIET_SECONDS, warm_seconds / 2))
        outcome.before = measuring.look()
        tell(f"warm: {outcome.before}")
        with measuring:
            _at_once(visitors, changing, 60 * minutes, rate, change_every_seconds)
        visitors.close()
        changing.close()
        outcome.after = _at_rest(measuring, outcome.before)
        outcome.temporary = [str(path.relative_to(place)) for path in files_below(temporary)]
    outcome.taken, outcome.answers, outcome.changes = measuring.taken, sorted(visitors.seconds), changing.seconds
    outcome.done, outcome.lost = visitors.done + changing.done, visitors.lost + changing.lost
    outcome.temporary += [f"after its end: {path.relative_to(place)}" for path in files_below(temporary)]
    outcome.temporary += [f"of a sync: {path.relative_to(place)}" for path in files_below(others)]
    outcome.hidden = leftovers(corpus)
    outcome.said = log.read_text()
    return outcome


def verdicts(outcome: Outcome, *, times: bool) -> list[Verdict]:
    """What holds. `times`: memory and latency too, for which some minutes are needed."""
    asked = len(outcome.answers)
    found = [
        Verdict("answers", not outcome.lost, f"{asked:,} timed, {len(outcome.lost)} lost {outcome.lost[:3] or ''}"),
        _came_back("open files", outcome, "files", HANDLES_LEFT),
        _came_back("threads", outcome, "threads", HANDLES_LEFT),
        Verdict("temporary files", not outcome.temporary, f"{len(outcome.temporary)} left {outcome.temporary[:3]}"),
        Verdict("hidden files", not outcome.hidden, f"{len(outcome.hidden)} left {outcome.hidden[:3]}"),
        Verdict("the server's shell", "Traceback" not in outcome.said, f"{outcome.said.count('Traceback')} tracebacks"),
    ]
    if times:
        found += [memory_is_flat(name, outcome.row(name)) for name in ("server", "private", "asker")]
        found += [count_is_flat(name, outcome.row(name)) for name in ("files", "asker_files", "threads", "processes")]
        found.append(latency_is_stable(outcome.answers))
    return found


def _came_back(about: str, outcome: Outcome, name: str, more: int) -> Verdict:
    before, after = (getattr(each, name) for each in (outcome.before, outcome.after))
    return Verdict(f"{about} at rest", after <= before + more, f"{before} before, {after} after")


def _made(corpus: Path, kept: int, seed: int) -> list[Fact]:
    made = list(islice(facts("kept", seed), kept))
    (corpus / "kept").mkdir()
    for each in made:
        (corpus / each.path).write_text(each.text)
    return made


def _sampled() -> list[Fact]:
    """The questions about the sample corpus whose answers are known."""
    rows = [json.loads(line) for line in SAMPLE_QUESTIONS.read_text("utf-8").splitlines()]
    return [
        Fact(row["documents"][0], "", row["question"], tuple(row["answers"]), tuple(row["documents"]))
        for row in rows
        if row.get("answers") and row.get("documents")
    ]


def _wait_until_read(server: Server) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        state = server.json("GET", "/api/health")
        if state["status"] == "ready" and not state["syncing"]:
            return
        time.sleep(0.2)
    raise Lost("the documents were not read within five minutes")


def _answered(server: Server, known: list[Fact]) -> list[Fact]:
    """The questions that are answered right: from then on they always are. Raises `Lost` when too few are."""
    right = []
    for each in known:
        try:
            check(each, server.ask(each.question))
        except Lost:
            continue
        right.append(each)
    if len(right) < 0.8 * len(known):
        raise Lost(f"only {len(right)} of {len(known)} questions are answered right before the load")
    return right


def _at_once(visitors: Visitors, changing: Changing, seconds: float, rate: float, every_seconds: float) -> None:
    changes = threading.Thread(target=changing.change, args=(seconds, every_seconds), name="changes")
    changes.start()
    visitors.visit(seconds, rate)
    changes.join()


def _at_rest(measuring: Measuring, before: Taken) -> Taken:
    """The last look, once what was taken is given back, or after a while."""
    deadline = time.monotonic() + QUIET_SECONDS
    while True:
        last = measuring.look()
        is_back = max(last.files - before.files, last.threads - before.threads) <= HANDLES_LEFT
        if time.monotonic() > deadline or (is_back and last.temporary == 0):
            return last
        time.sleep(0.5)
