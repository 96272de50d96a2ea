"""Files of an index, cut and with bits turned over, and what became of it: the harness of the tests of damage.

for damage in damages(sound.folder, flips=100, seed=7):
    outcome = tried(sound, damage, work)        -> Outcome(seen="answered", mended="by repair", ...)
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from index.checking import Verdict
from index.database import connect
from index.errors import FootnoteError
from qa import Corpus
from tests.fake_embedder import CountingEmbedder

PAGE = 4096
WORDS = "army purge Carabobo migrants Colombia water pledges Norway treaty border aid season report harvest".split()
QUESTIONS = ("army purge Carabobo", "water harvest of note 5", "migrants in Colombia", "treaty season 11")
HEADER = (0, 15, 16, 17, 18, 19, 20, 21, 24, 27, 28, 31, 32, 36, 40, 44, 47, 56, 59, 60, 64, 92, 96, 100, 103)
"""Bytes that mean something in the head of SQLite's files; as good as others in those of ours."""
NOTHING_IN_THEM = {"writer.lock", ".gitignore", "index.db-shm"}
EXCHANGES = [{"key": f"k{n}", "question": f"What of note {n}?", "answer": "It was told." * 9} for n in range(6)]
"""What people said, in a conversation and as judgements."""
SAMPLE = 12
SCORE_TOLERANCE = 0.02
LOG_HEAD, FRAME_HEAD = 32, 24
"""Bytes of SQLite's log before its first frame, and of a frame before its page."""
OWNER, CONVERSATION = "somebody", "0" * 32


@dataclass(frozen=True)
class Damage:
    """What is done to one file of an index."""

    name: str
    """Below the folder of the index."""
    cut: int | None = None
    """The length it is cut to."""
    flip: tuple[int, int] | None = None
    """The byte and the bit that are turned over."""

    @property
    def kind(self) -> str:
        """For the table of what was tried: "index.db", "index.db-wal", "vectors", "lexical" ..."""
        name = Path(self.name)
        return "runs and lists (.fn)" if name.suffix == ".fn" else name.suffix if name.parent.name else name.name

    def do(self, folder: Path) -> None:
        """Damage the file below `folder`."""
        path = folder / self.name
        raw = bytearray(path.read_bytes())
        if self.cut is not None:
            raw = raw[: self.cut]
        if self.flip is not None:
            raw[self.flip[0]] ^= 1 << self.flip[1]
        path.write_bytes(raw)


@dataclass(frozen=True)
class Sound:
    """A folder of documents with its index, and what it answers."""

    corpus: Path
    index: Path
    states: tuple[dict[str, Any], ...]
    """What may be answered: as of the last commit, or, where the end of the log was lost, as of the one before."""


@dataclass(frozen=True)
class Outcome:
    """What became of an index that was damaged."""

    damage: Damage
    asked: str
    """"right": answered as before, "line": one line said what is wrong; anything else is told in full."""
    wrong: tuple[str, ...]
    """The findings of a check that are not well."""
    mended: str
    """"harmless", "by itself", "by repair", or what is still wrong after that."""

    @property
    def is_good(self) -> bool:
        """Nothing was told that is wrong, nothing stayed unseen, and all is well in the end."""
        return self.asked in {"right", "line"} and self.mended in {"harmless", "by itself", "by repair"}


def opened(corpus: Path, index: Path | None = None) -> Corpus:
    """As a process of its own would open it."""
    return Corpus(corpus, index=index, embedder=CountingEmbedder())


def write_documents(folder: Path, count: int = 24) -> None:
    """Short notes, a table, and one that cannot be read."""
    folder.mkdir(parents=True)
    for number in range(count):
        chance = random.Random(number)
        said = [f"The {' '.join(chance.sample(WORDS, 4))} of note {number} was told on day {n}." for n in range(5)]
        (folder / f"note{number}.md").write_text(f"# Note {number}\n\n" + "\n\n".join(said) + "\n")
    (folder / "pledges.csv").write_text("donor,amount\nNorway,12\nCanada,40\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")


def questions_to(corpus: Corpus) -> dict[str, Callable[[], Any]]:
    """Everything that is asked of an index, each to be compared: a dictionary of functions."""

    def found(words: str) -> Any:
        return [(h.path, h.start, h.end, h.passage, h.score) for h in corpus.search(words, 8)]

    def told(words: str) -> Any:
        answer = corpus.ask(words)
        cited = [(c.path, c.title, c.start, c.end, c.quote, c.passage) for c in answer.citations]
        return answer.text, answer.confidence, cited

    def listed() -> Any:
        return [(d.path, d.title, d.state, d.reason, d.passages, d.size) for d in corpus.documents()]

    return {
        "documents": listed,
        "page": lambda: [record.path for record in corpus.holdings.listing().documents],
        **{f"search {words}": partial(found, words) for words in QUESTIONS},
        **{f"ask {words}": partial(told, words) for words in QUESTIONS},
        **{f"text {path}": partial(corpus.document_text, path) for path in ("note0.md", "note9.md", "pledges.csv")},
    }


def answers_of(corpus: Corpus) -> dict[str, Any]:
    """What a sound index says."""
    return {name: ask() for name, ask in questions_to(corpus).items()}


def make_sound(folder: Path, *, with_log: bool = False) -> Sound:
    """An index after two syncs, with a conversation and judgements. `with_log`: its last writer was killed."""
    write_documents(folder / "corpus")
    corpus = opened(folder / "corpus")
    corpus.sync()
    (folder / "corpus" / "note3.md").write_text("# Note 3\n\nThe army of note 3 has gone to the border.\n")
    (folder / "corpus" / "note4.md").unlink()
    for exchange in EXCHANGES:
        corpus.conversations.append(OWNER, CONVERSATION, {"exchange": exchange})
        corpus.judgements.append(exchange)
    with closing(connect(folder / "corpus" / ".footnote" / "index.db", "ro")) as reader:
        reader.execute("BEGIN")  # whoever reads keeps the log from being emptied
        reader.execute("SELECT * FROM meta").fetchall()
        corpus.sync()
        shutil.copytree(folder / "corpus" / ".footnote", folder / "index")
    if not with_log:
        opened(folder / "corpus", folder / "index").sync()
    states = [answers_of(opened(folder / "corpus", folder / "index"))]
    return Sound(folder / "corpus", folder / "index", (*states, *_earlier(folder)) if with_log else tuple(states))


def _earlier(folder: Path) -> Iterator[dict[str, Any]]:
    """What the index answered after each commit that is in its log."""
    log = (folder / "index" / "index.db-wal").read_bytes()
    for end in range(LOG_HEAD, len(log), FRAME_HEAD + PAGE):
        if end == LOG_HEAD or any(
            log[end - FRAME_HEAD - PAGE + 4 : end - FRAME_HEAD - PAGE + 8]
        ):  # the end of a commit
            shutil.rmtree(folder / "earlier", ignore_errors=True)
            (folder / "earlier").mkdir()
            shutil.copyfile(folder / "index" / "index.db", folder / "earlier" / "index.db")
            (folder / "earlier" / "index.db-wal").write_bytes(log[:end])
            yield answers_of(opened(folder / "corpus", folder / "earlier"))


def damages(index: Path, *, flips: int, seed: int) -> Iterator[Damage]:
    """For every file of an index: cut at its ends, its head and its middle; bits turned over, `flips` by chance."""
    chance = random.Random(seed)
    for path in sorted(path for path in index.rglob("*") if path.is_file() and path.name not in NOTHING_IN_THEM):
        name, size = path.relative_to(index).as_posix(), path.stat().st_size
        for cut in sorted({0, 10, 100, size // 2, size // 2 // PAGE * PAGE, size - 1}):
            if 0 <= cut < size:
                yield Damage(name, cut=cut)
        structural = [*HEADER, *(page + at for page in range(0, size, PAGE) for at in (0, 3, 5, 8, 12))]
        for at in structural:
            if at < size:
                yield Damage(name, flip=(at, chance.randrange(8)))
        for _ in range(flips if size else 0):
            yield Damage(name, flip=(chance.randrange(size), chance.randrange(8)))


def tried(sound: Sound, damage: Damage, work: Path) -> Outcome:
    """Damage a copy of the index; ask it, check it, sync it, repair it, and compare it with what it should be."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(sound.index, work)
    damage.do(work)
    asked = _asked(sound, work)
    wrong = _wrong(sound, work)
    if not wrong and asked == "right":
        return Outcome(damage, asked, wrong, "harmless")
    if not wrong and asked == "line":
        return Outcome(damage, asked, wrong, "a check finds nothing of what could not be asked")
    try:
        opened(sound.corpus, work).sync()
    except FootnoteError as error:
        said = _line(error)
        if said != "line":
            return Outcome(damage, asked, wrong, f"sync said {said}")
    else:
        if not _wrong(sound, work) and not _differs(sound, work):
            return Outcome(damage, asked, wrong, "by itself")
    report = opened(sound.corpus, work).check(sample=SAMPLE, repair=True)
    if not report.well:
        return Outcome(damage, asked, wrong, f"not well after the repair: {report.findings} {report.mended}")
    synced = opened(sound.corpus, work).sync()
    differs = _differs(sound, work)
    if differs or synced.embedded or synced.new or synced.changed:
        return Outcome(damage, asked, wrong, f"after the repair {differs} differs, {synced}, {report.mended}")
    return Outcome(damage, asked, wrong, "by repair")


def _kept_wrongly(corpus: Corpus) -> str:
    """What is told of conversations and judgements that nobody wrote."""
    try:
        kept = list(corpus.conversations.read(OWNER, CONVERSATION).exchanges)
    except FootnoteError as error:
        kept = []
        if _line(error) != "line":
            return repr(error)
    other = [entry for entry in kept + corpus.judgements.entries() if entry not in EXCHANGES]
    return f"kept: {other}" if other else ""


def _asked(sound: Sound, index: Path) -> str:
    """ "right" when everything is answered as one of the states; "line" when some of it was refused in one line."""
    states, refused = list(sound.states), False
    if wrong := _kept_wrongly(opened(sound.corpus, index)):
        return wrong
    for name, ask in questions_to(opened(sound.corpus, index)).items():
        try:
            found = ask()
        except FootnoteError as error:
            if _line(error) != "line":
                return f"{name}: {_line(error)}"
            refused = True
        else:
            if name == "page" and not found and not (index / "index.db").stat().st_size:
                refused = True  # a file without a byte is an index that was never made: nothing is listed before a sync
                continue
            states = [state for state in states if alike(state[name], found)]
            if not states:
                return f"{name}: {found}"
    return "line" if refused else "right"


def alike(one: Any, other: Any) -> bool:
    """Whether two answers are the same, but for what a sentence's vector loses when it is kept in small steps."""
    if isinstance(one, float):
        return abs(one - other) < SCORE_TOLERANCE
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)


def _line(error: FootnoteError) -> str:
    """ "line" when the message is one for a person that says what to do."""
    said = str(error)
    return "line" if "\n" not in said and "`footnote " in said else repr(error)


def _wrong(sound: Sound, index: Path) -> tuple[str, ...]:
    try:
        report = opened(sound.corpus, index).check(sample=SAMPLE)
    except FootnoteError as error:
        return (_line(error),)
    verdicts = {Verdict.WRONG, Verdict.NOT_CHECKED}
    notes = [f.name for f in report.findings if f.name in {"folder", "files"} and f.remedy]
    return tuple([finding.name for finding in report.findings if finding.verdict in verdicts] or notes)


def _differs(sound: Sound, index: Path) -> list[str]:
    found = answers_of(opened(sound.corpus, index))
    return [name for name, value in sound.states[0].items() if not alike(found[name], value)]
