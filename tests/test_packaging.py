"""The wheel holds all of the product and nothing else, and works without the checkout."""

import os
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from tests.sources import ROOT, tracked

SHOWS_WHERE = "import app, index, qa; print(app.__file__, index.__file__, qa.__file__, sep='\\n')"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*PIP, "wheel", *options, str(ROOT)], check=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([*PIP, "install", "--no-deps", "--no-index", "--target", str(folder), str(wheel)], check=True)
    return folder


def run_installed(installed: Path, folder: Path, *command: str) -> str:
    """What a command prints when the installed files come first, and the checkout is not the working folder."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(installed), os.environ["PYTHONPATH"]])}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_product_and_no_other(wheel):
    ours = {path.relative_to(ROOT).as_posix() for path in tracked() if path.is_relative_to(ROOT / "index")}
    ours |= {path.relative_to(ROOT).as_posix() for path in tracked() if path.is_relative_to(ROOT / "qa")}
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == ours | {"app.py"}


def test_the_wheel_says_what_it_is(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("/METADATA")]
        metadata = message_from_string(archive.read(name).decode())
        licence = archive.read(name.replace("METADATA", "licenses/LICENSE"))
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == "<3.14,>=3.11"
    assert licence == (ROOT / "LICENSE").read_bytes()


def test_the_installed_packages_are_imported_from_where_they_were_installed(installed, tmp_path):
    places = run_installed(installed, tmp_path, sys.executable, "-c", SHOWS_WHERE).splitlines()
    assert [Path(place).is_relative_to(installed) for place in places] == [True, True, True]


def test_the_installed_command_answers_about_a_folder(installed, make_corpus, tmp_path):
    corpus = make_corpus({"aid.txt": "The bridge was closed in February.\n\nAid waits in a warehouse in Cucuta.\n"})
    footnote = str(installed / "bin" / "footnote")
    assert "ask" in run_installed(installed, tmp_path, footnote, "--help")
    answer = run_installed(installed, tmp_path, footnote, "ask", "Where does the aid wait?", "--corpus", str(corpus))
    assert "Aid waits in a warehouse in Cucuta." in answer
