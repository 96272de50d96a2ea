"""Each way in which a cluster cannot be used is one line that says what to do; one of ours is ours alone."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import Index
from index.errors import ClusterError, SettingError
from index.spreading.cluster import refusal
from tests.index.spreading.looking import content_of

pytest.importorskip("ray", reason="the extra [ray] is not installed")

ROOT = Path(__file__).resolve().parents[3]


def footnote(*arguments, **environment):
    """The shell command, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "from qa.cli import main; main()", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def listening_of(folder: Path) -> list[str]:
    """Addresses on which processes listen that have the folder in their command or that of their parent."""
    inodes = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (process / "cmdline").read_bytes():
                inodes |= {str(link.readlink()) for link in (process / "fd").iterdir()}
        except OSError:
            continue
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                found.append(fields[1].partition(":")[0])
    return found


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ray://10.0.0.1:10001", "Ray Client is not used here"),
        ("somewhere", 'expected "auto" or the address of a cluster, such as 10.0.0.1:6379'),
        ("http://127.0.0.1:8265", "expected"),
        ("", "expected"),
    ],
)
def test_an_address_that_is_none_is_said(address, said, make_corpus):
    with pytest.raises(SettingError, match=said):
        Index(make_corpus({"a.txt": "A text."})).sync(ray=address)


def test_an_address_where_nothing_listens_is_said(free_port, make_corpus):
    with pytest.raises(ClusterError, match=rf"no Ray cluster answers at 127.0.0.1:{free_port}: start one with"):
        Index(make_corpus({"a.txt": "A text."})).sync(ray=f"127.0.0.1:{free_port}")


def test_something_else_that_listens_there_is_not_waited_for_without_end(make_corpus, monkeypatch):
    monkeypatch.setattr("index.spreading.cluster.PROBE_SECONDS", 3.0)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(ClusterError, match=f"no Ray cluster answers at {address}.*nothing for 3 s"):
            Index(make_corpus({"a.txt": "A text."})).sync(ray=address)


def test_without_ray_it_is_said_what_to_install(make_corpus, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SettingError, match=r"pip install 'footnote-qa\[ray\]'"):
        Index(make_corpus({"a.txt": "A text."})).sync(ray="auto")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("RuntimeError: Version mismatch: The cluster was started with:\n    Ray: 2.1", "runs other versions"),
        ("Can't find a `node_ip_address.json` file from /tmp/ray", "run `ray start --address=10.0.0.1:6379` here"),
        ("AuthenticationError: InvalidAuthToken", "does not take this token: set RAY_AUTH_MODE=token"),
        ("", "It was said: nothing"),
    ],
)
def test_what_ray_says_becomes_one_line_with_what_to_do(said, expected):
    line = str(refusal("10.0.0.1:6379", said))
    assert expected in line
    assert "\n" not in line


def test_a_watch_is_not_spread(make_corpus):
    done = footnote("sync", "--corpus", make_corpus({"a.txt": "A text."}), "--watch", "--ray", "auto")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("footnote: --watch and --ray do not go together")


def test_a_cluster_takes_whoever_has_its_token_and_nobody_else(cluster, make_corpus, tmp_path):
    import ray

    folder = make_corpus({f"{at}.txt": f"Text {at} of a few." for at in range(9)})
    address = ray.get_runtime_context().gcs_address
    sync = ["sync", "--corpus", folder, "--index", tmp_path / "ray", "--ray", address]
    here_only = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
    refused = footnote(*sync, **here_only, RAY_AUTH_TOKEN="c" * 64)
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1].startswith(
        f"footnote: the Ray cluster at {address} does not take this token"
    )
    done = footnote(*sync, **here_only)
    assert (done.returncode, done.stderr) == (0, "")
    Index(folder, index=tmp_path / "local").sync()
    assert content_of(tmp_path / "ray") == content_of(tmp_path / "local")


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_cluster_of_ours_is_on_this_machine_only_and_ends_with_its_process(number, make_corpus, tmp_path):
    folder = make_corpus({f"{at}.md": f"# Week {at}\n\n" + "The boats went up the river. " * 400 for at in range(200)})
    script = f"""
import os
from qa import Corpus
seen = set()
def tell(progress):
    if progress.documents > 20 and "far" not in seen:
        seen.add("far")
        print(os.environ["RAY_AUTH_MODE"], flush=True)
Corpus({str(folder)!r}, index={str(tmp_path / "ray")!r}).sync(tell, ray="auto")
"""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout.readline() == b"token\n"
        raylets = [
            parts
            for command in Path("/proc").glob("[0-9]*/cmdline")
            if (parts := _command(command)) and parts[0].endswith("/raylet/raylet") and _parent(command) == process.pid
        ]
        session = next(part for part in raylets[0] if part.startswith("--session_dir=")).partition("=")[2]
        listening = listening_of(Path(session))
        os.killpg(process.pid, number)
        assert process.wait(60) != 0
    loopback = {"0100007F", "0000000000000000FFFF00000100007F"}
    assert listening
    assert set(listening) <= loopback
    if number == signal.SIGTERM:
        shutil.rmtree(Path(session).parent, ignore_errors=True)  # what is killed takes nothing away
    assert not Path(session).exists()
    end = time.monotonic() + 30
    while any(session in " ".join(_command(command)) for command in Path("/proc").glob("[0-9]*/cmdline")):
        assert time.monotonic() < end, "processes were left behind"
        time.sleep(0.1)
    for at in range(40, 200):  # there were so many that it could not be done before it was ended
        (folder / f"{at}.md").unlink()
    report = Index(folder, index=tmp_path / "ray").sync()
    assert (report.failed, report.documents) == ((), 40)


def _command(path: Path) -> list[str]:
    try:
        return path.read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def _parent(path: Path) -> int:
    return int(path.with_name("stat").read_text(errors="replace").rpartition(")")[2].split()[1])
