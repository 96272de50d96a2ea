"""A server behind encryption and a token, from the shell: what gets in, and a line for what does not."""

import os
import subprocess
import sys

import pytest

from index.milvus.address import TOKEN
from tests.index.stores.states import FILES

pytest.importorskip("pymilvus")

SECRET = "writer:correct horse"
ROOTS = "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"


@pytest.fixture(scope="module")
def guard(milvus, tmp_path_factory):
    from tests.index.stores.guard import Guard

    with Guard(milvus.port, SECRET, tmp_path_factory.mktemp("guard") / "authority.pem") as found:
        yield found


@pytest.fixture
def footnote(guarded_processes, tmp_path):
    """Run the command in a process of its own, because a process reads its authorities once."""

    def run(*arguments, **variables):
        (tmp_path / "documents").mkdir(exist_ok=True)
        for name, text in FILES.items():
            path = tmp_path / "documents" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        environment = {name: value for name, value in os.environ.items() if name not in {TOKEN, ROOTS}}
        return subprocess.run(
            [
                sys.executable,
                "-c",
                "from qa.cli import main; main()",
                *arguments,
                "--corpus",
                str(tmp_path / "documents"),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
            env=environment | variables,
        )

    return run


def test_with_the_token_and_the_authority_it_is_like_any_other(guard, footnote):
    there = {TOKEN: SECRET, ROOTS: str(guard.certificate)}
    synced = footnote("sync", "--store", guard.address("guarded"), **there)
    assert synced.returncode == 0, synced.stderr
    asked = footnote("ask", "Who was told to purge the army?", "--store", guard.address("guarded"), **there)
    assert asked.returncode == 0, asked.stderr
    assert "army" in asked.stdout
    assert guard.refused == []


def test_a_wrong_token_is_refused_in_a_line_that_does_not_say_it(guard, footnote):
    said = footnote(
        "sync", "--store", guard.address("guarded"), **{TOKEN: "writer:wrong", ROOTS: str(guard.certificate)}
    )
    assert said.returncode
    assert "refuses this client" in said.stderr
    assert TOKEN in said.stderr
    assert "writer:wrong" not in said.stdout + said.stderr
    assert "Traceback" not in said.stderr
    assert guard.refused


@pytest.mark.parametrize("how", ["unknown authority", "no encryption"])
def test_what_cannot_be_trusted_or_is_not_spoken_is_a_line(how, guard, footnote):
    address = guard.address("guarded")
    if how == "no encryption":
        address = address.removesuffix("?tls=yes")
    said = footnote("sync", "--store", address, **{TOKEN: SECRET})
    assert said.returncode
    assert "Traceback" not in said.stderr
    assert "does not answer" in said.stderr
    assert "horse" not in said.stdout + said.stderr
