"""The comparison with peers: its arithmetic, its table, and a worker that really indexes, adds and answers."""

import os
import re
import subprocess
import sys

import pytest

from benchmarks.peers import SYSTEMS, additions, read_set
from benchmarks.peers_environments import REQUIREMENTS
from benchmarks.peers_measuring import Measured, PeerFailed, Process, bytes_below, measure
from benchmarks.peers_process import ChildrenWatched, cpu_seconds, descendants, peak_bytes
from benchmarks.peers_system import Setting
from benchmarks.peers_table import mean_ndcg, table
from tests.sources import ROOT

TEXTS = {
    "bridge": "The bridge\n\nThe bridge over the river was closed in February.",
    "aid": "Aid\n\nAid waits in a warehouse in Cucuta.",
    "army": "The army\n\nThe president told the army to purge all traitors.",
}


def test_ndcg_of_a_known_answer():
    grades = {"q1": {"a": 1}, "q2": {"a": 1, "b": 1}, "q3": {"c": 1}}
    found = {"q1": ["x", "a"], "q2": ["b", "x", "a"]}
    first = 0.63093  # 1 / log2(3): right at the second place
    second = (1 + 0.5) / (1 + 0.63093)  # right at the first and third place, of two
    assert mean_ndcg(found, grades) == pytest.approx((first + second + 0) / 3, abs=1e-4)


def test_the_table_has_the_figures_in_their_units():
    measured = Measured(
        "bm25s best",
        start=0.24,
        index=12.34,
        index_cpu=11.0,
        queries=[0.001] * 90 + [0.020] * 10,
        queries_cpu=[0.002] * 100,
        found={"q": ["a"]},
        added=[0.2, 0.1, 0.9],
        saved=[0.3, 0.2, 0.9],
        peak=123_400_000,
        disk=5_600_000,
    )
    head, rule, row = table([measured], {"q": {"a": 1}}).splitlines()
    assert head.count("|") == rule.count("|") == row.count("|")
    assert row == "| bm25s best | 0.2 | 12.3 (11.0) | 200 (300) | 1.0 (2.0) | 20.0 | 123 | 5.6 | 1.000 |"


def process_of(kind, folder, environment=os.environ):
    documents = folder / "documents"
    documents.mkdir(exist_ok=True)
    for name, text in TEXTS.items():
        (documents / f"{name}.txt").write_text(text)
    setting = Setting(folder / kind, documents, folder, folder, best=False)
    return Process(kind, kind, sys.executable, setting, {**environment})


def test_footnote_is_measured_in_its_own_process(tmp_path):
    with process_of("footnote", tmp_path) as process:
        running = [process]
        queries = {"q1": "Who was told to purge the army?", "q2": "Where does the aid wait?"}
        measure(running, queries, ["Is there anything?"], additions(TEXTS | {"d": "four", "e": "five"})[:1])
    assert running == [process]
    measured = process.measured
    assert {query: found[0] for query, found in measured.found.items()} == {"q1": "army", "q2": "aid"}
    assert len(measured.queries) == len(measured.queries_cpu) == 2
    assert 0 < measured.added[0] <= measured.saved[0]
    assert measured.index > 0
    assert measured.index_cpu > 0
    assert 10_000 < measured.disk <= bytes_below(tmp_path / "footnote")  # it has grown by a document since
    assert measured.peak > 50_000_000


def test_a_system_that_is_not_there_says_so_and_the_others_go_on(tmp_path, capsys):
    with process_of("nonesuch", tmp_path) as process:
        running = [process]
        measure(running, {}, ["?"], [])
    assert running == []
    assert "nonesuch gave no answer to 'start'" in capsys.readouterr().out
    with process_of("nonesuch", tmp_path) as process, pytest.raises(PeerFailed, match="No module named"):
        process.prepare("?")


def test_time_and_memory_of_children_are_counted():
    work = (
        "import time\nheld = bytearray(80_000_000)\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\ninput()"
    )
    before = cpu_seconds(os.getpid())
    with (
        ChildrenWatched(os.getpid()) as children,
        subprocess.Popen([sys.executable, "-c", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child,
    ):
        child.stdout.readline()
        assert child.pid in descendants(os.getpid())
        assert cpu_seconds(os.getpid()) - before >= 0.4
        assert peak_bytes(child.pid) >= 80_000_000
        child.communicate(b"\n")
    assert children.peak >= 80_000_000
    assert child.pid not in descendants(os.getpid())


def test_added_documents_are_told_apart_by_their_queries():
    texts = {str(number): f"Document {number}" for number in range(9)}
    made = additions(texts)
    assert len({name for name, _, _ in made}) == len({query for _, _, query in made}) == len(made) == 5
    assert all(text.startswith(query) for _, text, query in made)


def test_a_set_is_read_with_its_judged_texts(tmp_path):
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n7\t3\t1\n")
    lines = [f'{{"_id": "{number}", "title": "T{number}", "text": "Text."}}' for number in range(4)]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines))
    (tmp_path / "queries.jsonl").write_text('{"_id": "7", "text": "Asked?"}\n{"_id": "8", "text": "Other?"}')
    texts, queries, grades, warming = read_set(tmp_path, 1)
    assert texts == {"0": "T0\n\nText.", "3": "T3\n\nText."}
    assert (queries, grades, warming) == ({"7": "Asked?"}, {"7": {"3": 1}}, ["Other?"])


def test_every_peer_is_pinned_in_full():
    peers = {name.split()[0] for name in SYSTEMS} - {"footnote"}
    assert {path.stem for path in REQUIREMENTS.glob("*.txt")} == peers
    for path in REQUIREMENTS.glob("*.txt"):
        pins = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        assert all(re.fullmatch(r"[\w.-]+==[\w.!]+", pin) for pin in pins), path


def test_the_modules_need_no_peer_to_be_imported():
    modules = sorted(path.stem for path in (ROOT / "benchmarks").glob("peers*.py"))
    code = "; ".join(f"import benchmarks.{module}" for module in modules)
    code += "; import sys; sys.exit(', '.join({'torch', 'txtai', 'bm25s', 'haystack'} & set(sys.modules)) or None)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
