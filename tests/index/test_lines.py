"""A line of JSON with its checksum: read by programs that know of none, and refused once a bit is turned over."""

import json

import pytest

from index.lines import opened, sealed

ENTRY = {"exchange": {"key": "k1", "question": "Who told the army “purge”?", "half": "\ud800"}}


@pytest.mark.parametrize("entry", [ENTRY, {"name": "Aid"}, {}])
def test_what_is_sealed_is_opened(entry):
    line = sealed(entry)
    assert opened(line) == entry
    assert {**json.loads(line.decode("utf-8", "surrogatepass")), "crc": None} == {**entry, "crc": None}


def test_no_bit_can_be_turned_over_unseen():
    line = sealed({"name": "Aid of 1.3 million"})
    found = []
    for at in range(len(line)):
        for bit in range(8):
            found.append(opened(line[:at] + bytes([line[at] ^ 1 << bit]) + line[at + 1 :]))
    assert [entry for entry in found if entry not in (None, {"name": "Aid of 1.3 million"})] == []
    assert found.count(None) == len(found) - 8 * len("crc")  # the seal is known by a name with a bit turned over


def test_a_line_of_an_older_version_is_taken_as_it_stands():
    assert opened(b'{"rating": "up"}') == {"rating": "up"}
    assert opened(b'["crc"]') is None
