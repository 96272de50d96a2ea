"""Several folders at once: a path for each, and one line for what cannot be."""

import re

import pytest

from index.errors import CorpusError
from qa.cli import main
from qa.web.served import served, slugs
from qa.web.switcher import leave_html, switcher_html


@pytest.fixture
def folders(tmp_path):
    made = [tmp_path / name for name in ("Reports 2019", "news 📰 “q”", "deep/news 📰 “q”", "日本", "<b>&", "api")]
    for folder in made:
        folder.mkdir(parents=True)
    return made


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["reports", "news"], ["reports", "news"]),
        (["Über 2019", "über-2019", "uber 2019!"], ["uber-2019", "uber-2019-2", "uber-2019-3"]),
        (["a", "a-2", "a"], ["a", "a-2", "a-3"]),
        (["日本", "📰", "..."], ["documents", "documents-2", "documents-3"]),
        (["api", "Sign in", "gradio_api"], ["api-2", "sign-in-2", "gradio-api"]),
        (['x"><script>', "a/b", "%2e%2e"], ["x-script", "a-b", "2e-2e"]),
        (["x" * 300], ["x" * 60]),
    ],
)
def test_a_path_is_plain_and_its_own(names, expected):
    found = slugs(names)
    assert found == expected
    assert all(re.fullmatch(r"[a-z0-9-]+", slug) for slug in found)


def test_each_folder_has_its_page_and_a_name_that_tells_it_apart(folders):
    pages = served(folders, root_path="/documents/x")
    assert [page.slug for page in pages] == ["reports-2019", "news-q", "news-q-2", "documents-2", "b", "api-2"]
    assert pages[0].name == "Reports 2019"
    assert pages[2].name == "deep/news 📰 “q”"
    assert len({id(page.sync) for page in pages}) == len({id(page.corpus) for page in pages}) == len(pages)


def test_one_folder_stays_at_the_root(folders):
    [page] = served(folders[:1])
    assert page.slug == ""
    assert switcher_html([page], page) == ""
    assert 'action="sign-out"' in leave_html(page)


def test_the_switcher_marks_where_one_is_and_means_names_as_text(folders):
    pages = served(folders)
    html = switcher_html(pages, pages[4])
    assert html.count("<a ") == len(pages)
    assert re.findall(r'href="([^"]+)" aria-current="page"', html) == ["../b/"]
    assert "<bdi>&lt;b&gt;&amp;</bdi>" in html
    assert 'action="../sign-out"' in leave_html(pages[4])


def test_what_cannot_be_served_is_one_line(folders, tmp_path, capsys):
    (tmp_path / "link").symlink_to(folders[0])
    news, reports = str(folders[1]), str(folders[0])
    for arguments, expected in [
        ([reports, reports], "is named twice"),
        ([reports, f"{reports}/../Reports 2019"], "is named twice"),
        ([reports, str(tmp_path / "link")], "is named twice (also as "),
        ([reports, str(tmp_path / "nowhere")], "there is no folder"),
        ([reports, news, "--index", str(tmp_path / "index")], "--index names the index of one folder"),
    ]:
        with pytest.raises(SystemExit) as ended:
            main(["serve", "--no-open", *arguments])
        told = capsys.readouterr().err
        assert ended.value.code == 2
        assert told.startswith("footnote: ")
        assert expected in told
        assert told.count("\n") == 1


def test_a_folder_that_is_not_there_is_said_before_any_is_opened(folders, tmp_path):
    with pytest.raises(CorpusError, match="nowhere"):
        served([*folders, tmp_path / "nowhere"])
    assert not any((folder / ".footnote").exists() for folder in folders)


@pytest.mark.parametrize(("option", "watched"), [((), True), (("--watch",), True), (("--no-watch",), False)])
def test_a_page_watches_its_folder_unless_told_not_to(folders, monkeypatch, option, watched):
    served_with = {}
    monkeypatch.setattr("qa.web.serve", lambda _folders, **options: served_with.update(options))
    with pytest.raises(SystemExit):
        main(["serve", str(folders[0]), *option])
    assert served_with["watch"] is watched
