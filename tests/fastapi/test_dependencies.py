"""CurrentUser, OptionalUser and require_scopes on http routes."""

from __future__ import annotations

import threading

import pytest
from fastapi import Depends, FastAPI

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_fastapi import CurrentUser, MissingMiddlewareError, require_scopes
from tests.asgi.drive import bearer, get, http_scope, request
from tests.asgi.trio_loop import run

REALM = 'Bearer realm="api"'


def test_a_route_receives_the_caller(app, token):
    """The user has what the token says: id, session and scopes."""
    answer = get(app, "/me", bearer(token))
    assert answer.json == {"id": "42", "session": "5e55", "scopes": ["topics:write"]}


def test_an_anonymous_caller_is_challenged(app):
    """Without credentials a route that needs a user answers 401, and names no error."""  # ASGI-06
    answer = get(app, "/me")
    assert (answer.status, answer.challenge) == (401, REALM)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json["detail"], answer.json["code"]) == ("Not authenticated", "not_authenticated")


def test_a_refusal_is_not_cached(app):
    """The answer to one caller is never another's."""  # ASGI-15
    headers = get(app, "/me").headers
    assert (headers["cache-control"], headers["vary"]) == ("no-store", "Authorization, Cookie")


def test_an_expired_token_never_reaches_the_route(app, tokens):
    """The middleware refuses it, with the documented words."""
    answer = get(app, "/maybe", bearer(tokens.issue(subject="42", now=1)))
    assert (answer.status, answer.json["detail"]) == (401, "Access token expired")


@pytest.mark.parametrize("with_token", [True, False])
def test_an_optional_user_may_be_nobody(app, token, with_token):
    """OptionalUser is the caller, or None."""
    headers = [bearer(token)] if with_token else []
    assert get(app, "/maybe", *headers).json == {"id": "42" if with_token else None}


def test_a_granted_scope_lets_in(app, token):
    """require_scopes hands over the caller who holds the scope."""
    assert get(app, "/write", bearer(token)).json == {"id": "42"}


def test_a_missing_scope_is_named(app, token):
    """Who holds one of two scopes gets 403 and reads which ones are needed."""  # ASGI-06
    answer = get(app, "/both", bearer(token))
    challenge = f'{REALM}, error="insufficient_scope", scope="topics:read topics:write"'
    assert (answer.status, answer.challenge) == (403, challenge)
    assert (answer.json["detail"], answer.json["code"]) == (
        "scope needed: topics:read topics:write",
        "insufficient_scope",
    )


def test_all_scopes_let_in(app, tokens):
    """Who holds every scope comes in, whatever else they hold."""
    token = tokens.issue(subject="42", scopes={"topics:read", "topics:write", "other"})
    assert get(app, "/both", bearer(token)).json == {"id": "42"}


def test_everybody_with_a_token_is_authenticated(tokens):
    """As with Starlette's `@requires`; the anonymous are asked for a token."""
    app = FastAPI(dependencies=[Depends(require_scopes("authenticated"))])
    app.get("/")(lambda: 1)
    wrapped = BearerMiddleware(app, tokens)
    assert get(wrapped, "/", bearer(tokens.issue(subject="42"))).status == 200
    assert get(wrapped, "/").status == 401


def test_scopes_need_a_user_first(app):
    """An anonymous caller is asked to authenticate, not told of scopes."""
    answer = get(app, "/write")
    assert (answer.status, answer.challenge) == (401, REALM)


@pytest.mark.parametrize("scopes", [(), ("",), ("topics:read", ""), ("topics:read topics:write",)])
def test_no_scope_is_a_slip(scopes):
    """A guard that guards nothing, or that nobody can pass, is refused when the route is declared."""
    with pytest.raises(ValueError, match="scope"):
        require_scopes(*scopes)


@pytest.mark.parametrize("path", ["/me", "/maybe", "/write"])
def test_a_missing_middleware_is_said_in_one_sentence(bare, path):
    """The developer reads which line to add."""
    with pytest.raises(
        MissingMiddlewareError, match=r"add app\.add_middleware\(BearerMiddleware, auth=auth\)"
    ):
        get(bare, path)


def test_a_forged_scope_entry_is_no_user(bare):
    """What another middleware puts at scope["user"] is not taken for a verified caller."""  # ASGI-11
    with pytest.raises(MissingMiddlewareError):
        get(bare, "/me", user="42")


def test_the_user_costs_no_thread_and_no_second_verification(tokens):
    """The dependency runs where the event loop runs, and the token is verified once."""
    verified, threads = [], []

    class Counting(AccessTokens):
        def verify(self, token, *, now=None):
            verified.append(token)
            return super().verify(token, now=now)

    app = FastAPI()

    @app.get("/")
    async def root(user: CurrentUser) -> str:
        threads.append(threading.current_thread())
        return user.identity

    counting = Counting(tokens.keys, clock=lambda: 1_800_000_000)
    get(BearerMiddleware(app, counting), "/", bearer(tokens.issue(subject="42")))
    assert (len(verified), threads) == (1, [threading.main_thread()])


@pytest.mark.parametrize(("path", "status"), [("/me", 200), ("/maybe", 200), ("/write", 200), ("/both", 403)])
def test_trio_serves_them_too(app, token, path, status):
    """Behind access tokens nothing waits on asyncio, in no kind of route."""
    assert request(app, http_scope(path, [bearer(token)]), run=run).status == status
