"""Every kind of text that a user may hold, against every other kind: none is taken for another."""

from __future__ import annotations

import re
from itertools import permutations
from pathlib import Path

import pytest

import jwt_auth_core
from jwt_auth_core.api_keys.key_text import is_key, new_key
from jwt_auth_core.errors import AuthError, TokenInvalidError
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.one_time.code import Purpose
from jwt_auth_core.sessions.session import new_session_id
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.tokens.access import AccessTokens

KEY = "a key that only the tests of purposes know"
NAMES = (
    *("reset", "verify", "login", "email_confirm", "email_undo", "binding", "registration", "ticket"),
    *("challenge", "enrolment", "passkey_registration", "passkey_login"),
    *("oauth_state", "oauth_browser", "login_code", "browser_challenge", "browser_enrolment"),
)
ALL = {name: Purpose(name, ttl_seconds=60) for name in NAMES}


def test_these_are_all_purposes():
    """Whoever adds one writes it down here, and has it held against all others."""
    files = Path(jwt_auth_core.__file__).parent.rglob("*.py")
    found = [name for file in files for name in re.findall(r'= Purpose\("(\w+)"', file.read_text("utf-8"))]
    assert sorted(found) == sorted(NAMES)


@pytest.mark.parametrize(("door", "kind"), list(permutations(NAMES, 2)))
def test_a_text_of_one_purpose_is_none_of_another(door, kind):
    """Nor with the other's name in front: the name is part of the digest by which it is known."""
    # RST-1, OTP-5
    text = ALL[kind].new().reveal()
    with pytest.raises(TokenInvalidError):
        ALL[door].digest_of(text)
    renamed = ALL[door].prefix + text.removeprefix(ALL[kind].prefix)
    assert ALL[door].digest_of(renamed) != ALL[kind].digest_of(text)


@pytest.mark.parametrize("kind", NAMES)
def test_a_text_of_a_purpose_is_no_token_and_no_key(kind):
    """Neither an access token nor a refresh token nor an API key, and none of these is such a text."""
    tokens, refresh = AccessTokens(KeyRing.from_secret(KEY)), RefreshTokens([KEY.encode()])
    access, first = tokens.issue(subject="42"), refresh.first(new_session_id()).text.reveal()
    for other in (access, first, new_key().reveal()):
        with pytest.raises(TokenInvalidError):
            ALL[kind].digest_of(other)
    text = ALL[kind].new().reveal()
    for read in (tokens.verify, refresh.parse):
        with pytest.raises(AuthError):
            read(text)
    assert not is_key(text)
