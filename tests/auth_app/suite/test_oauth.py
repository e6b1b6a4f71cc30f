"""The routes for other services: keys, metadata, introspection and revocation."""

from __future__ import annotations

import json
from base64 import b64encode
from urllib.parse import urlencode

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core import AccessTokens
from jwt_auth_core.keys.pyjwt import PyJwtKey
from tests.auth_app.suite.client import ADA, FORM, LOGIN, Client, problem
from tests.auth_app.suite.test_document import check
from tests.auth_app.world import World, broken, settings

SECRET = "a secret + of one client: 32 bytes at least"
KEY = PyJwtKey.generate()
JWKS = "/auth/.well-known/jwks.json"
METADATA = "/auth/.well-known/oauth-authorization-server"
ROUTES = ["/auth/introspect", "/auth/revoke"]


def quoted(text):
    """Return a text as RFC 6749 has it in HTTP Basic."""
    return urlencode({"": text})[1:]


def basic(client_id="billing", secret=SECRET):
    """Return the header of a client."""
    pair = f"{quoted(client_id)}:{quoted(secret)}".encode()
    return {"authorization": "Basic " + b64encode(pair).decode()}


@pytest.fixture
def world():
    """Return a world with a key pair and a client."""
    made = World(
        settings(
            JWT_KEYS=json.dumps(KEY.private_jwk()),
            OAUTH_CLIENTS=f"billing:{SECRET}",
            JWT_ISSUER="https://issuer.example/auth",
        )
    )
    yield made
    made.close()


@pytest.fixture
def grant(ada):
    """Return Ada's tokens, both in the body."""
    return ada.login(transport="body").json()


def ask(client, path, headers=None, **fields):
    """Post a form as a client."""
    headers = {"content-type": FORM, **(basic() if headers is None else headers)}
    return client.post(path, content=urlencode(fields), headers=headers)


def test_the_keys_are_published(client):
    """The public half only, to be kept a while."""  # JWT-05
    answer = client.get(JWKS)
    assert answer.json() == {"keys": [KEY.public_jwk()]}
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["content-type"] == "application/json"
    assert "set-cookie" not in answer.headers


def test_unchanged_keys_are_not_sent_again(client):
    """If-None-Match with the ETag, alone or in a list, is 304; another one is not."""
    tag = client.get(JWKS).headers["etag"]
    for value in (tag, f'"x", W/{tag}'):
        answer = client.get(JWKS, headers={"if-none-match": value})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert client.get(JWKS, headers={"if-none-match": '"x"'}).status_code == 200


def test_others_verify_by_the_published_keys(client, grant, world):
    """What this service signed is good elsewhere, without its secret."""  # JWT-18
    issuer = "https://issuer.example/auth"
    tokens = AccessTokens.from_jwks(client.get(JWKS).content, issuer=issuer, clock=lambda: world.now)
    assert tokens.verify(grant["access_token"]).subject == grant["user_id"]


def test_shared_secrets_are_not_published(app_factory):
    """With HS256 the set is empty."""
    world = World()
    assert Client(app_factory(world.auth)).get(JWKS).json() == {"keys": []}
    world.close()


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_token_is_introspected_and_revoked(client, grant, world, kind):
    """Active until it is revoked; then the session is over, for both tokens."""  # RF-16
    both = [grant["access_token"], grant["refresh_token"]]
    assert all(ask(client, ROUTES[0], token=one).json()["active"] for one in both)
    told = ask(client, ROUTES[0], token=grant[kind], token_type_hint=kind).json()
    assert (told["sub"], "sid" in told) == (grant["user_id"], True)
    answer = ask(client, ROUTES[1], token=grant[kind])
    assert (answer.status_code, answer.json()) == (200, {"status": "revoked"})
    assert [ask(client, ROUTES[0], token=one).json() for one in both] == [{"active": False}] * 2
    assert "token_revoked" in [event.name for event in world.events]


@pytest.mark.parametrize("headers", [{}, {"authorization": ""}, {"authorization": " "}])
def test_a_client_may_authenticate_in_the_form(client, grant, headers):
    """The same id and secret, as fields; an empty header is none."""
    fields = {"client_id": "billing", "client_secret": SECRET, "token": grant["access_token"]}
    assert ask(client, ROUTES[0], headers=headers, **fields).json()["active"]


SPELLINGS = {
    "UTF-8": lambda secret: secret.encode(),
    "Latin-1": lambda secret: secret.encode("latin-1"),
    "as in a form": lambda secret: quoted(secret).encode(),
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_a_secret_beyond_ascii_is_known_however_it_is_sent(app_factory, spell):
    """RFC 7617 leaves the encoding open: curl and httpx take UTF-8, requests and Authlib Latin-1."""
    secret = "ein Geheimnis für 100% der Dienste + Gäste"
    world = World(settings(OAUTH_CLIENTS=f"billing:{secret}"))
    headers = {"authorization": "Basic " + b64encode(b"billing:" + spell(secret)).decode()}
    assert ask(Client(app_factory(world.auth)), ROUTES[0], headers, token="x").json() == {"active": False}
    world.close()


WRONG = {
    "nobody": {},
    "secret": basic(secret="x" * 43),
    "client": basic("mail"),
    "empty": basic("", ""),
    "bearer": {"authorization": "Bearer abc"},
    "no-colon": {"authorization": "Basic " + b64encode(b"billing").decode()},
    "no-base64": {"authorization": "Basic a"},
    "no-utf8": {"authorization": "Basic " + b64encode(b"\xff:\xff").decode()},
}


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
def test_a_stranger_is_told_nothing(client, grant, path, headers):
    """401 with the right challenge, and no word about the token."""
    answer = ask(client, path, headers=headers, token=grant["access_token"])
    assert problem(answer) == (401, "invalid_client")
    assert answer.headers["www-authenticate"] == 'Basic realm="jwt-auth"'
    assert answer.json()["error"] == "invalid_client"


def test_without_clients_everybody_is_a_stranger(app_factory):
    """Nobody's name and no secret open the door."""
    world = World()
    client = Client(app_factory(world.auth))
    for headers in (basic(), basic("", ""), {}):
        assert problem(ask(client, ROUTES[0], headers=headers, token="x")) == (401, "invalid_client")
    world.close()


@pytest.mark.parametrize("path", ROUTES)
def test_a_wrong_request_is_told(client, path):
    """No token, two ways to authenticate, two headers, JSON: in OAuth's words as well."""
    two = {"client_id": "billing", "client_secret": SECRET, "token": "x"}
    for answer in (ask(client, path), ask(client, path, token=""), ask(client, path, **two)):
        assert problem(answer) == (400, "bad_request")
        assert answer.json()["error"] == "invalid_request"
    assert problem(client.post(path, json={}, headers=basic())) == (415, "unsupported_media_type")
    assert problem(ask(client, path, headers={}, token="x", client_secret="y")) == (400, "bad_request")


def test_a_token_without_a_session_cannot_be_revoked(client, world):
    """It ends by expiring; a lie would be worse."""
    answer = ask(client, ROUTES[1], token=world.auth.tokens.issue(subject="42"))
    assert problem(answer) == (400, "unsupported_token_type")
    assert answer.json()["error"] == "unsupported_token_type"


@pytest.mark.parametrize("flow", ["introspect", "revoke_token"])
def test_a_store_that_is_down_is_503(app_factory, world, flow):
    """Neither active nor revoked; try again."""  # RF-16
    client = Client(app_factory(broken(world.auth, flow)))
    answer = ask(client, f"/auth/{flow.removesuffix('_token')}", token="x")
    assert answer.status_code == 503
    assert "retry-after" in answer.headers


def test_what_the_document_says_of_them_is_true(client, grant, world):
    """Each kind of answer fits its schema."""
    document = client.get("/auth/openapi.json").json()
    sessionless = world.auth.tokens.issue(subject="42")
    for path in ROUTES:
        for fields in ({"token": grant["access_token"]}, {"token": "x"}, {}, {"token": sessionless}):
            check(document, ask(client, path, **fields))
        check(document, ask(client, path, headers={}, token="x"))
    check(document, client.get(JWKS))
    check(document, client.get(METADATA))


def test_the_middleware_lets_them_pass(world):
    """Behind a middleware that wants a token everywhere, they answer by their own rules."""
    from tests.auth_app.suite.factories import starlette_app  # noqa: PLC0415

    client = Client(BearerMiddleware(starlette_app(world.auth), world.auth, public=()))
    assert client.get(JWKS).status_code == 200
    assert client.get(METADATA).status_code == 200
    assert ask(client, ROUTES[0], token="x").json() == {"active": False}
    assert client.get("/elsewhere").status_code == 401
    assert client.register(**ADA).status_code == 201
    assert client.login(**LOGIN).status_code == 200
