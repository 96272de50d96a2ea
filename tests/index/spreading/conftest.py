"""A real Ray cluster of two workers on this machine."""

import pytest


@pytest.fixture(scope="module")
def cluster(guarded_processes, footnote_cache):
    """Joined by this process, so that "auto" finds it; gone with the last test of a file."""
    pytest.importorskip("ray", reason="the extra [ray] is not installed")
    from index.spreading.cluster import joined

    with joined("auto", lambda _: None, cores=2) as found:
        yield found
