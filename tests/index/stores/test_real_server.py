"""With a real Milvus, as far as a package carries one: 2.3.5, which is older than BM25."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.security.test_private_by_construction import ALONE

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(not importlib.util.find_spec("milvus"), reason="needs `pip install milvus==2.3.5`"),
    pytest.mark.skipif(not shutil.which("unshare"), reason="needs a network of its own"),
]


def test_a_standalone_server_gives_what_the_folder_gives(tmp_path):
    # In a network of its own, because that server listens on every address.
    shell = 'ip link set lo up && exec "$0" -m tests.index.stores.real_server "$1"'
    done = subprocess.run(
        [*ALONE, "sh", "-c", shell, sys.executable, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert "no BM25" in told["warning"]
    for step in ("first", "changed", "renamed", "removed"):
        beside, on_server = told[step]
        assert on_server == beside
    assert told["within"][0] == told["within"][1]
    assert told["clock"], "the server tells its time, and the standing has it"
    assert (told["again"], told["wrong"], told["kept"]) == (False, [], 1)
