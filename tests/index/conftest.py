"""Worker processes that read documents are kept from one test to the next."""

import pytest

from tests.kept_readers import KeptReader


@pytest.fixture(autouse=True)
def kept_readers(idle_readers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Syncs of a test take up a worker that an earlier one left."""
    monkeypatch.setattr("index.crew.Reader", KeptReader)
