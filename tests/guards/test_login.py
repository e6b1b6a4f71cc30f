"""One suite, every framework: the login that `require` asks for, beyond scopes (RFC 9470)."""

from __future__ import annotations

import json

import pytest

from jwt_auth_asgi import BearerMiddleware, require
from jwt_auth_core import any_of
from tests.asgi.drive import bearer, get, respond, shake
from tests.guards.fetch import fetch

SURE = {"amr": {"pwd", "otp", "mfa"}, "acr": "aal2"}
CHALLENGED = (
    'Bearer realm="shop", error="insufficient_user_authentication", error_description="a login is needed that'
)


@pytest.fixture
def login(tokens):
    """Return what makes the header of a caller who logged in so many seconds ago."""

    def made(age, *, scopes=("reports:read",), **proof):
        when = None if age is None else int(tokens.now()) - age
        return bearer(tokens.issue(subject="42", scopes=scopes, auth_time=when, **(SURE | proof)))

    return made


def test_a_fresh_and_sure_login_passes(app, login):
    """The endpoint answers."""
    assert fetch(app, "/fresh", login(200)).status_code == 200


@pytest.mark.parametrize("age", [400, None])
def test_an_old_login_is_refused(app, login, age):
    """401, and the challenge says how old it may be; one that does not say counts as old."""
    refused = fetch(app, "/fresh", login(age))
    challenge = refused.headers["www-authenticate"]
    assert refused.status_code == 401
    assert challenge == f'{CHALLENGED} is at most 300 seconds old", max_age="300"'


def test_every_framework_answers_with_the_problem_document(app, login):
    """What is asked for stands in it, for clients that read no headers."""
    refused = fetch(app, "/fresh", login(400, amr={"pwd"}))
    assert refused.headers["content-type"] == "application/problem+json"
    told = refused.json()
    assert (told["status"], told["code"]) == (401, "insufficient_user_authentication")
    assert (told["max_age"], told["acr_values"], told["amr"]) == (300, "aal2", ["otp"])


@pytest.mark.parametrize("path", ["/me", "/reports", "/sync", "/class"])
def test_so_is_whoever_has_no_token_or_scope(app, login, path):
    """With the code of the refusal, in functions of both kinds and in classes."""
    for headers, code in (((), "not_authenticated"), ((login(9, scopes=()),), "insufficient_scope")):
        refused = fetch(app, path, *headers)
        if refused.status_code == 200:
            assert (path, headers != ()) == ("/me", True)
            continue
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == code


def test_a_missing_method_is_refused(app, login):
    """401, and the challenge asks for the level above, for a method has no parameter of its own."""
    refused = fetch(app, "/fresh", login(9, amr={"pwd"}, acr="aal1"))
    asked = 'is at most 300 seconds old and by otp and of level aal2", acr_values="aal2", max_age="300"'
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == f"{CHALLENGED} {asked}"


def test_the_scope_is_asked_for_first(app, login):
    """Whoever may not is not sent to log in again for nothing."""
    assert fetch(app, "/fresh", login(400, scopes=())).status_code == 403
    assert fetch(app, "/fresh").headers["www-authenticate"] == 'Bearer realm="shop"'


def test_a_websocket_is_refused_before_it_is_accepted(chat, login):
    """As by every other 401."""
    assert shake(chat, "/fresh-ws", login(200))[0]["type"] == "websocket.accept"
    kinds = [message["type"] for message in shake(chat, "/fresh-ws", login(400))]
    assert "websocket.accept" not in kinds
    assert kinds


def test_the_problem_names_itself(tokens, login):
    """What is asked for stands in the document, too, for clients that read no headers."""
    guarded = require(max_age=60, amr={"otp"})(respond)
    answer = get(BearerMiddleware(guarded, tokens), "/", login(90, amr={"pwd"}))
    members = json.loads(answer.body)
    assert members["code"] == "insufficient_user_authentication"
    assert (members["max_age"], members["acr_values"], members["amr"]) == (60, "aal2", ["otp"])


@pytest.mark.parametrize("held", ["aal1", "aal2", None])
def test_level_two_covers_level_one(tokens, login, held):
    """And nothing covers it where a token does not say."""
    guarded = BearerMiddleware(require(acr="aal1")(respond), tokens)
    answer = get(guarded, "/", login(9, acr=held))
    assert answer.status == (401 if held is None else 200)


def test_the_time_is_that_of_the_tokens(tokens, login):
    """Whatever verifies them, alone or among others, has the clock."""
    guarded = require(max_age=300)(respond)
    for auth in (tokens, any_of(tokens)):
        assert get(BearerMiddleware(guarded, auth), "/", login(200)).status == 200
        assert get(BearerMiddleware(guarded, auth), "/", login(301)).status == 401


@pytest.mark.parametrize(
    ("wrong", "error"), [({"max_age": 0}, ValueError), ({"amr": "otp"}, TypeError), ({"acr": ""}, ValueError)]
)
def test_what_cannot_be_asked_is_refused_when_it_is_written(wrong, error):
    """Not at the first request."""
    with pytest.raises(error):
        require(**wrong)
