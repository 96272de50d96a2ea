"""A page answers, and sees new documents, while another process syncs."""

import subprocess
import sys
from pathlib import Path

from qa import Corpus
from tests.fake_embedder import CountingEmbedder

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = 60


def text_of(number, edition):
    said = f"Edition {edition} of note {number} speaks of subject{number * 7}."
    return f"# Note {number}\n\n{said}\n\nAnd of topic{number}.\n"


def test_a_page_answers_and_sees_new_documents_while_another_process_syncs(make_corpus):
    folder = make_corpus({f"note{number}.md": text_of(number, 0) for number in range(DOCUMENTS)})
    reader = Corpus(folder, embedder=CountingEmbedder())
    reader.sync()
    (folder / "late.md").write_text("# Late\n\nThe zeppelin landed at Caracas.\n")
    (folder / "note5.md").write_text(text_of(5, "new"))
    command = [sys.executable, "-m", "tests.faults.slow_sync", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            assert reader.search("subject14 topic2", 1)[0].path == "note2.md"
        assert process.returncode == 0
    assert reader.search("zeppelin", 1)[0].path == "late.md"
    assert "Edition new" in reader.search("subject35 topic5", 1)[0].passage
