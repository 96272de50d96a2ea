"""What a sync has to do, told from the folder as it is and the index as it was."""

from index.known_files import KnownFile
from index.planning import plan
from index.recipes import Recipe
from index.scanning import FileFacts, Scan
from index.schema import State

PLAIN = "reader 1"
RECIPE = Recipe(PLAIN)


def facts(name, *, size=10, mtime=1):
    return FileFacts(name.encode(), name, size, mtime, mtime)


def known(*names, digests=None, state=State.INDEXED, recipe=PLAIN):
    digests = digests or [name.rpartition("/")[2].encode() for name in names]
    return {
        name.encode(): KnownFile(at, facts(name), state, "", recipe, digest)
        for at, (name, digest) in enumerate(zip(names, digests, strict=True))
    }


def found(*each):
    return Scan({one.name: one for one in each})


def by_name(read):
    """The bytes of a file stand for its name; what is read is noted."""

    def digest(of):
        read.append(of.path)
        return of.path.rpartition("/")[2].encode()

    return digest


def test_renaming_a_folder_reads_each_of_its_files_once():
    names = [f"{number}.txt" for number in range(3000)]  # all of one size and kind
    read = []
    todo = plan(
        found(*(facts(f"new/{name}") for name in names)), known(*(f"old/{n}" for n in names)), RECIPE, by_name(read)
    )
    assert [(gone.facts.path, facts.path) for gone, facts in todo.renamed] == [(f"old/{n}", f"new/{n}") for n in names]
    assert len(read) == 3000
    assert not todo.new
    assert not todo.removed


def test_copies_are_taken_one_by_one_and_the_rest_is_gone():
    before = known("a.txt", "b.txt", "c.txt", digests=[b"x.txt"] * 3)
    todo = plan(found(facts("1/x.txt"), facts("2/x.txt")), before, RECIPE, by_name([]))
    assert [(gone.facts.path, now.path) for gone, now in todo.renamed] == [("a.txt", "1/x.txt"), ("b.txt", "2/x.txt")]
    assert [gone.facts.path for gone in todo.removed] == ["c.txt"]


def test_another_size_kind_recipe_or_a_file_that_failed_is_no_rename_and_is_not_read():
    read = []
    for now, before in (
        (facts("n/x.txt", size=11), known("x.txt")),
        (facts("n/x.md"), known("x.txt")),
        (facts("n/x.txt"), known("x.txt", recipe="reader 0")),
        (facts("n/x.txt"), known("x.txt", state=State.FAILED)),
    ):
        todo = plan(found(now), before, RECIPE, by_name(read))
        assert (todo.new, todo.renamed, len(todo.removed)) == ([now], [], 1)
    assert read == []


def test_a_file_that_cannot_be_read_is_no_rename():
    todo = plan(found(facts("n/x.txt")), known("x.txt"), RECIPE, lambda _: None)
    assert [new.path for new in todo.new] == ["n/x.txt"]


def test_other_times_with_the_same_bytes_are_no_change():
    todo = plan(found(facts("x.txt", mtime=2)), known("x.txt"), RECIPE, by_name([]))
    assert [now.path for _, now in todo.touched] == ["x.txt"]
    assert plan(found(facts("x.txt", mtime=2)), known("x.txt"), RECIPE, lambda _: b"other").changed
