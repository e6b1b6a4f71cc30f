"""Hashes of other systems: checked once, within limits, and replaced by one of ours."""

import importlib
import json
import logging
import sys
import time
import traceback
import unicodedata
from functools import cache
from pathlib import Path

import django
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.security import generate_password_hash

from jwt_auth_core.errors import MissingDriverError, OverloadedError
from jwt_auth_core.passwords import PasswordPolicy, Passwords, Profile
from jwt_auth_core.passwords.foreign.schemes import check_of
from jwt_auth_core.vocabulary import Secret
from tests.cheap import cheap_hasher, cheap_passwords

VECTORS = Path(__file__).parents[1] / "vectors"
CASES = json.loads((VECTORS / "foreign_hashes.json").read_text("utf-8"))["cases"]
UNUSABLE = json.loads((VECTORS / "unusable_hashes.json").read_text("utf-8"))["cases"]
PASSWORDS = cheap_passwords()
BCRYPT = next(case for case in CASES if case["stored"].startswith("$2y$"))
FIREBASE = next(case for case in CASES if case["stored"].startswith("$fbscrypt$"))
WERKZEUG = next(case for case in CASES if case["stored"].startswith("scrypt:"))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@cache
def django_hasher(name):
    """Return one of Django's own hashers."""
    # Once a process: as the applications need it that other tests serve.
    importlib.import_module("tests.asgi.apps.on_django")
    from django.contrib.auth import hashers  # noqa: PLC0415 - needs the settings above

    assert django.VERSION >= (5, 1)
    return getattr(hashers, name)()


def head(case):
    """Return how a case is called."""
    return f"{case['by']}: {case['stored'][:24]}"


@pytest.mark.parametrize("case", CASES, ids=head)
def test_what_others_made_is_checked(case):
    """The right password opens, another does not, at whatever system the hash was made."""
    assert PASSWORDS.verify(Secret(case["password"]), case["stored"])
    assert not PASSWORDS.verify(Secret("y" + case["password"]), case["stored"])


@pytest.mark.parametrize("case", CASES, ids=head)
def test_it_is_replaced_by_ours(case):
    """After that login a hash of Argon2id is to be stored, of the same password and in NFC."""  # PW-09
    upgraded = PASSWORDS.upgrade(Secret(case["password"]), case["stored"])
    assert upgraded.startswith("$argon2id$v=19$")
    assert PASSWORDS.verify(Secret(case["password"]), upgraded)


@pytest.mark.parametrize("case", CASES, ids=head)
def test_no_other_tag_opens(case):
    """Whatever character of the hash is another one, the password opens it no more."""  # PW-08
    stored = case["stored"]
    for place in {len(stored) - 3, len(stored) - 12, len(stored) // 2}:
        other = stored[:place] + ("B" if stored[place] != "B" else "C") + stored[place + 1 :]
        assert not PASSWORDS.verify(Secret(case["password"]), other)


@pytest.mark.parametrize("stored", UNUSABLE.values(), ids=UNUSABLE)
def test_what_is_malformed_or_too_dear_is_refused_at_once(stored):
    """No parameter of a stored hash has anything computed above the limits."""  # PW-07
    start = time.thread_time()
    assert check_of(stored) is None
    assert time.thread_time() - start < 0.05


@pytest.mark.parametrize(
    "stored",
    [
        BCRYPT["stored"].replace("$04$", "$15$"),
        "pbkdf2_sha256$3000000$salt$vTp/+LeQNC1sZOtBKW30EA3S9rRtiqIA9p459W1JXhA=",
        "scrypt:131072:8:1$salt$" + "0a" * 64,
        "$scrypt$ln=18,r=8,p=2$c29tZXNhbHQ$K0sMSGBSyDVh4WkSy7lC4mFEbEjN7o5g6OtVb3WkYcY",
        FIREBASE["stored"].replace("n=14", "n=18"),
    ],
)
def test_the_limits_themselves_are_computed(stored):
    """Costs that people have are within them."""  # PW-07
    assert check_of(stored) is not None


@given(st.text(max_size=80) | st.from_regex(r"(\$|scrypt|pbkdf2|bcrypt|[0-9a-z:=,$]){1,12}", fullmatch=True))
def test_any_text_is_read(stored):
    """Whatever stands in the column, reading it raises nothing."""  # PW-08
    check_of(stored)


@given(st.sampled_from(CASES), st.integers(0, 200), st.characters())
def test_any_edit_is_read(case, place, character):
    """One character of a hash may be anything."""  # PW-08
    stored = case["stored"]
    check_of(stored[:place] + character + stored[place + 1 :])


@settings(max_examples=10, deadline=None)
@given(TEXTS, st.sampled_from(["scrypt:256:8:1", "pbkdf2:sha256:2", "pbkdf2:sha512:2"]))
def test_werkzeug_itself_agrees(password, method):
    """What it makes of any password is checked here, as typed."""
    stored = generate_password_hash(password, method=method)
    assert PASSWORDS.verify(Secret(password), stored)
    assert not PASSWORDS.verify(Secret(password + "x"), stored)


@settings(max_examples=10, deadline=None)
@given(TEXTS, st.sampled_from(["PBKDF2PasswordHasher", "PBKDF2SHA1PasswordHasher"]))
def test_django_itself_agrees(password, name):
    """What it makes of any password is checked here, as typed."""
    stored = django_hasher(name).encode(password, "a-salt", iterations=2)
    assert PASSWORDS.verify(Secret(password), stored)
    assert not PASSWORDS.verify(Secret(password + "x"), stored)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_hash_of_what_was_typed_is_checked_so(form):
    """Others hash a decomposed form as it is typed; ours, which follows, opens by both."""  # PW-04
    typed = Secret(unicodedata.normalize("NFD", "café crème"))
    stored = generate_password_hash(unicodedata.normalize(form, "café crème"), method="scrypt:256:8:1")
    assert PASSWORDS.verify(typed, stored)
    assert PASSWORDS.verify(Secret("café crème"), PASSWORDS.upgrade(typed, stored))


def test_bcrypt_is_given_what_it_takes():
    """Who made the hash cut the password at 72 bytes; the hash that follows is of all of it."""  # PW-05
    long = next(case for case in CASES if case["password"] == "x" * 80)
    upgraded = PASSWORDS.upgrade(Secret("x" * 80), long["stored"])
    assert PASSWORDS.verify(Secret("x" * 72), long["stored"])
    assert not PASSWORDS.verify(Secret("x" * 72), upgraded)


def test_what_bcrypt_does_not_read_is_a_wrong_password():
    """A salt with unused bits that are set is a text in the column like another."""  # PW-08
    assert not PASSWORDS.verify(Secret("password"), "$2b$04$" + "/" * 53)


@pytest.fixture(
    params=[(BCRYPT, "bcrypt", "bcrypt"), (FIREBASE, "cryptography", "jwt")], ids=["bcrypt", "AES"]
)
def missing(request, monkeypatch):
    """Return a hash whose package is not installed, and the extra that brings it."""
    case, package, extra = request.param
    monkeypatch.delitem(sys.modules, f"jwt_auth_core.passwords.foreign.{package}", raising=False)
    monkeypatch.delattr(f"jwt_auth_core.passwords.foreign.{package}", raising=False)
    for name in [
        package,
        *(one for one in sys.modules if one.startswith(f"{package}.hazmat.primitives.ciphers")),
    ]:
        monkeypatch.setitem(sys.modules, name, None)
    return case, extra


def test_a_missing_package_is_named_in_the_log(missing, caplog, argon2_calls):
    """The login fails in the time of one hash, and the log says what to install."""
    case, extra = missing
    assert not cheap_passwords().verify(Secret(case["password"]), case["stored"])
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert f"pip install 'jwt-auth-asgi[{extra}]'" in record.message
    assert argon2_calls == ["core"]


def test_a_missing_package_is_named_before_any_login(missing):
    """To whoever brings such hashes along."""
    case, extra = missing
    with pytest.raises(MissingDriverError, match=rf"pip install 'jwt-auth-asgi\[{extra}\]'"):
        cheap_passwords().knows(case["stored"])


def test_what_can_be_checked_is_known():
    """Without a hash being made; nothing else is."""
    assert all(PASSWORDS.knows(case["stored"]) for case in CASES)
    assert PASSWORDS.knows(PASSWORDS.hash(Secret("correct horse battery staple")))
    assert not any(PASSWORDS.knows(stored) for stored in UNUSABLE.values())


def test_want_of_memory_is_overload(monkeypatch):
    """Where scrypt gets no memory the caller is told to come again; the error holds no password."""  # LOG-1
    monkeypatch.setattr("jwt_auth_core.passwords.foreign.scrypt.scrypt", no_memory)
    with pytest.raises(OverloadedError) as caught:
        PASSWORDS.verify(Secret("open sesame"), WERKZEUG["stored"])
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    assert caught.value.__context__ is None
    assert "open sesame" not in str([frame.locals for frame in frames])


def no_memory(*_args, **_options):
    """Be OpenSSL when it has not enough."""
    raise ValueError("memory limit exceeded")


def test_schemes_of_your_own():
    """Whoever knows a scheme that we do not gives `Passwords` what reads it."""
    plain = {"plain:open": lambda password: password == Secret("open")}
    passwords = Passwords(cheap_hasher(Profile(8, 1)), PasswordPolicy.default(), foreign=plain.get)
    assert passwords.verify(Secret("open"), "plain:open")
    assert not passwords.verify(Secret("shut"), "plain:open")
    assert passwords.upgrade(Secret("open"), "plain:open").startswith("$argon2id$")
