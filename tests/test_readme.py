"""The README does what it says: every block under a `<!-- test -->` runs, and prints what it shows.

    <!-- test -->                         <!-- test -->
    ```console                            ```python
    $ footnote ask "Who was told?"        from qa import ask
    The army ... purge                    ...
    ```                                   ```

In a `console` block the lines after "$ " run, and each other line must be printed, in that order ("..." stands for
anything). `sh`, `bash` and `python` blocks run whole. All run one after the other in one folder that holds a copy
of corpus/, so that a block may build on those above it.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sources import ROOT

README = ROOT / "README.md"
TIMEOUT_SECONDS = 240
BLOCK = re.compile(r"^<!-- test -->\n+```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
RUNS = {
    "bash": ["bash", "-euo", "pipefail", "-c"],
    "console": ["bash", "-euo", "pipefail", "-c"],
    "python": [sys.executable, "-c"],
    "sh": ["bash", "-euo", "pipefail", "-c"],
}


@dataclass(frozen=True)
class Block:
    """One fenced block that is marked to be run."""

    language: str
    text: str

    @property
    def program(self) -> str:
        """What is handed to the interpreter."""
        if self.language != "console":
            return self.text
        return "\n".join(line.removeprefix("$ ") for line in self.text.splitlines() if line.startswith("$ "))

    @property
    def shown(self) -> list[str]:
        """The lines of output that the reader is shown."""
        lines = self.text.splitlines() if self.language == "console" else []
        return [line.strip() for line in lines if line.strip() and not line.startswith("$ ")]


def marked_blocks(markdown: str) -> list[Block]:
    return [Block(found["language"], found["text"]) for found in BLOCK.finditer(markdown)]


def missing_lines(shown: list[str], output: str) -> list[str]:
    """The shown lines that are not in the output after those before them."""
    printed = [line.strip() for line in output.splitlines()]
    missing, at = [], 0
    for line in (line for line in shown if line != "..."):
        pattern = ".*".join(map(re.escape, line.split("...")))
        found = next((n for n in range(at, len(printed)) if re.fullmatch(pattern, printed[n])), None)
        if found is None:
            missing.append(line)
        else:
            at = found + 1
    return missing


def run(block: Block, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one block in `folder`, with the `footnote` of this environment in front, on a wide terminal."""
    scripts = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "200"}
    return subprocess.run(
        [*RUNS[block.language], block.program],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )


@pytest.mark.slow
def test_every_marked_block_runs_and_prints_what_it_shows(sample_corpus):
    blocks = marked_blocks(README.read_text("utf-8"))
    assert any("footnote " in block.program for block in blocks), (
        "README.md marks no footnote command with <!-- test -->"
    )
    assert any(block.language == "python" for block in blocks), "README.md marks no Python with <!-- test -->"
    for block in blocks:
        done = run(block, sample_corpus.parent)
        assert done.returncode == 0, f"{block.text}\n{done.stdout}\n{done.stderr}"
        assert missing_lines(block.shown, done.stdout) == [], f"{block.text}\n{done.stdout}"


def test_every_mark_stands_above_a_block_that_can_be_run():
    markdown = README.read_text("utf-8")
    blocks = marked_blocks(markdown)
    assert markdown.count("<!-- test -->") == len(blocks)
    assert {block.language for block in blocks} <= set(RUNS)


def test_the_wheel_carries_the_readme():
    assert 'readme = "README.md"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_links_in_the_readme_lead_somewhere():
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", README.read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_a_block_is_run_and_its_output_compared(tmp_path):
    [block] = marked_blocks(
        "Text\n\n<!-- test -->\n```console\n$ echo one two\none ...\n$ echo three\nfour\n```\n\nMore\n"
    )
    done = run(block, tmp_path)
    assert done.stdout == "one two\nthree\n"
    assert missing_lines(block.shown, done.stdout) == ["four"]


def test_a_block_that_fails_is_seen(tmp_path):
    shell, python = marked_blocks("<!-- test -->\n```sh\nfalse\ntrue\n```\n<!-- test -->\n```python\n1 / 0\n```\n")
    assert run(shell, tmp_path).returncode
    assert "ZeroDivisionError" in run(python, tmp_path).stderr


def test_a_block_without_the_mark_is_left_alone():
    assert marked_blocks("```sh\nmake run\n```\n") == []
