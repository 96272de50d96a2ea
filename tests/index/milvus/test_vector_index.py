"""Which index of a server the vectors get, by how many are expected; and what they are found by is asked of it."""

from types import SimpleNamespace

import pytest

from index.errors import SettingError
from index.milvus import Address
from index.milvus.address import VECTOR_INDEXES
from index.milvus.vector_index import chosen, of_type

ADDRESS = "milvus://db/papers"


def server(version, address=ADDRESS):
    return SimpleNamespace(version=version, address=Address.of(address))


@pytest.mark.parametrize(
    ("version", "passages", "kind"),
    [
        ("v2.5.4", 0, "hnsw"),
        ("v2.5.4", 10_000_000, "hnsw"),
        ("v2.5.4", 10_000_001, "sq8"),
        ("v2.5.4", 1_000_000_000, "sq8"),
        ("v2.6.0", 100_000_000, "sq8"),
        ("v2.6.0", 1_000_000_000, "rabitq"),
        ("2.3.5", 1_000_000_000, "sq8"),
        ("milvus_lite-3.2.2", 1_000_000_000, "sq8"),
    ],
)
def test_the_more_passages_the_less_memory_each_takes(version, passages, kind):
    assert chosen(server(version), passages).name == kind


@pytest.mark.parametrize("kind", VECTOR_INDEXES)
def test_an_address_may_name_one(kind):
    assert chosen(server("v2.6.0", f"{ADDRESS}?vectors={kind}"), 10).name == kind
    assert of_type(chosen(server("v2.6.0", f"{ADDRESS}?vectors={kind}"), 10).type).name == kind


def test_one_that_the_server_lacks_is_refused_in_a_line():
    with pytest.raises(
        SettingError, match=r"Milvus v2\.5\.4, which has no IVF_RABITQ \(2\.6 has\): leave vectors=rabitq"
    ):
        chosen(server("v2.5.4", f"{ADDRESS}?vectors=rabitq"), 10)
    with pytest.raises(SettingError, match=r"vectors=best .* give one of hnsw, sq8, rabitq, diskann"):
        Address.of(f"{ADDRESS}?vectors=best")


def test_each_is_searched_by_parameters_of_its_own():
    assert of_type("HNSW").search(250) == {"ef": 500}
    assert of_type("HNSW").search(10) == {"ef": 400}
    assert of_type("IVF_SQ8").search(250) == {"nprobe": 64}
    assert of_type("DISKANN").search(250) == {"search_list": 500}
    assert of_type("made by somebody else").name == "hnsw"
