"""Which documents patterns mean, and what a server is asked for so that it need not tell all of them."""

from hypothesis import example, given
from hypothesis import strategies as st

from index.choosing import chosen, reach
from index.milvus.reading import reaching

PATHS = [
    *(
        "reports/2019.pdf",
        "reports/2020.pdf",
        "reports/old/1999.pdf",
        "reports2/a.pdf",
        "report [1].pdf",
        "report 1.pdf",
    ),
    *(
        "notes.md",
        "notes.md.bak",
        "NOTES.MD",
        "a_b.txt",
        "aXb.txt",
        "caf\xe9/menu.md",
        "cafe\u0301/carte.md",
        r"r\xe9.txt",
    ),
    *("*.pdf/inside.txt", "deep/er/notes.md", "[", "x]y.txt"),
]
LISTED = [(id_, path, id_ != 2) for id_, path in enumerate(PATHS)]


def meant(*patterns):
    return [PATHS[id_] for id_ in chosen(LISTED, patterns)]


def test_a_path_a_folder_or_wildcards():
    assert meant("reports/2019.pdf") == ["reports/2019.pdf"]
    assert meant("reports/") == meant("reports") == ["reports/2019.pdf", "reports/2020.pdf"]
    assert meant("reports*") == ["reports/2019.pdf", "reports/2020.pdf", "reports2/a.pdf"]
    assert meant("*/notes.md", "x]y.txt") == ["deep/er/notes.md", "x]y.txt"]


def test_a_path_means_that_one_only_though_it_could_be_wildcards():
    assert meant("report [1].pdf") == ["report [1].pdf"]
    assert meant("report [[]1].pdf") == ["report [1].pdf"]
    assert meant("*.pdf/inside.txt") == ["*.pdf/inside.txt"]


def test_accents_are_the_same_however_they_are_written():
    assert meant("cafe\u0301/menu.md") == ["caf\xe9/menu.md"]
    assert meant("caf\xe9") == ["caf\xe9/menu.md", "cafe\u0301/carte.md"]


def told(path, what):
    """Whether a server that goes by `reaching` tells of a document: its names are compared in hexadecimal digits."""
    name = path.encode().hex() if "\\" not in path else b"r\xe9.txt".hex()
    start, end = ((part or "").encode("utf-8", "replace").hex() for part in (what.start, what.end))
    below = name == what.path.encode("utf-8", "replace").hex() or name.startswith(
        f"{what.path}/".encode("utf-8", "replace").hex()
    )
    among = what.start is not None and name.startswith(start) and name[len(start) :].endswith(end)
    return below or among


@given(
    st.lists(
        st.one_of(st.sampled_from(PATHS), st.text("aebr/.*?[]!-\\_\xe9\u0301pdf", max_size=12)), min_size=1, max_size=3
    )
)
@example(["report [1].pdf", "*.pdf"])
@example([r"r\xe9.txt", "r\\*"])
@example(["*\xe9*/*.md"])
def test_what_lies_in_reach_of_patterns_is_enough(patterns):
    near = [each for each in LISTED if any(told(each[1], reach(pattern)) for pattern in patterns)]
    assert chosen(near, patterns) == chosen(LISTED, patterns)


def test_a_server_is_asked_for_what_may_be_meant_and_no_more():
    name, folder = b"reports".hex(), b"reports/".hex()
    assert reaching(reach("reports/"), finds_ends=True) == f'name == "{name}" or name like "{folder}%"'
    assert f'like "{folder}%{b".pdf".hex()}"' in reaching(reach("reports/*.pdf"), finds_ends=True)
    assert f'like "{folder}%"' in reaching(reach("reports/*.pdf"), finds_ends=False)
    assert reaching(reach("*.pdf"), finds_ends=False) == "id >= 0"
