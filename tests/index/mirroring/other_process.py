"""A mirror brought in step by another process."""

from __future__ import annotations

import subprocess
import sys

from tests.sources import ROOT

FOLLOW = """
import sys
from index.errors import FootnoteError
from index.mirroring.address import Address
from index.mirroring.mirror import Mirror
try:
    Mirror(Address.of(sys.argv[1])).follow(lambda progress: None)
    print("followed")
except FootnoteError as error:
    print(error)
"""


def begun(address):
    """The process, which ends when it has followed."""
    return subprocess.Popen([sys.executable, "-c", FOLLOW, address], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def followed(address):
    """What came of it, in words."""
    return begun(address).communicate(timeout=120)[0].strip()
