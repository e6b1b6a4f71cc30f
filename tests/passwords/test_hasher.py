"""Passwords: set, check, refuse in equal time, upgrade."""

import json
import logging
import unicodedata
from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.passwords import PasswordHasher, PasswordPolicy, Passwords, Profile
from jwt_auth_core.vocabulary import Secret
from tests.cheap import cheap_hasher, cheap_passwords

UNUSABLE_FILE = Path(__file__).parents[1] / "vectors" / "unusable_hashes.json"
UNUSABLE = json.loads(UNUSABLE_FILE.read_text("utf-8"))["cases"]
PASSWORDS = cheap_passwords()
HARD = [
    "correct horse battery",
    " leading and trailing ",
    "a\0b",
    "tab\tand\nnewline\x1b[31m",
    "🔑🐎🔋📎",
    "пароль, κωδικός, 密码",
    "x" * 1024,
    "𝔘" * 1024,
]


@pytest.mark.parametrize("text", HARD, ids=[ascii(text[:20]) for text in HARD])
def test_any_text_is_a_password(text):
    """Spaces, control characters, NUL and emoji are hashed as they are."""  # PW-04, PW-05
    assert PASSWORDS.verify(Secret(text), PASSWORDS.hash(Secret(text)))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("a\0b", "a\0c"),
        ("a\0b", "a"),
        ("x" * 72 + "a", "x" * 72 + "b"),
        ("é" * 36 + "a", "é" * 36 + "b"),
        (" password", "password"),
        ("password ", "password"),
        ("password\n", "password"),
        ("Password", "password"),
        ("ﬁsh", "fish"),
        ("x" * 1024, "x" * 1023),
    ],
)
def test_every_character_counts(text, other):
    """Nothing is cut, trimmed, lowered or folded."""  # PW-04, PW-05
    assert not PASSWORDS.verify(Secret(other), PASSWORDS.hash(Secret(text)))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_the_normal_forms_are_one_password(text):
    """Set in one normal form, checked in the other: the same password."""  # PW-04
    composed, decomposed = (Secret(unicodedata.normalize(form, text)) for form in ("NFC", "NFD"))
    assert PASSWORDS.verify(decomposed, PASSWORDS.hash(composed))
    assert PASSWORDS.verify(composed, PASSWORDS.hash(decomposed))


def test_the_limit_holds_after_normalising():
    """A password of the longest kind is checked in its decomposed form too."""  # PW-02, PW-04
    composed = "\u1f82" * 1024  # four code points each in NFD
    decomposed = unicodedata.normalize("NFD", composed)
    assert len(decomposed) == 4096
    assert PASSWORDS.verify(Secret(decomposed), PASSWORDS.hash(Secret(composed)))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 1025, "too_long"),
        ("x" * 5_000_000, "too_long"),
        ("\ud800", "not_unicode"),
        ("a\udfffb", "not_unicode"),
    ],
    ids=["1025", "5 MB", "high", "low"],
)
def test_what_cannot_be_hashed_is_an_input_error(text, code):
    """Over the limit, or with a lone surrogate: a field error, no hash."""  # PW-02, PW-05
    with pytest.raises(InvalidInputError) as caught:
        PASSWORDS.hash(Secret(text))
    (error,) = caught.value.errors
    assert (error.field, error.code) == ("password", code)


@pytest.mark.parametrize(
    "password",
    ["wrong", "", "x" * 1025, "x" * 5_000_000, "\ud800"],
    ids=["wrong", "empty", "1025", "5 MB", "surrogate"],
)
@pytest.mark.parametrize("user", ["known", "unknown", "damaged"])
def test_every_refusal_costs_one_hash(user, password, argon2_calls):
    """No such user, wrong, unhashable, damaged row: False after one real Argon2 each."""
    # ENUM-1, PW-02, PW-05
    passwords = cheap_passwords()
    stored = {"known": passwords.hash(Secret("right")), "unknown": None, "damaged": "damaged"}[user]
    argon2_calls.clear()
    assert passwords.verify(Secret(password), stored) is False
    assert len(argon2_calls) == 1


def test_a_login_costs_one_hash(argon2_calls):
    """The right password takes one real Argon2 as well."""  # ENUM-1
    passwords = cheap_passwords()
    stored = passwords.hash(Secret("right"))
    argon2_calls.clear()
    assert passwords.verify(Secret("right"), stored) is True
    assert argon2_calls == ["core"]


@pytest.mark.parametrize("stored", UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_hash_is_a_wrong_password(stored, argon2_calls, caplog):
    """The login fails after one real hash; one warning says so, without the stored text."""
    # PW-07, PW-08, LOG-1
    assert cheap_passwords().verify(Secret("password"), stored) is False
    assert argon2_calls == ["core"]
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("jwt_auth.passwords", logging.WARNING)
    assert stored[12:] not in record.getMessage() or not stored[12:]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bcrypt of cost 31", "bcrypt, malformed or over the cost limits"),
        ("2 GiB in 10 passes", "Argon2, malformed or over the cost limits"),
        ("PBKDF2 of MD5", "PBKDF2, malformed or over the cost limits"),
        ("SHA-512 crypt", "SHA-512 crypt"),
        ("a plain password", "unknown kind"),
    ],
)
def test_the_warning_names_the_kind(name, kind, caplog):
    """Whoever adopts a database reads which algorithm its rows are of."""  # PW-08
    cheap_passwords().verify(Secret("password"), UNUSABLE[name])
    assert caplog.messages == [f"a stored password hash cannot be used ({kind}); that login fails"]


def test_an_unknown_user_is_no_warning(caplog):
    """Only a damaged row is worth a line in the log."""
    cheap_passwords().verify(Secret("password"), None)
    assert caplog.records == []


@pytest.mark.parametrize("cost", [(16, 1), (8, 2), (16, 1, 2)])
def test_a_changed_cost_upgrades(cost):
    """After the cost was raised the first login gives a hash with it; after it was lowered, none does."""
    # PW-09
    after, before = (Passwords(cheap_hasher(p), PasswordPolicy()) for p in (Profile(*cost), Profile(8, 1)))
    upgraded = after.upgrade(Secret("password"), before.hash(Secret("password")))
    assert upgraded is not None
    assert after.verify(Secret("password"), upgraded)
    assert after.upgrade(Secret("password"), upgraded) is None
    assert before.upgrade(Secret("password"), upgraded) is None


def test_an_upgrade_keeps_the_normal_form():
    """The new hash is of the same spelling as the old one."""  # PW-04, PW-09
    dearer = Passwords(cheap_hasher(Profile(16, 1)), PasswordPolicy())
    outdated = PASSWORDS.hash(Secret("caf\u00e9 cr\u00e8me"))
    upgraded = dearer.upgrade(Secret("cafe\u0301 cre\u0300me"), outdated)
    assert PASSWORDS.verify(Secret("caf\u00e9 cr\u00e8me"), upgraded)


@pytest.mark.parametrize("stored", UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_hash_is_never_upgraded(stored):
    """What was not verified is not replaced."""  # PW-09
    assert PASSWORDS.upgrade(Secret("password"), stored) is None


def test_problems_are_those_of_the_policy():
    """The policy that was bound is asked, with the context."""
    nist = cheap_passwords(PasswordPolicy.nist())
    assert [e.code for e in nist.problems(Secret("not fifteen"))] == ["too_short"]
    assert [e.code for e in nist.problems(Secret("ada-lovelace-1815"), context=["Ada Lovelace 1815"])] == [
        "too_personal"
    ]


def test_closing_has_the_hasher_give_its_memory_back():
    """Nothing stays idle; a login that comes later still hashes."""
    hasher = cheap_hasher()
    passwords = Passwords(hasher, PasswordPolicy.default())
    stored = passwords.hash(Secret("a long and quiet river"))
    passwords.close()
    assert hasher.workspaces.idle == ()
    assert passwords.verify(Secret("a long and quiet river"), stored)


def test_a_hasher_that_keeps_nothing_need_not_close():
    """A hasher of the application's own may have no `close`."""
    Passwords(Mock(spec=PasswordHasher), PasswordPolicy.default()).close()
