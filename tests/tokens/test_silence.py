"""No error, repr or traceback shows a token, its claims or a key (JWT-16)."""

from __future__ import annotations

import inspect
import secrets
import traceback

import pytest

from jwt_auth_core.errors import TokenError, TokenExpiredError
from jwt_auth_core.keys import Hs256Key, KeyRing
from jwt_auth_core.tokens import AccessTokens, access
from tests.tokens.forge import KEY, NOW, RING, claims, forged


def frames(error):
    """Return all that a crash reporter could collect of an error, our own variables included."""
    inner = error.__traceback__.tb_next  # the first frame is the test's, which has the token
    with_variables = traceback.StackSummary.extract(traceback.walk_tb(inner), capture_locals=True)
    chain = [error, error.__context__, error.__cause__, *error.args, vars(error)]
    return "".join([*with_variables.format(), *traceback.format_exception(error), repr(chain)])


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW - 1},
        {"scope": "a  b"},
        {"aud": "somebody"},
        {"iat": "never"},
        {"sid": ["the-private-session"]},
        {"nbf": NOW + 4000},
        {"x": float("nan")},
        {"x": "\ud800"},
    ],
    ids=repr,
)
def test_errors_are_silent(changes):
    """No error, nor a frame of its traceback, shows token, claims or key."""  # JWT-16
    private = "f0e1d2c3-private-subject"
    token = forged(claims(sub=private, **changes))
    tokens = AccessTokens(RING)
    for given_token in (token, token.encode(), token[:-1], token[:60] + "!" + token[60:], "x" + token):
        with pytest.raises(TokenError) as caught:
            tokens.verify(given_token, now=NOW)
        found = frames(caught.value)
        assert caught.value.__context__ is caught.value.__cause__ is None
        assert "verifier.py" in found
        hidden = (private, token[:30], *token.split("."), "the-private-session")
        assert not any(part in found for part in hidden)


def test_an_error_after_a_remembered_token_is_silent():
    """The claims of a token that expired since do not show either."""  # JWT-16
    tokens, private = AccessTokens(RING), "f0e1d2c3-private"
    token = forged(claims(sub=private))
    tokens.verify(token, now=NOW)
    with pytest.raises(TokenExpiredError) as caught:
        tokens.verify(token, now=NOW + 900)
    assert private not in frames(caught.value)


def test_nothing_shows_a_key_or_a_token():
    """The repr of the verifier has the names of keys, nothing secret and nothing remembered."""  # JWT-16
    secret = secrets.token_urlsafe(48)
    tokens = AccessTokens(KeyRing.from_secret(secret), issuer="https://issuer.example")
    token = tokens.issue(subject="f0e1d2c3-private")
    tokens.verify(token)
    assert repr(tokens) == f"AccessTokens(KeyRing([{Hs256Key(secret)!r}]), ttl_seconds=900)"
    assert not any(part in repr(tokens) for part in (secret, token, "private"))


def test_no_equality_of_octets_in_the_verifier():
    """No module of keys and tokens compares signatures with ``==``."""  # JWT-17
    for module in (access, inspect.getmodule(Hs256Key)):
        lines = [line for line in inspect.getsource(module).splitlines() if "==" in line]
        assert not [line for line in lines if "signature" in line or "digest" in line]
    assert "compare_digest" in inspect.getsource(type(KEY).verify)
