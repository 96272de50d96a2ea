"""Where a server is, read from an address; and terms spelt so that a server leaves them alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import terms
from index.errors import SettingError
from index.milvus.address import TOKEN, Address
from index.milvus.encoding import MOST_BYTES, chunks, from_chunks, terms_of, token, tokens

SECRET = "root:secret"


def test_an_address_names_server_collection_and_corpus():
    address = Address.of("milvus://db.example:1234/papers?corpus=2019 reports&tls=yes")
    assert (address.host, address.port, address.collection) == ("db.example", 1234, "papers")
    assert (address.corpus, address.uri) == ("2019 reports", "https://db.example:1234")
    assert Address.of("milvus://db/papers").uri == "http://db:19530"
    assert Address.of("milvus://[::1]:19530/papers").uri == "http://[::1]:19530"


@pytest.mark.parametrize(
    "text",
    [
        *("http://db/papers", "milvus://db", "milvus:///papers", "milvus://db:port/papers", "milvus://db:99999/papers"),
        *(
            "milvus://db/2papers",
            "milvus://db/pa pers",
            "milvus://db/papers?colour=red",
            "milvus://db/papers?tls=maybe",
        ),
        "milvus://db/a/b",
    ],
)
def test_what_is_no_address_is_said_in_a_line(text):
    with pytest.raises(SettingError, match="give") as said:
        Address.of(text)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("text", [f"milvus://{SECRET}@db", f"http://{SECRET}@db/x", f"milvus://{SECRET}@db/x?y=1"])
def test_a_token_is_in_no_message(text, monkeypatch):
    with pytest.raises(SettingError) as said:
        Address.of(text)
    assert "secret" not in str(said.value)
    assert Address.of(f"milvus://{SECRET}@db/papers").token == SECRET
    assert "secret" not in str(Address.of(f"milvus://{SECRET}@db/papers"))
    monkeypatch.setenv(TOKEN, "key")
    assert Address.of("milvus://db/papers").token == "key"


def test_every_corpus_has_a_partition_of_its_own():
    names = ["reports", "Reports", "reports 2019", "reports_2019", "berichte-ü", "x" * 300, "2019"]
    found = [Address.of(f"milvus://db/papers?corpus={name}").partition(Path()) for name in names]
    assert len(set(found)) == len(names)
    assert all(part.isascii() and part.replace("_", "").isalnum() and len(part) < 256 for part in found)
    assert Address.of("milvus://db/papers").partition(Path("/somewhere/reports")) == "c_reports"


@given(st.text(min_size=1, max_size=30))
def test_terms_come_back_from_their_tokens(text):
    found = terms(text)
    spelt = tokens(found)
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in spelt.split())
    assert [term for term, word in zip(terms_of(spelt), spelt.split(), strict=True) if not word.startswith("zqh")] == [
        term for term in found if not token(term).startswith("zqh")
    ]


def test_no_two_terms_have_the_same_token():
    found = ["a", "zq61", "zqzq61", "ß" * 40, "ß" * 41, "é", "e", "zqh", "zq", "61", "zqc3a9", "a" * 32, "a" * 33]
    assert len({token(term) for term in found}) == len(found)
    assert all(len(token(term)) <= 32 for term in found)


@pytest.mark.parametrize("size", [0, 1, 51_999, 52_000, 52_001, 200_000])
def test_bytes_come_back_from_texts_that_fit_a_field(size):
    data = bytes(index % 251 for index in range(size))
    texts = list(chunks(data))
    assert from_chunks(texts) == data
    assert all(len(text) + 2 <= MOST_BYTES for text in texts)
