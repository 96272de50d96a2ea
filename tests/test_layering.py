"""The house rules that are about who may know what: imports run one way, and each library has one room."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.sources import ROOT, Source, product

# What imports a layer may not make: app.py -> qa -> index.
ABOVE = {"index": ("qa", "app"), "qa": ("app",)}

# The rooms where a library may be imported.
ROOMS = {
    "charset_normalizer": ("index/reading",),
    "docx": ("index/reading",),
    "email": ("index/reading",),
    "faiss": ("index/vector_segments.py",),
    "fsspec": ("index/mirroring/others.py",),
    "gradio": ("app.py", "qa/web"),
    "grpc": ("index/milvus",),
    "html.parser": ("index/reading",),
    "httpx": ("qa/written/client.py",),
    "lxml": ("index/reading",),
    "mcp": ("qa/assistants",),
    "nncf": ("index/embedding",),
    "openvino": ("index/embedding",),
    "pyarrow": ("index/mirroring/s3.py",),
    "pydantic": ("qa/assistants", "qa/results.py", "qa/web/api"),
    "pymilvus": ("index/milvus",),
    "pypdfium2": ("index/reading",),
    "ray": ("index/spreading",),
    "sentence_transformers": ("index/embedding",),
    "sqlite3": (
        "index/checking/rows.py",
        "index/database.py",
        "index/known_files.py",
        "index/moves.py",
        "index/repairing/salvage.py",
        "index/row_sums.py",
        "index/schema.py",
        "index/snapshot.py",
        "index/store.py",
        "index/vector_rows.py",
        "index/writing.py",
    ),
    "tarfile": (),
    "trafilatura": ("index/reading",),
    "torch": ("index/embedding",),
    "transformers": ("index/embedding",),
    "watchfiles": ("index/watching.py",),
    "xberg": ("index/reading",),
    "xml": ("index/reading",),
    "zipfile": ("index/reading",),
}

# Libraries that take seconds to import, and the rooms that may do so before a function asks for them.
HEAVY = {
    "fsspec": (),
    "gradio": ("qa/web",),
    "grpc": (),
    "mcp": ("qa/assistants",),
    "nncf": (),
    "pyarrow": (),
    "pymilvus": (),
    "ray": (),
    "sentence_transformers": (),
    "torch": (),
    "transformers": (),
    "watchfiles": (),
}

# Reading what they read can run what was written into it.
UNSAFE_FORMATS = ("cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve")
UNSAFE_CALLS = {"compile", "eval", "exec"}

# Files of qa that read files of their own: style sheets and scripts of the page, questions to be evaluated.
OPENS_ITS_OWN_FILES = ("qa/cli", "qa/cli.py", "qa/evaluation", "qa/exporting", "qa/web")
OPENERS = {"open", "read_bytes", "read_text"}

WRITES_TO_THE_SHELL = ("qa/cli", "qa/cli.py")
VAGUE = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}


def broken_rules(source: Source) -> list[str]:
    """Every rule that a file breaks, with the line that does."""
    return [
        f"{source.path}:{line}: {what}"
        for rule in (_imports_upwards, _out_of_its_room, _heavy_at_import, _unsafe, _opens_documents, _says_aloud)
        for line, what in rule(source)
    ]


def _imports_upwards(source: Source) -> Iterator[tuple[int, str]]:
    layer = source.path.split("/")[0]
    for found in source.imports:
        if any(found.is_of(above) for above in ABOVE.get(layer, ())):
            yield found.line, f"{layer} imports {found.name}; imports run app.py -> qa -> index"


def _out_of_its_room(source: Source) -> Iterator[tuple[int, str]]:
    for found in source.imports:
        for library, rooms in ROOMS.items():
            if found.is_of(library) and not source.is_in(*rooms):
                yield found.line, f"{library} is imported only in {', '.join(rooms) or 'no room'}"


def _heavy_at_import(source: Source) -> Iterator[tuple[int, str]]:
    for found in source.imports:
        for library, rooms in HEAVY.items():
            if found.is_of(library) and not found.deferred and not source.is_in(*rooms):
                yield found.line, f"{library} takes seconds to import: import it in the function that needs it"


def _unsafe(source: Source) -> Iterator[tuple[int, str]]:
    for found in source.imports:
        if any(found.is_of(module) for module in UNSAFE_FORMATS):
            yield found.line, f"{found.name} can run what a file says"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in UNSAFE_CALLS:
                yield node.lineno, f"{node.func.id}() runs text"
            if any(word.arg == "allow_pickle" and ast.unparse(word.value) != "False" for word in node.keywords):
                yield node.lineno, "allow_pickle can run what a file says"
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield node.lineno, "a bare except catches Ctrl-C too"


def _opens_documents(source: Source) -> Iterator[tuple[int, str]]:
    if source.is_in("index", *OPENS_ITS_OWN_FILES):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _called(node) in OPENERS:
            yield node.lineno, f"{_called(node)}(): only index opens files"


def _says_aloud(source: Source) -> Iterator[tuple[int, str]]:
    if source.is_in(*WRITES_TO_THE_SHELL):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno, "print() outside the shell command"


def _called(node: ast.Call) -> str:
    """The last name of what is called: `path.read_text()` -> "read_text"."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@pytest.mark.parametrize("source", product(), ids=lambda source: source.path)
def test_no_file_breaks_a_rule(source):
    assert broken_rules(source) == []


@pytest.mark.parametrize("source", product(), ids=lambda source: source.path)
def test_every_module_has_a_name_that_says_something(source):
    assert not VAGUE & {part.removesuffix(".py").strip("_") for part in PurePosixPath(source.path).parts}


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("index/sync.py", "import qa.corpus", "imports run"),
        ("index/sync.py", "def f():\n    from qa import ask", "imports run"),
        ("qa/web/page.py", "import app", "imports run"),
        ("qa/asking.py", "from ..app import page", "imports run"),
        ("index/lexical.py", "import faiss", "faiss is imported only in"),
        ("qa/corpus.py", "import sqlite3", "sqlite3 is imported only in"),
        ("index/sync.py", "from pypdfium2 import PdfDocument", "pypdfium2 is imported only in"),
        ("qa/asking.py", "def f():\n    import torch", "torch is imported only in"),
        ("index/embedding/torch.py", "try:\n    import torch\nexcept ImportError:\n    torch = None", "takes seconds"),
        ("index/embedding/model.py", "class A:\n    from torch import nn", "takes seconds"),
        ("app.py", "import gradio as gr", "takes seconds"),
        ("qa/cli.py", "def mcp():\n    from mcp.server import Server", "mcp is imported only in"),
        ("index/store.py", "from pickle import loads", "can run what a file says"),
        ("index/store.py", "np.load(path, allow_pickle=True)", "can run what a file says"),
        ("qa/asking.py", "eval(question)", "runs text"),
        ("qa/asking.py", "try:\n    f()\nexcept:\n    pass", "bare except"),
        ("qa/asking.py", "text = path.read_text()", "only index opens files"),
        ("app.py", "open('corpus/a.txt')", "only index opens files"),
        ("index/sync.py", "print('done')", "outside the shell command"),
    ],
)
def test_a_broken_rule_is_seen(path, text, rule):
    assert any(rule in broken for broken in broken_rules(Source(path, text)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.py", "def page():\n    import gradio\n    from qa import Corpus"),
        ("qa/web/page.py", "import gradio as gr"),
        ("qa/assistants/serving.py", "from mcp.server import Server"),
        ("qa/corpus.py", "from index.sync import sync"),
        ("index/embedding/model.py", "if TYPE_CHECKING:\n    import torch\ndef f():\n    import torch"),
        ("index/reading/pdf.py", "import pypdfium2"),
        ("index/vector_segments.py", "import faiss\nnp.load(path, allow_pickle=False)"),
        ("qa/cli/ask.py", "print(answer.text)\npath.read_text()"),
    ],
)
def test_what_is_right_passes(path, text):
    assert broken_rules(Source(path, text)) == []


def test_asking_from_the_shell_imports_nothing_heavy():
    seen = f"import sys, qa, qa.cli; sys.exit(', '.join({set(HEAVY)!r} & set(sys.modules)) or None)"
    done = subprocess.run([sys.executable, "-c", seen], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
