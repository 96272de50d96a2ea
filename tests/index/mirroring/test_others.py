"""Storage of other kinds, through fsspec: one that the test registers, and that fails as they do."""

import io
from typing import ClassVar

import pytest
from fsspec import register_implementation
from fsspec.registry import known_implementations
from fsspec.spec import AbstractFileSystem

from index.errors import CorpusAway, CorpusError
from index.mirroring.address import Address
from index.mirroring.mirror import Mirror


class Shelf(AbstractFileSystem):
    """A tree that is listed folder by folder, as that of a file server."""

    protocol = "shelf"
    objects: ClassVar[dict] = {}
    broken: ClassVar[set] = set()
    denied: ClassVar[set] = set()
    tells_times = True
    failure: ClassVar[type] = OSError

    def ls(self, path, detail=True, **_):
        path = self._strip_protocol(path).rstrip("/")
        if path in self.broken:
            raise self.failure("the folder could not be listed")
        found = {}
        for name, data in self.objects.items():
            if name.startswith(f"{path}/"):
                first, slash, _ = name[len(path) + 1 :].partition("/")
                kind = "directory" if slash else "file"
                found[first] = {"name": f"{path}/{first}", "type": kind, "size": 0 if slash else len(data)}
                if not slash and self.tells_times:
                    found[first]["mtime"] = hash(data)
        if not found and path not in self.objects:
            raise FileNotFoundError(path)
        if path in self.objects:
            found = {
                path: {"name": path, "type": "file", "size": len(self.objects[path]), "mtime": hash(self.objects[path])}
            }
        return list(found.values()) if detail else [entry["name"] for entry in found.values()]

    def _open(self, path, mode="rb", **_):
        if path in self.denied:
            raise PermissionError("not yours: token=secret")
        if path not in self.objects:
            raise FileNotFoundError(path)
        return io.BytesIO(self.objects[path].encode())


class AllAtOnce(Shelf):
    """The same, with a listing of its own that lists everything."""

    protocol = "atonce"

    def find(self, path, detail=False, **_):
        if self.broken:
            raise TimeoutError("no answer")
        return {
            name: {"name": name, "type": "file", "size": len(data), "ETag": f'"{data}"'}
            for name, data in self.objects.items()
            if name.startswith(path)
        }


@pytest.fixture(params=[Shelf, AllAtOnce])
def storage(request, tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_MIRROR", str(tmp_path / "mirrors"))
    kind = request.param
    register_implementation(kind.protocol, kind, clobber=True)
    kind.objects = {"box/reports/aid.txt": "Aid", "box/reports/2019/oil.txt": "Oil", "box/reports2/no.txt": "No"}
    kind.broken, kind.denied = set(), set()
    return kind


def mirror_of(kind):
    return Mirror(Address.of(f"{kind.protocol}://box/reports"))


def nothing(progress):
    pass


def copied(mirror):
    root = mirror.documents
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}


def test_a_copy_follows(storage):
    mirror = mirror_of(storage)
    mirror.follow(nothing)
    assert copied(mirror) == {"aid.txt": "Aid", "2019/oil.txt": "Oil"}
    storage.objects = {"box/reports/aid.txt": "Bid", "box/reports/new.txt": "New"}
    mirror.follow(nothing)
    assert copied(mirror) == {"aid.txt": "Bid", "new.txt": "New"}


@pytest.mark.parametrize("failure", [OSError, FileNotFoundError, ValueError])
def test_a_folder_that_cannot_be_listed_ends_it_and_deletes_nothing(storage, failure, monkeypatch):
    monkeypatch.setattr(Shelf, "failure", failure)
    mirror = mirror_of(storage)
    mirror.follow(nothing)
    storage.broken = {"box/reports/2019"}
    with pytest.raises(CorpusAway, match="stays as it is"):
        mirror.follow(nothing)
    assert copied(mirror) == {"aid.txt": "Aid", "2019/oil.txt": "Oil"}


def test_one_that_may_not_be_read_is_listed(storage):
    storage.denied = {"box/reports/aid.txt"}
    mirror = mirror_of(storage)
    assert mirror.follow(nothing).failed == (("aid.txt", "access was denied"),)
    assert copied(mirror) == {"2019/oil.txt": "Oil"}


def test_storage_that_tells_no_states_is_refused(storage, monkeypatch):
    monkeypatch.setattr(Shelf, "tells_times", False)
    if storage is Shelf:
        with pytest.raises(CorpusAway, match="neither times nor states"):
            mirror_of(storage).follow(nothing)


def test_a_scheme_that_nobody_knows_or_whose_package_is_missing_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_MIRROR", str(tmp_path))
    with pytest.raises(CorpusError, match="which fsspec does not know"):
        Mirror(Address.of("nowhere://box/reports")).follow(nothing)
    monkeypatch.setitem(
        known_implementations, "shop", {"class": "no_such_package.Shop", "err": "Install no-such-package"}
    )
    with pytest.raises(CorpusError, match="Install no-such-package"):
        Mirror(Address.of("shop://box/reports")).follow(nothing)
