"""The examples that serve, asked in this process; none of them needs a server or the internet."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.asgi.drive import shake
from tests.auth_app.suite.client import PASSWORD, Client

ORIGIN = "http://127.0.0.1:8000"
TOPICS = ["algebra", "geometry", "logic"]


@pytest.fixture
def fastapi_app(example):
    """Return a client of the documented application where Ada is registered."""
    client = Client(example("fastapi_app").app, origin=ORIGIN)
    assert client.register().status_code == 201
    return client


def bearer(token):
    """Return the header that carries an access token."""
    return {"authorization": f"Bearer {token}"}


def test_fastapi_app_tells_its_users_the_topics(fastapi_app):
    """Who has logged in reads them."""
    token = fastapi_app.login().json()["access_token"]
    assert fastapi_app.get("/questions/topics", headers=bearer(token)).json() == {"topics": TOPICS}


def test_fastapi_app_tells_nobody_else(fastapi_app):
    """Without a token the answer challenges."""
    answer = fastapi_app.get("/questions/topics")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="jwt-auth"')


def test_fastapi_app_refreshes_with_an_expired_token_along(fastapi_app):
    """A client may send its old access token with the cookie; only the cookie counts."""
    fastapi_app.login()
    assert fastapi_app.refresh(headers=bearer("x.y.z")).status_code == 200
    assert fastapi_app.logout(headers=bearer("x.y.z")).json() == {"status": "logged out"}


@pytest.mark.usefixtures("fastapi_app")
def test_fastapi_app_keeps_what_it_needs_in_var():
    """The database and the development key lie in ./var, the key for its owner only."""
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in Path("var").iterdir()}
    assert modes["development-key"] == 0o600
    assert "jwt-auth.sqlite3" in modes


def test_starlette_app_guards_its_routes(example):
    """Public, for users, and for a scope that was granted."""
    module = example("starlette_app")
    client = Client(module.app, origin=ORIGIN)
    user_id = client.register().json()["user_id"]
    headers = bearer(client.login().json()["access_token"])
    assert client.get("/").text == "hello stranger\n"
    assert client.get("/questions/topics").status_code == 401
    assert client.get("/questions/topics", headers=headers).json() == {"topics": TOPICS, "for": user_id}
    assert client.send("DELETE", "/questions/topics", headers=headers).status_code == 403
    writer = bearer(module.auth.tokens.issue(subject=user_id, scopes={"topics:write"}))
    assert client.send("DELETE", "/questions/topics", headers=writer).json() == {"closed by": user_id}


@pytest.mark.parametrize("name", ["fastapi_app", "starlette_app", "websocket"])
def test_clients_of_oauth_find_the_metadata(example, name):
    """At the root of the host, where RFC 8414 has them look."""
    client = Client(example(name).app, origin=ORIGIN)
    told = client.get("/.well-known/oauth-authorization-server/auth").json()
    assert (told["issuer"], told["token_endpoint"]) == (f"{ORIGIN}/auth", f"{ORIGIN}/auth/token")


def test_any_asgi_greets_by_name(example):
    """A bare callable knows its caller; one path is open, the rest is not."""
    module = example("any_asgi")
    client = Client(module.app, origin=ORIGIN)
    assert client.get("/", headers=bearer(module.tokens.issue(subject="ada"))).text == "hello ada\n"
    assert client.get("/health").text == "hello whoever you are\n"
    assert client.get("/").status_code == 401


@pytest.mark.limited
def test_own_limits_are_held(example, monkeypatch):
    """By address, by user, of a mounted application, of a websocket."""
    monkeypatch.setenv("LIMITS", "on")
    module = example("own_limits")
    client = Client(module.app, origin=ORIGIN)
    client.register()
    headers = bearer(client.login().json()["access_token"])
    assert [client.get("/search?word=x").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [client.get("/reports", headers=headers).status_code for _ in range(3)] == [200, 200, 429]
    assert [client.get("/downloads/x").status_code for _ in range(3)] == [200, 200, 429]
    assert [len(shake(module.app, "/talk")) for _ in range(2)] == [3, 2]  # accept, hello and close; a refusal


def test_a_fresh_login_is_asked_for(example):
    """Whoever logged in long ago reads, and publishes once the password was typed again."""
    module = example("fresh_login")
    client = Client(module.app, origin=ORIGIN)
    user_id = client.register().json()["user_id"]
    client.login()
    (session,) = module.auth.list_sessions(user_id)
    old = module.auth.tokens.issue(subject=user_id, session_id=session.session_id, auth_time=1)
    assert client.get("/drafts", headers=bearer(old)).status_code == 200
    refused = client.post("/publish", headers=bearer(old))
    assert (refused.status_code, 'max_age="60"' in refused.headers["www-authenticate"]) == (401, True)
    fresh = client.post("/auth/reauthenticate", json={"password": PASSWORD}, headers=bearer(old)).json()
    published = client.post("/publish", headers=bearer(fresh["access_token"]))
    assert published.json()["published by"] == user_id
    assert client.get("/drafts", headers=bearer(old)).status_code == 401


def test_roles_and_policies_decide(example):
    """A role lets write, the policy lets edit one's own, and an editor anybody's."""
    module = example("roles_and_policies")

    def becomes(address, role):
        client = Client(module.app, origin=ORIGIN)
        client.register(email=address)
        module.auth.roles.grant(module.auth.end_user.find(address).user_id, role)
        token = client.login(email=address).json()["access_token"]
        return lambda method, path: client.send(method, path, headers=bearer(token))

    ada, eve = becomes("ada@example.com", "author"), becomes("eve@example.com", "author")
    assert ada("POST", "/posts?text=hello").json() == {"post": 1}
    edit = "PUT", "/posts/1?text=good+bye"
    assert ada(*edit).json() == {"text": "good bye"}
    refused = eve(*edit)
    assert (refused.status_code, refused.json()["detail"]) == (403, "refused by the policy 'edit_post'")
    assert becomes("eve@example.com", "editor")(*edit).status_code == 200
    assert ada("PUT", "/posts/2?text=x").status_code == 404


def test_hooks_have_a_say(example):
    """Strangers may not register, and a token says the plan of its user."""
    client = Client(example("hooks").app, origin=ORIGIN)
    refused = client.register(email="eve@example.org")
    assert (refused.status_code, refused.json()["reason"]) == (403, "not_invited")
    assert client.register().status_code == 201
    token = client.login().json()["access_token"]
    assert client.get("/plan", headers=bearer(token)).json() == {"plan": "pro"}
