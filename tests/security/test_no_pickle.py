"""What is read back is never code: no pickle and its like anywhere, and no text run as Python or by a shell."""

import ast

from tests.sources import product

OPENS_CODE = {
    "pickle",
    "cPickle",
    "_pickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "joblib",
    "jsonpickle",
    "code",
}
PICKLES_UNDER_THE_HOOD = ("multiprocessing", "concurrent.futures.process")
CALLS = {"eval", "exec", "compile", "__import__"}
ATTRIBUTES = {
    ("os", "system"),
    ("os", "popen"),
    ("np", "load"),
    ("numpy", "load"),
    ("torch", "load"),
    ("yaml", "load"),
    ("pd", "read_pickle"),
}


def test_nothing_that_opens_code_is_imported():
    found = {
        f"{source.path}: {name.name}"
        for source in product()
        for name in source.imports
        if name.name.split(".")[0] in OPENS_CODE or name.name.startswith(PICKLES_UNDER_THE_HOOD)
    }
    assert found == set()


def test_no_text_is_run():
    found = []
    for source in product():
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            if isinstance(called, ast.Name) and called.id in CALLS:
                found.append(f"{source.path}:{node.lineno} {called.id}")
            if isinstance(called, ast.Attribute) and (ast.unparse(called.value), called.attr) in ATTRIBUTES:
                found.append(f"{source.path}:{node.lineno} {ast.unparse(called)}")
            for keyword in node.keywords:
                is_true = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
                if keyword.arg in {"shell", "allow_pickle", "trust_remote_code"} and is_true:
                    found.append(f"{source.path}:{node.lineno} {keyword.arg}=True")
    assert found == []


def test_models_are_loaded_without_their_code_and_said_so():
    """Each call that loads a model says it; a default might change."""
    loads = {"SentenceTransformer", "CrossEncoder", "from_pretrained"}
    calls = [
        (source.path, node)
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in loads
    ]
    assert len(calls) >= 3
    for name, call in calls:
        said = {keyword.arg: getattr(keyword.value, "value", None) for keyword in call.keywords}
        assert said.get("trust_remote_code") is False, f"{name}:{call.lineno}"
        assert said.get("local_files_only") is True, f"{name}:{call.lineno}"
