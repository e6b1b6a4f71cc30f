"""Tokens of other issuers, at the door: believed beside our own, and never taken for a local user's."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from jwt_auth_asgi import BearerMiddleware, create_app
from jwt_auth_core import AccessTokens, Client, any_of
from jwt_auth_fastapi import CurrentUser, auth_router
from tests.asgi.apps import bare, on_fastapi, on_starlette
from tests.asgi.drive import bearer, get, shake
from tests.auth_app.world import World
from tests.providers.signed import NOW, VECTORS, named

APPS = {"bare": bare.app, "starlette": on_starlette.app, "fastapi": on_fastapi.app}
KEYCLOAK = next(vector for vector in VECTORS if vector.profile == "keycloak")
ADA = {"email": "ada@example.com", "password": "a long and quiet river", "first_name": "A", "last_name": "B"}
ROUTES = [
    ("GET", "/auth/me"),
    ("GET", "/auth/sessions"),
    ("POST", "/auth/sessions/revoke-others"),
    ("POST", "/auth/logout-all"),
    ("POST", "/auth/ws-ticket"),
    ("POST", "/auth/password"),
    ("DELETE", "/auth/sessions/0123456789abcdef0123456789abcdef"),
]


def tokens(vector):
    """Return the verifier of a vector at the time of the tests."""
    return vector.tokens(clock=lambda: NOW)


@pytest.fixture
def world():
    """Return an `Auth` at the time of the vectors."""
    made = World(now=NOW)
    yield made
    made.close()


@pytest.fixture
def ada(world):
    """Return a local user's id."""
    return world.auth.register(world.auth.register.parse(ADA), Client()).user_id


@pytest.mark.parametrize("framework", APPS)
@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_a_provider_s_token_passes_on_http_and_websocket(vector, framework):
    """On bare ASGI, Starlette and FastAPI the application is told whose subject calls."""
    app = BearerMiddleware(APPS[framework], tokens(vector))
    token = vector.token()
    assert get(app, "/whoami", bearer(token)).json["identity"] == vector.expect["subject"]
    sent = shake(app, "/ws", bearer(token))
    assert sent[0]["type"] == "websocket.accept"


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_a_wrong_one_passes_on_neither(vector):
    """The same policy at both doors, and one answer that gives no reason away."""
    app = BearerMiddleware(bare.app, tokens(vector))
    token = vector.token(iss="https://evil.example")
    refused = get(app, "/whoami", bearer(token))
    assert (refused.status, refused.json["detail"]) == (401, "Invalid access token")
    assert shake(app, "/ws", bearer(token))[0]["status"] == 401


async def test_the_user_says_whose_subject_it_is(world):
    """``issuer`` and ``roles`` stand beside identity and scopes; ours has no issuer here."""
    seen = []

    async def app(scope, _receive, _send):
        seen.append(scope["user"])

    wrapped = BearerMiddleware(app, any_of(world.auth, tokens(KEYCLOAK)))
    for token in (KEYCLOAK.token(), world.auth.tokens.issue(subject="42")):
        await wrapped({"type": "http", "path": "/", "headers": [bearer(token)]}, None, None)
    await wrapped({"type": "http", "path": "/", "headers": []}, None, None)
    assert [user.issuer for user in seen] == [KEYCLOAK.issuer, None, None]
    assert [user.roles for user in seen] == [["offline_access"], [], []]


def starlette(auth, believed):
    """Return the auth app behind a middleware that believes others, too."""
    return BearerMiddleware(Starlette(routes=[Mount("/auth", create_app(auth))]), believed)


def fastapi(auth, believed):
    """Return the router behind such a middleware."""
    app = FastAPI()
    app.include_router(auth_router(auth))

    @app.get("/who")
    async def who(user: CurrentUser):
        return {"id": user.identity, "issuer": user.issuer}

    return BearerMiddleware(app, believed)


def ask(app, method, path, token):
    """Send one request with a token."""

    async def send():
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://testserver"
        ) as client:
            return await client.request(method, path, headers={"Authorization": f"Bearer {token}"})

    return asyncio.run(send())


@pytest.mark.parametrize("build", [starlette, fastapi])
@pytest.mark.parametrize(
    "believes", [any_of, lambda _auth, foreign: foreign], ids=["any_of", "foreign alone"]
)
def test_a_foreign_token_is_never_a_local_user(world, ada, build, believes):
    """With a local user's id as its subject every route of ours answers 401 ``invalid_token``."""
    app = build(world.auth, believes(world.auth, tokens(KEYCLOAK)))
    for method, path in ROUTES:
        refused = ask(app, method, path, KEYCLOAK.token(sub=ada))
        assert (refused.status_code, refused.json()["code"]) == (401, "token_invalid"), path
        assert 'error="invalid_token"' in refused.headers["www-authenticate"]
    mapped = KEYCLOAK.tokens(clock=lambda: NOW, subject=lambda _claims: ada)
    refused = ask(build(world.auth, believes(world.auth, mapped)), "GET", "/auth/me", KEYCLOAK.token())
    assert refused.status_code == 401


@pytest.mark.parametrize("build", [starlette, fastapi])
def test_our_own_token_still_opens_our_routes(world, ada, build):
    """Beside other issuers as alone."""
    app = build(world.auth, any_of(world.auth, tokens(KEYCLOAK)))
    answer = ask(app, "GET", "/auth/me", world.auth.tokens.issue(subject=ada))
    assert (answer.status_code, answer.json()["user_id"]) == (200, ada)
    assert ask(app, "POST", "/auth/logout", "expired").status_code == 200  # exempt as ever


def test_the_application_s_own_routes_see_both(world, ada):
    """What the application guards is open to every issuer that it believes."""
    app = fastapi(world.auth, any_of(world.auth, tokens(KEYCLOAK)))
    assert ask(app, "GET", "/who", KEYCLOAK.token(sub=ada)).json() == {"id": ada, "issuer": KEYCLOAK.issuer}


@pytest.mark.parametrize("check", ["feed", "always"])
def test_revocations_are_about_our_own_tokens(world, ada, check):
    """Ending all of a local user's sessions ends no foreign token with the same subject and session."""
    app = BearerMiddleware(bare.app, any_of(world.auth, tokens(KEYCLOAK)), check=check)
    mine = world.auth.tokens.issue(subject=ada, session_id="0" * 32)
    world.now += 1
    world.auth.end_user.disable(ada)
    world.auth.revocations.start()
    assert get(app, "/whoami", bearer(mine)).status == 401
    assert get(app, "/whoami", bearer(KEYCLOAK.token(sub=ada, sid="0" * 32))).status == 200


def test_a_check_needs_an_auth_among_the_parts():
    """Without one nobody knows sessions."""
    with pytest.raises(TypeError, match="needs an Auth"):
        BearerMiddleware(bare.app, any_of(tokens(KEYCLOAK)), check="always")


def test_the_reason_is_for_the_log_alone(caplog):
    """``explain=True`` says why, and what to try; the client hears as little as ever."""
    caplog.set_level(logging.WARNING)
    strict = AccessTokens(KEYCLOAK.tokens().keys, issuer=KEYCLOAK.issuer, audience="api", clock=lambda: NOW)
    app = BearerMiddleware(bare.app, strict, explain=True)
    token = KEYCLOAK.token()
    assert get(app, "/whoami", bearer(token)).json["detail"] == "Invalid access token"
    hint = "its typ is JWT, its alg RS256; the issuer looks like keycloak: profile='keycloak'"
    said = f"invalid access token: it is not an access token: its header's typ is not at+jwt ({hint})"
    assert caplog.messages == [said]
    shake(app, "/ws", offered=f"bearer, {token}")
    get(app, "/whoami", (b"authorization", b"Bearer x y"))
    assert caplog.messages[1:] == [said, "malformed Authorization header"] or len(caplog.messages) == 3
    assert not any(part in caplog.text for part in token.split("."))


def refusal_logged(caplog, **more):
    """Return what is logged of a refused token; without ``explain``, unless it is given."""
    get(BearerMiddleware(bare.app, tokens(KEYCLOAK), **more), "/whoami", bearer(KEYCLOAK.token(aud="x")))
    return caplog.messages


def test_who_asks_for_the_reason_sees_it(caplog):
    """A process that set up no logging shows warnings, and nothing below them."""
    caplog.set_level(logging.INFO, "jwt_auth.bearer")
    refusal_logged(caplog)
    refusal_logged(caplog, explain=True)
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]


def test_a_profile_that_is_used_is_no_remedy(world, caplog):
    """Who names it already is told the reason alone; among several issuers it is that of the token's."""
    caplog.set_level(logging.WARNING)
    for believed in (tokens(KEYCLOAK), any_of(world.auth, tokens(KEYCLOAK))):
        app = BearerMiddleware(bare.app, believed, explain=True)
        get(app, "/whoami", bearer(KEYCLOAK.token(aud="x")))
    reason = "invalid access token: it is not for this audience (aud) (its typ is JWT, its alg RS256; "
    mapper = "at keycloak the client needs an audience mapper)"
    assert caplog.messages == [reason + mapper] * 2


def test_a_profile_that_nobody_used_is_a_remedy(world, caplog):
    """Another realm's token is judged by the part without a name, or by none."""
    caplog.set_level(logging.WARNING)
    other = next(vector for vector in VECTORS if vector.profile == "auth0")
    for believed in (any_of(world.auth, tokens(KEYCLOAK)), any_of(tokens(other), tokens(KEYCLOAK))):
        app = BearerMiddleware(bare.app, believed, explain=True)
        get(app, "/whoami", bearer(KEYCLOAK.token(iss="https://b.example/realms/b")))
    assert len(caplog.messages) == 2
    assert all(said.endswith("looks like keycloak: profile='keycloak')") for said in caplog.messages)


@pytest.mark.parametrize("name", ["jwt_auth.bearer", "jwt_auth"])
def test_the_logger_at_info_says_as_much(caplog, name):
    """Who sets the package's own logger to INFO wants to know, and needs no argument for it."""
    caplog.set_level(logging.INFO, name)
    assert "it is not for this audience (aud)" in refusal_logged(caplog)[0]


@pytest.mark.parametrize("name", [None, "jwt_auth.bearer"])
def test_without_explain_nothing_is_said(caplog, name):
    """A refusal is daily bread: neither all loggers at INFO nor ours at WARNING makes a line of it."""
    caplog.set_level(logging.INFO if name is None else logging.WARNING, name)
    assert refusal_logged(caplog) == []


def test_a_websocket_is_renewed_by_its_own_issuer(world):
    """The same subject and session at another issuer is another party."""
    from jwt_auth_asgi.websockets.connections import _party  # noqa: PLC0415

    both = any_of(world.auth, tokens(KEYCLOAK))
    claims = both.verify(KEYCLOAK.token(sub="42", sid="s"))
    from jwt_auth_asgi.identity.identity import AuthenticatedUser  # noqa: PLC0415

    ours = replace(claims, issuer=None)
    assert _party(AuthenticatedUser(claims)) != _party(AuthenticatedUser(ours))
