"""What is left out when Gradio is imported, and that nothing else changes by it."""

import json
import subprocess
import sys

SEEN = """
import inspect, json, sys
from pathlib import Path
from unittest import mock
before, read, read_text = inspect.getfile, [], Path.read_text
{before}
with mock.patch.object(Path, "read_text", lambda path, *a, **b: read.append(path.suffix) or read_text(path, *a, **b)):
    from qa.web.gradio_alone import import_gradio
    import_gradio()
    import_gradio()
import gradio
print(json.dumps({{
    "stubs": read.count(".pyi"),
    "mcp": sorted(name for name in sys.modules if name.split(".")[0] == "mcp"),
    "getfile": inspect.getfile is before,
    "component": hasattr(gradio.Textbox(), "submit"),
}}))
import mcp
print(mcp.__name__)
"""


def seen(before=""):
    code = SEEN.format(before=before)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, last = done.stdout.splitlines()
    return json.loads(first), last


def test_gradio_is_imported_without_its_stubs_and_without_mcp():
    found, later = seen()
    assert found == {"stubs": 0, "mcp": [], "getfile": True, "component": True}
    assert later == "mcp", "who asks for it later has it"


def test_who_has_imported_mcp_keeps_it():
    found, later = seen("import mcp")
    assert "mcp.types" in found["mcp"]
    assert (found["component"], later) == (True, "mcp")
