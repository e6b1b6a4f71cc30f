"""POST /auth/token with a token exchange (RFC 8693), and that such a token opens no account."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.features import paths
from tests.auth_app.suite.client import Client
from tests.auth_app.suite.test_token import SECRET, WHO, ask, basic, refusal
from tests.auth_app.world import World, settings

OURS, REPORTS = "https://shop.example.com", "https://reports.example.com"
TYPE = "urn:ietf:params:oauth:token-type"
ACCESS_TOKEN = f"{TYPE}:access_token"
GRANT = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token_type": ACCESS_TOKEN}
READING = [one for one in paths.ALL if one.reads_token]


@pytest.fixture
def world():
    """Return a world with an audience, and a client of the settings."""
    world = World(settings(JWT_AUDIENCE=OURS, OAUTH_CLIENTS=f"gateway:{SECRET}"))
    yield world
    world.close()


@pytest.fixture
def agent(world):
    """Return the header of a client that may exchange tokens."""
    secret = world.auth.clients.manage.add("agent", may_exchange=[OURS, REPORTS])
    return basic("agent", secret.reveal())


@pytest.fixture
def subject(ada):
    """Return a user's access token."""
    return ask(ada, **WHO).json()["access_token"]


def test_a_token_is_exchanged(ada, world, agent, subject):
    """The answer says of what type it is; there is no refresh token."""
    answer = ask(ada, agent, **GRANT, subject_token=subject, audience=OURS, requested_token_type=ACCESS_TOKEN)
    assert answer.status_code == 200
    told = answer.json()
    assert set(told) == {"access_token", "token_type", "expires_in", "issued_token_type"}
    assert (told["issued_token_type"], told["expires_in"] <= 900) == (ACCESS_TOKEN, True)
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    claims = world.auth.tokens.verify(told["access_token"])
    assert (claims.actor, claims.subject) == ("agent", world.auth.tokens.verify(subject).subject)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"subject_token": "x"}, ("invalid_request", "invalid_subject_token")),
        ({"subject_token": ""}, ("invalid_request", "bad_request")),
        ({"subject_token_type": f"{TYPE}:saml2"}, ("invalid_request", "bad_request")),
        ({"requested_token_type": f"{TYPE}:refresh_token"}, ("invalid_request", "bad_request")),
        ({"actor_token": "x"}, ("invalid_request", "bad_request")),
        ({"audience": "https://other.example.com"}, ("invalid_target", "invalid_target")),
        ({"resource": "https://other.example.com"}, ("invalid_target", "invalid_target")),
        ({"audience": ""}, ("invalid_target", "invalid_target")),
        ({"scope": "admin"}, ("invalid_scope", "invalid_scope")),
    ],
)
def test_what_cannot_be_exchanged(ada, agent, subject, fields, words):
    """400, in the words of RFC 6749, RFC 8693 and RFC 8707."""
    answer = ask(ada, agent, **{**GRANT, "subject_token": subject, "audience": OURS, **fields})
    assert refusal(answer) == (400, *words)


def test_only_a_client_that_may_exchanges(ada, world, subject):
    """Nobody without a secret, nor a client of the settings, nor one without --may-exchange."""
    wanted = {**GRANT, "subject_token": subject, "audience": OURS}
    assert refusal(ask(ada, **wanted))[:2] == (401, "invalid_client")
    assert refusal(ask(ada, basic("gateway", SECRET), **wanted))[:2] == (400, "unauthorized_client")
    secret = world.auth.clients.manage.add("billing").reveal()
    assert refusal(ask(ada, basic("billing", secret), **wanted))[:2] == (400, "unauthorized_client")


@pytest.mark.parametrize("route", READING, ids=lambda one: f"{one.method} {one.path}")
def test_who_acts_for_a_user_opens_no_account(ada, agent, subject, route):
    """Each route that reads a token refuses it: here as not the user's, for another audience as no token."""
    path = "/auth" + route.path.replace("{session_id}", "x").replace("{key_id}", "x")
    seen = []
    for audience in (OURS, REPORTS):
        given = ask(ada, agent, **GRANT, subject_token=subject, audience=audience).json()["access_token"]
        answer = ada.send(route.method, path, headers={"authorization": f"Bearer {given}"})
        seen.append((answer.status_code, answer.json()["code"]))
    assert seen == [(403, "user_required"), (401, "token_invalid")]


def test_an_application_is_told_who_acts(app_factory, world, agent):
    """``scope["user"]`` is the user, and says which client calls."""
    client = Client(app_factory(world.auth))
    client.register()
    subject = ask(client, **WHO).json()["access_token"]
    token = ask(client, agent, **GRANT, subject_token=subject, audience=OURS).json()["access_token"]
    user, own = (world.auth.tokens.verify(one) for one in (token, subject))
    assert (user.actor, own.actor, user.subject == own.subject) == ("agent", None, True)


def test_several_resources_are_one_audience(client, world):
    """As RFC 8707 has it: each is of the client's list, and the token is for all of them."""
    secret = world.auth.clients.manage.add("billing", resources=[REPORTS, OURS]).reveal()
    wanted = [("grant_type", "client_credentials"), ("resource", REPORTS), ("resource", OURS)]
    answer = ask(client, basic("billing", secret), pairs=wanted)
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    assert world.auth.tokens.verify(token).subject == "billing"
    assert world.auth.tokens.addressed_to(REPORTS).verify(token).subject == "billing"
    beyond = [*wanted, ("resource", "https://other.example.com")]
    assert refusal(ask(client, basic("billing", secret), pairs=beyond))[:2] == (400, "invalid_target")
    twice = [*wanted, ("scope", "a"), ("scope", "a")]
    assert refusal(ask(client, basic("billing", secret), pairs=twice))[:2] == (400, "invalid_request")


def test_a_users_own_tokens_are_for_no_resource(ada):
    """Who asks for one is not given a token for everybody."""
    assert refusal(ask(ada, **WHO, resource=REPORTS))[:2] == (400, "invalid_target")
    assert ask(ada, **WHO, resource="").status_code == 200


def test_a_field_without_a_value_is_left_out(client, world):
    """RFC 6749 section 3.2: an empty scope asks for what a missing one does."""
    secret = world.auth.clients.manage.add("billing", scopes=["a"]).reveal()
    answer = ask(client, basic("billing", secret), grant_type="client_credentials", scope="", resource="")
    assert (answer.status_code, answer.json()["scope"]) == (200, "a")


def test_metadata_name_the_grant(client):
    """Where clients look for it."""
    told = client.get("/auth/.well-known/oauth-authorization-server", headers={"host": "localhost"}).json()
    assert GRANT["grant_type"] in told["grant_types_supported"]
