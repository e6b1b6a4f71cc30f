"""The routes of API keys, and what a key opens: the application behind the middleware, no account."""

from __future__ import annotations

import re

import pytest

from jwt_auth_asgi import require
from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core.api_keys.key_text import new_key
from tests.asgi.drive import bearer, get, shake
from tests.auth_app.suite.client import ADA, Client, fields, problem
from tests.auth_app.world import World, down, settings

TOMORROW = "2027-01-16T08:00:00Z"
ROUTES = [
    ("GET", "/auth/me"),
    ("GET", "/auth/sessions"),
    ("DELETE", f"/auth/sessions/{'0' * 32}"),
    ("POST", "/auth/sessions/revoke-others"),
    ("POST", "/auth/logout-all"),
    ("POST", "/auth/password"),
    ("POST", "/auth/reauthenticate"),
    ("POST", "/auth/ws-ticket"),
    ("GET", "/auth/api-keys"),
    ("POST", "/auth/api-keys"),
    ("DELETE", "/auth/api-keys/key_0"),
]


async def whoami(scope, receive, send):
    """Answer with what the scope says of the caller."""
    user = scope["user"]
    told = f"{user.kind} {user.identity} {' '.join(user.scopes)}"
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": told.encode()})


@pytest.fixture
def user_id(ada, world):  # noqa: ARG001 - where Ada is registered
    """Return Ada's id; she has scopes."""
    found = world.auth.end_user.find(ADA["email"]).user_id
    world.auth.end_user.set_scopes(found, ["reports:*", "topics:read"])
    return found


@pytest.fixture
def mine(ada, user_id):  # noqa: ARG001 - who has scopes by then
    """Return the header of Ada's access token."""
    return {"authorization": f"Bearer {ada.login().json()['access_token']}"}


@pytest.fixture
def make(ada, mine):
    """Return what makes a key of Ada's."""

    def made(**asked):
        answer = ada.post("/auth/api-keys", json={"name": "build", **asked}, headers=mine)
        assert answer.status_code == 201
        return answer.json()

    return made


@pytest.fixture
def app(world):
    """Return an application behind the middleware."""
    return BearerMiddleware(whoami, world.auth)


def status(app, key):
    """Return with what a request with a key is answered."""
    return get(app, "/", bearer(key)).status


def test_a_key_is_shown_once(ada, mine, make):
    """The list has all of it but the key."""
    made = make(scopes=["reports:read"], expires_in_days=1)
    assert re.fullmatch("jak_[0-9A-Za-z]{36}", made.pop("key"))
    assert re.fullmatch("key_[0-9a-f]{24}", made["id"])
    assert (made["name"], made["scopes"], made["expires_at"]) == ("build", ["reports:read"], TOMORROW)
    (listed,) = ada.get("/auth/api-keys", headers=mine).json()["api_keys"]
    assert listed == {**made, "last_used_at": None}


def test_without_wishes_it_has_all_scopes_and_no_end(make):
    """Those that the caller has now."""
    made = make()
    assert (made["scopes"], made["expires_at"]) == (["reports:*", "topics:read"], None)


def test_a_key_opens_the_application(make, app, user_id):
    """As its owner, with its scopes; whoever asks learns that it is a key."""
    answer = get(app, "/", bearer(make(scopes=["reports:read"])["key"]))
    assert (answer.status, answer.body.decode()) == (200, f"api_key {user_id} reports:read")


def test_a_key_opens_a_websocket(make, app):
    """By the header; what it is told of the caller is the same."""
    (accepted,) = shake(app, "/", bearer(make()["key"]))
    assert accepted["type"] == "websocket.accept"


def test_guards_and_rules_ask_a_key_for_scopes(make, world):
    """As they ask a token; a rule of the middleware as well."""
    guarded = BearerMiddleware(require("reports:write")(whoami), world.auth)
    ruled = BearerMiddleware(whoami, world.auth, rules=[("/", "reports:write")])
    narrow, wide = make(scopes=["reports:read"])["key"], make(scopes=["reports:*"])["key"]
    for one in (guarded, ruled):
        assert (status(one, narrow), status(one, wide)) == (403, 200)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_header_is_read_as_that_of_a_token(make, app, scheme):
    """Whatever the spelling of the scheme, and with what servers leave around it."""
    key = make()["key"]
    assert get(app, "/", bearer(f"{key} ", scheme)).status == 200
    assert get(app, "/", (b"authorization", f" {scheme} {key}".encode())).status == 200


def test_what_looks_like_a_key_and_is_none_is_refused(make, app):
    """Also on a page that is open to everybody: nobody is silently anonymous."""  # ASGI-07
    key = make()["key"]
    for wrong in (new_key().reveal(), key[:-1], key + "0", f"jak_{'0' * 36}", "jak_"):
        answer = get(app, "/", bearer(wrong))
        assert (answer.status, answer.json["code"]) == (401, "token_invalid")
        assert 'error="invalid_token"' in answer.challenge
    for text, expected in ((f"{key} {key}", 401), (f" {key}", 401), (f"{key},", 400)):
        assert status(app, text) == expected
    assert get(app, "/", bearer(key), bearer(key)).status == 400


def test_another_scheme_is_the_applications_own(make, app):
    """Even where a key stands in it."""
    assert get(app, "/", bearer(make()["key"], "Custom")).body == b"None  "


def test_a_refused_websocket_is_never_accepted(app):
    """It is answered like a request, where the server can."""  # ASGI-02
    sent = shake(app, "/", bearer(new_key().reveal()))
    assert sent[0]["type"] == "websocket.http.response.start"
    assert sent[0]["status"] == 401


def test_a_revoked_key_is_refused_at_once(ada, mine, make, app, world):
    """In this process without waiting for anything; the others go on."""
    made, other = make(), make()
    assert (status(app, made["key"]), status(app, other["key"])) == (200, 200)
    answer = ada.send("DELETE", f"/auth/api-keys/{made['id']}", headers=mine)
    assert (answer.status_code, answer.json()) == (200, {"status": "API key revoked"})
    assert (status(app, made["key"]), status(app, other["key"])) == (401, 200)
    assert world.events[-1].client.address == "198.51.100.7"
    again = ada.send("DELETE", f"/auth/api-keys/{made['id']}", headers=mine)
    assert problem(again) == (404, "api_key_not_found")


def test_a_key_is_refused_with_its_owner(make, app, world, user_id):
    """At once, and for good."""  # RF-11
    key = make()["key"]
    assert status(app, key) == 200
    world.auth.end_user.disable(user_id)
    assert status(app, key) == 401
    world.auth.end_user.enable(user_id)
    assert status(app, key) == 401


def test_what_ends_sessions_leaves_keys(ada, mine, make, app):
    """Logging out everywhere is for browsers: a program goes on at once."""
    key = make()["key"]
    assert status(app, key) == 200
    ada.post("/auth/logout-all", headers=mine)
    assert status(app, key) == 200


def test_making_a_key_needs_a_fresh_login(ada, mine, world):
    """A key outlives the session of whoever found a browser open; listing and revoking go on."""
    world.now += 601
    refreshed = ada.refresh().json()["access_token"]
    headers = {"authorization": f"Bearer {refreshed}"}
    answer = ada.post("/auth/api-keys", json={"name": "n"}, headers=headers)
    assert problem(answer) == (401, "insufficient_user_authentication")
    assert mine != headers
    assert ada.get("/auth/api-keys", headers=headers).json() == {"api_keys": []}


def test_anothers_key_is_not_found(ada, make):
    """As one that never was."""
    made = make()
    eve = Client(ada.app)
    eve.register(email="eve@example.com")
    theirs = {"authorization": f"Bearer {eve.login(email='eve@example.com').json()['access_token']}"}
    assert eve.get("/auth/api-keys", headers=theirs).json() == {"api_keys": []}
    answer = eve.send("DELETE", f"/auth/api-keys/{made['id']}", headers=theirs)
    assert problem(answer) == (404, "api_key_not_found")


@pytest.mark.parametrize("key_id", ["key_0", "%00", "%ff", "*", "..%2fx", "a" * 5000])
def test_an_unknown_id_is_not_found(ada, mine, key_id):
    """Whatever stands in the path."""
    assert ada.send("DELETE", f"/auth/api-keys/{key_id}", headers=mine).status_code == 404


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_key_opens_no_account_route(ada, make, world, method, path):
    """With the middleware in front and without it: there a user has to have logged in."""
    headers = {"authorization": f"Bearer {make()['key']}"}
    for app in (ada.app, BearerMiddleware(ada.app, world.auth)):
        answer = Client(app).send(method, path, headers=headers)
        assert problem(answer) == (403, "user_required")


def test_a_client_opens_no_account_route(ada, world):
    """A token whose subject is the client that it was issued to is nobody's account."""
    token = world.auth.tokens.issue(subject=world.settings.service_name)
    answer = ada.get("/auth/me", headers={"authorization": f"Bearer {token}"})
    assert problem(answer) == (403, "user_required")


def test_what_is_wrong_with_the_input_is_told_by_field(ada, mine):
    """All at once; a scope that the caller has not is named."""
    answer = ada.post("/auth/api-keys", json={"name": "", "scopes": 1, "expires_in_days": 0}, headers=mine)
    assert (answer.status_code, fields(answer)) == (422, ["name", "scopes", "expires_in_days"])
    wrong = {"name": "n", "expires_in_days": 10**30, "expires_in_day": 90}
    answer = ada.post("/auth/api-keys", json=wrong, headers=mine)
    assert (answer.status_code, fields(answer)) == (422, ["expires_in_days", "expires_in_day"])
    answer = ada.post("/auth/api-keys", json={"name": "n", "scopes": ["admin"]}, headers=mine)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_granted")


def test_there_are_so_many_and_no_more(app_factory):
    """The setting says how many."""
    world = World(settings(API_KEYS_PER_USER="1"))
    client = Client(app_factory(world.auth))
    client.register()
    headers = {"authorization": f"Bearer {client.login().json()['access_token']}"}
    answers = [client.post("/auth/api-keys", json={"name": "n"}, headers=headers) for _ in range(2)]
    assert answers[0].status_code == 201
    assert problem(answers[1]) == (409, "too_many_api_keys")
    world.close()


def test_a_token_is_needed(ada):
    """The cookie alone does nothing here."""  # ASGI-06, CK-04
    ada.login()
    for method, path in ROUTES[-3:]:
        assert problem(ada.send(method, path)) == (401, "not_authenticated")


def test_a_method_of_neither_route_is_told_all_of_them(ada, mine):
    """Two routes have the path."""
    answer = ada.send("PUT", "/auth/api-keys", headers=mine)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


def test_a_store_that_is_down_is_unavailable(make, app, world, monkeypatch):
    """503 and when to come again; never an open door, nor a refusal."""
    key = make()["key"]
    monkeypatch.setattr(type(world.auth.api_keys.verify), "__call__", down)
    answer = get(app, "/", bearer(key))
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")


def test_with_always_each_request_asks_the_store(app_factory):
    """What changed in the table alone is seen at once."""  # RF-16
    world = World(settings(REVOCATION_CHECK="always"))
    client = Client(app_factory(world.auth))
    client.register()
    headers = {"authorization": f"Bearer {client.login().json()['access_token']}"}
    key = client.post("/auth/api-keys", json={"name": "n"}, headers=headers).json()["key"]
    app = BearerMiddleware(whoami, world.auth)
    assert status(app, key) == 200
    world.stores.database.query("DELETE FROM auth_api_keys")
    assert status(app, key) == 401
    world.close()


def test_a_developer_is_told_that_it_is_a_key(world, caplog):
    """And not how access tokens are to be written; the key itself is not in the log."""  # JWT-16
    key = new_key().reveal()
    assert status(BearerMiddleware(whoami, world.auth, explain=True), key) == 401
    assert "it begins as an API key" in caplog.text
    assert "JWT" not in caplog.text
    assert key not in caplog.text
