"""Passwords and the files they are kept in."""

import hashlib
import stat

import pytest

from qa.web.access.errors import AccessError
from qa.web.access.logins import logins_from_file, logins_from_pairs, merged, stored_login
from qa.web.access.passwords import Hashed, hashed, matches, parsed

# RFC 7914, section 12: scrypt(P="pleaseletmein", S="SodiumChloride", N=16384, r=8, p=1, dkLen=64)
KNOWN = bytes.fromhex(
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
)


def test_a_hash_is_the_scrypt_of_the_rfc():
    kept = Hashed(16384, 8, 1, b"SodiumChloride", KNOWN)
    assert matches("pleaseletmein", kept)
    assert not matches("pleaseletmeIn", kept)


def test_a_hash_survives_being_written_down_and_differs_each_time():
    one, other = hashed("correct horse"), hashed("correct horse")
    assert parsed(str(one)) == one
    assert one.salt != other.salt
    assert one.digest != other.digest
    assert "correct" not in str(one)
    assert matches("correct horse", parsed(str(other)))


def test_an_accent_is_the_same_however_it_is_typed():
    assert matches("cafe\u0301 noir", hashed("caf\u00e9 noir"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "correct horse",
        "scrypt$32768$8$3$abc",
        "bcrypt$32768$8$3$aaaaaaaaaaaaaaaaaaaaaa==$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "scrypt$32767$8$3$aaaaaaaaaaaaaaaaaaaaaa==$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "scrypt$1048576$8$64$aaaaaaaaaaaaaaaaaaaaaa==$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "scrypt$99999999999$8$3$aaaaaaaaaaaaaaaaaaaaaa==$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "scrypt$32768$8$0$aaaaaaaaaaaaaaaaaaaaaa==$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "scrypt$32768$8$3$!!$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ],
)
def test_what_is_no_hash_or_would_stall_the_server_is_not_taken(text):
    with pytest.raises(ValueError):  # noqa: PT011 -- the caller names the line
        parsed(text)


def test_pairs_become_logins_and_their_passwords_are_not_told():
    logins = logins_from_pairs(["ann:correct:horse"], given_by="--auth")
    assert matches("correct:horse", logins["ann"])
    for wrong, expected in {
        "ann": "no colon",
        ":correct horse": "cannot be a name",
        "ann:secret": "at least 8",
        "a\nb:correct horse": "cannot be a name",
    }.items():
        with pytest.raises(AccessError, match=expected) as raised:
            logins_from_pairs([wrong], given_by="--auth")
        assert "secret" not in str(raised.value)


def test_a_login_file_is_written_whole_for_its_owner_and_read_back(tmp_path):
    file = tmp_path / "logins"
    assert not stored_login(file, "ann", hashed("correct horse"))
    assert not stored_login(file, "Jürgen", hashed("battery staple"))
    file.write_text("# people\n\n" + file.read_text("utf-8"), "utf-8")
    assert stored_login(file, "ann", hashed("another horse"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    logins = logins_from_file(file)
    assert set(logins) == {"ann", "Jürgen"}
    assert matches("another horse", logins["ann"])
    assert file.read_text("utf-8").startswith("# people\n")
    assert [path.name for path in tmp_path.iterdir()] == ["logins"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "holds no login"),
        (b"# nobody yet\n", "holds no login"),
        (b"ann:correct horse\n", r"line 1 is no login \(name:scrypt"),
        (b"\xff\xfe\n", "not UTF-8"),
    ],
)
def test_a_file_that_holds_no_logins_is_one_line(tmp_path, content, expected):
    file = tmp_path / "logins"
    file.write_bytes(content)
    with pytest.raises(AccessError, match=expected) as raised:
        logins_from_file(file)
    assert "\n" not in str(raised.value)
    assert "horse" not in str(raised.value)


def test_a_name_twice_is_not_guessed_at(tmp_path):
    file = tmp_path / "logins"
    stored_login(file, "ann", hashed("correct horse"))
    file.write_text(file.read_text() * 2)
    with pytest.raises(AccessError, match="line 2 names ann a second time"):
        logins_from_file(file)
    with pytest.raises(AccessError, match="ann is given a password in two places"):
        merged({"ann": hashed("one of them")}, {"ann": hashed("other one")})


def test_the_costs_written_down_are_those_used():
    kept = hashed("correct horse")
    again = hashlib.scrypt(b"correct horse", salt=kept.salt, n=kept.n, r=kept.r, p=kept.p, maxmem=2**27, dklen=32)
    assert again == kept.digest
    assert 128 * kept.n * kept.r == 32 * 1024 * 1024
