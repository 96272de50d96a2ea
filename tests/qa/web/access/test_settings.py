"""Who may ask, as the command line says it; what cannot be is one line."""

import pytest

from qa.cli import main
from qa.web.access import AccessError, access_from
from qa.web.access.logins import stored_login
from qa.web.access.passwords import hashed, matches


@pytest.fixture(autouse=True)
def no_login_of_ours(monkeypatch):
    monkeypatch.delenv("FOOTNOTE_AUTH", raising=False)


def test_this_machine_needs_no_password():
    access = access_from()
    assert (access.host, dict(access.logins), access.root_path) == ("127.0.0.1", {}, "")
    assert not access.is_open_to_others
    assert access.warnings == ()
    assert access_from(host="localhost").host == "127.0.0.1"
    assert not access_from(host="::1").is_open_to_others


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "[2001:db8::1]"])
def test_an_address_that_others_reach_needs_one(host):
    with pytest.raises(AccessError, match="so it needs a password"):
        access_from(host=host)
    access = access_from(host=host, auth=["ann:correct horse"])
    assert access.is_open_to_others
    assert "TLS" in access.warnings[0]


def test_logins_come_from_options_environment_and_file_together(tmp_path, monkeypatch):
    stored_login(tmp_path / "logins", "ann", hashed("correct horse"))
    monkeypatch.setenv("FOOTNOTE_AUTH", "ben:battery staple\n")
    logins = access_from(auth=["cem:one more horse"], login_file=tmp_path / "logins").logins
    assert set(logins) == {"ann", "ben", "cem"}
    assert matches("battery staple", logins["ben"])


def test_names_of_a_proxy_are_answered_to_and_told_to_want_a_password():
    access = access_from(allow_hosts=["Docs.example.org"], trust_proxies=["10.0.0.0/24"], root_path="docs/")
    assert access.names >= {"docs.example.org", "localhost", "127.0.0.1"}
    assert access.root_path == "/docs"
    assert "whoever reaches the reverse proxy" in access.warnings[0]
    assert access_from(root_path="/docs", auth=["ann:correct horse"]).warnings == ()


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"host": "no such host"}, "--host no such host is no address"),
        ({"host": ""}, "--host  is no address"),
        ({"allow_hosts": ["http://example.org/"]}, "--allow-host"),
        ({"allow_hosts": ["*"]}, "--allow-host"),
        ({"trust_proxies": ["proxy"]}, "--trust-proxy proxy is no address"),
        ({"root_path": "/a b"}, "--root-path"),
        ({"root_path": "/../x"}, "--root-path"),
        ({"root_path": "/api"}, "Footnote itself uses"),
        ({"root_path": "https://example.org/docs"}, "--root-path"),
    ],
)
def test_what_cannot_be_is_one_line(wrong, expected):
    with pytest.raises(AccessError, match=expected) as raised:
        access_from(**wrong)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--host", "0.0.0.0"], "--host 0.0.0.0 lets other machines read your documents, so it needs a password"),
        (["--auth", "ann"], "--auth needs a name and a password, NAME:PASSWORD"),
        (["--login-file", "nowhere"], "the file of logins nowhere cannot be read"),
        (["--corpus", "elsewhere"], "named both with --corpus and without"),
    ],
)
def test_the_shell_says_it_in_one_line_and_ends(make_corpus, capsys, options, expected):
    folder = make_corpus({"a.txt": "Text."})
    with pytest.raises(SystemExit) as ended:
        main(["serve", str(folder), "--no-open", *options])
    told = capsys.readouterr()
    assert ended.value.code == 2
    assert told.err.startswith("footnote: ")
    assert expected in told.err
    assert told.err.count("\n") == 1
