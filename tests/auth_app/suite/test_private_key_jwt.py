"""POST /auth/token of a client that proves itself by a key (RFC 7523, private_key_jwt)."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import FORM, Client
from tests.auth_app.suite.test_client_token import CREDENTIALS
from tests.auth_app.suite.test_token import SECRET, ask, basic, refusal
from tests.auth_app.world import World, settings
from tests.clients.signing import JWT_BEARER, jwks, key_pair, signed

ONE = key_pair()
ISSUER = "https://id.example.com/auth"


@pytest.fixture
def world():
    """Return a world of a named issuer, with a client that has a key."""
    world = World(settings(JWT_ISSUER=ISSUER, OAUTH_CLIENTS=f"gateway:{SECRET}"))
    world.auth.clients.manage.add_with_keys("billing", jwks(ONE), scopes=["a"])
    yield world
    world.close()


def proof(pair=ONE, **claims):
    """Return the fields of a form that prove a client."""
    assertion = signed(pair, **{"aud": ISSUER, **claims})
    return {"client_assertion_type": JWT_BEARER, "client_assertion": assertion}


def test_a_key_is_exchanged_for_a_token(client, world):
    """A token of the client's own, as for a secret."""
    answer = ask(client, **CREDENTIALS, **proof(), client_id="billing")
    assert answer.status_code == 200
    claims = world.auth.tokens.verify(answer.json()["access_token"])
    assert (claims.subject, claims.client_id, claims.scopes) == ("billing", "billing", {"a"})


def test_an_assertion_is_good_once(client):
    """Whoever reads it on its way has nothing."""
    fields = {**CREDENTIALS, **proof()}
    assert [ask(client, **fields).status_code for _ in range(2)] == [200, 401]


def test_a_wrong_assertion_is_an_invalid_client(client):
    """401, and what is wrong for whoever has the key; no other field changes that."""
    for fields in (proof(key_pair()), proof(iss="x", sub="x"), {**proof(), "client_id": "other"}):
        answer = ask(client, **CREDENTIALS, **fields)
        assert refusal(answer) == (401, "invalid_client", "invalid_client")
        assert answer.json()["error_description"] == "client authentication failed"
        assert answer.headers["www-authenticate"].startswith("Basic")
    elsewhere = ask(client, **CREDENTIALS, **proof(aud=f"{ISSUER}/token"))
    assert elsewhere.json()["error_description"].endswith(f"its aud is not {ISSUER} alone")
    saml = {**proof(), "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}
    assert refusal(ask(client, **CREDENTIALS, **saml))[:2] == (401, "invalid_client")


def test_a_client_proves_itself_in_one_way(client):
    """And wholly."""
    both = [
        ask(client, basic("billing", "x"), **CREDENTIALS, **proof()),
        ask(client, **CREDENTIALS, **proof(), client_id="billing", client_secret="x"),
    ]
    half = [ask(client, **CREDENTIALS, **{name: value}) for name, value in proof().items()]
    for answer in both + half:
        assert refusal(answer)[:2] == (400, "invalid_request")


def test_a_header_and_a_form_name_one_client(client, world):
    """Who says two names is told so, at each route that asks."""
    secret = world.auth.clients.manage.add("machine").reveal()
    who = basic("machine", secret)
    assert ask(client, who, **CREDENTIALS, client_id="machine").status_code == 200
    assert refusal(ask(client, who, **CREDENTIALS, client_id="other"))[:2] == (400, "invalid_request")
    form = {"content-type": FORM, **basic("gateway", SECRET)}
    for path in ("/auth/introspect", "/auth/revoke"):
        asked = client.post(path, content="token=x&client_id=other", headers=form)
        assert (asked.status_code, asked.json()["error"]) == (400, "invalid_request")


def test_a_client_with_a_key_needs_it_for_all(ada):
    """Also for a user's tokens; its name alone is not enough, nor any secret."""
    wants = {"grant_type": "refresh_token", "refresh_token": "x"}
    assert refusal(ask(ada, **wants, client_id="billing"))[:2] == (401, "invalid_client")
    assert refusal(ask(ada, basic("billing", "x"), **wants))[:2] == (401, "invalid_client")
    assert refusal(ask(ada, **wants, **proof()))[:2] == (400, "invalid_grant")


def test_metadata_say_how_clients_prove_themselves(client):
    """And by which algorithms: never none, never a shared secret."""
    told = client.get("/auth/.well-known/oauth-authorization-server").json()
    assert "private_key_jwt" in told["token_endpoint_auth_methods_supported"]
    names = told["token_endpoint_auth_signing_alg_values_supported"]
    assert {"EdDSA", "ES256", "PS256", "RS256"} <= set(names)
    assert not {"none", "HS256"} & set(names)


def test_without_an_issuer_the_audience_is_what_metadata_say(app_factory):
    """A strange Host is not believed for it."""
    world = World(settings())
    world.auth.clients.manage.add_with_keys("billing", jwks(ONE))
    client = Client(app_factory(world.auth), origin="http://127.0.0.1:8000")
    issuer = client.get("/auth/.well-known/oauth-authorization-server").json()["issuer"]
    assert ask(client, **CREDENTIALS, **proof(aud=issuer)).status_code == 200
    strange = ask(client, {"host": "evil.example"}, **CREDENTIALS, **proof(aud="http://evil.example/auth"))
    assert refusal(strange) == (400, "invalid_request", "unknown_host")
    world.close()


@pytest.mark.limited
def test_a_client_with_a_key_is_limited_by_its_name(app_factory):
    """From wherever."""
    world = World(settings(JWT_ISSUER=ISSUER, LIMIT_TOKEN="2/day"))
    world.auth.clients.manage.add_with_keys("billing", jwks(ONE))
    client = Client(app_factory(world.auth))
    assert [ask(client, **CREDENTIALS, **proof()).status_code for _ in range(3)] == [200, 200, 429]
    world.close()
