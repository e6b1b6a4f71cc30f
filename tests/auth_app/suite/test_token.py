"""POST /auth/token: the token endpoint of RFC 6749."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from urllib.parse import quote, urlencode

import pytest

from tests.auth_app.suite.client import FORM, PASSWORD, Client
from tests.auth_app.suite.test_document import check
from tests.auth_app.world import World, broken, settings

SECRET = "a secret + of 100% one client: 32 bytes"
WHO = {"grant_type": "password", "username": "ada@example.com", "password": PASSWORD}


@pytest.fixture
def world():
    """Return a world with one client that has a secret."""
    world = World(settings(OAUTH_CLIENTS=f"billing:{SECRET}"))
    yield world
    world.close()


def ask(client, headers=None, *, pairs=(), **fields):
    """Post a form, of fields or of pairs where one is named twice."""
    content = urlencode([*pairs, *fields.items()])
    return client.post("/auth/token", content=content, headers={"content-type": FORM, **(headers or {})})


def basic(client_id, secret):
    """Return the header of a client, as it stands."""
    return {"authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}


def refusal(answer):
    """Return (status, error, code) of an error, having checked its form."""
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert not set('"\\') & set(told["error_description"])
    return answer.status_code, told["error"], told["code"]


def test_a_password_is_exchanged_for_tokens(ada, world):
    """Both tokens are in the answer, which nobody keeps, and no cookie is set."""  # CK-03
    answer = ask(ada, **WHO)
    assert answer.status_code == 200
    told = answer.json()
    assert set(told) == {"access_token", "token_type", "expires_in", "refresh_token", "device"}
    assert world.auth.tokens.verify(told["access_token"]).subject
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    assert not ada.cookies


@pytest.mark.limited
def test_a_client_is_limited(app_factory):
    """One that proves its secret from wherever, any other by its address, whatever name it bears."""
    world = World(settings(OAUTH_CLIENTS=f"billing:{SECRET}", LIMIT_TOKEN="2/day"))
    client = Client(app_factory(world.auth))
    wrong = {"grant_type": "refresh_token", "refresh_token": "x"}
    proven = basic("billing", quote(SECRET))
    assert [ask(client, proven, **wrong).status_code for _ in range(3)] == [400, 400, 429]
    assert [ask(client, client_id=f"app-{n}", **wrong).status_code for n in range(3)] == [400, 400, 429]
    client.peer = ("203.0.113.9", 4711)
    refused = ask(client, proven, **wrong)
    assert refusal(refused) == (429, "temporarily_unavailable", "rate_limited")
    assert refused.headers["ratelimit-policy"] == '"token";q=2;w=86400'
    assert ask(client, **wrong).status_code == 400
    world.close()


@pytest.fixture
def guesser(app_factory):
    """Return a client, and a header with the secret of a service client that was added."""
    world = World(settings(OAUTH_CLIENTS=f"gateway:{SECRET}", LIMIT_TOKEN="2/day"))
    secret = world.auth.clients.manage.add("billing", scopes=["a"]).reveal()
    yield Client(app_factory(world.auth)), basic("billing", secret)
    world.close()


OWN = {"grant_type": "client_credentials"}


@pytest.mark.limited
def test_wrong_secrets_are_counted(guesser):
    """By address, in a budget apart; whoever has the right one is let in from there all the same."""
    client, right = guesser
    wrong = [basic("billing", f"jcs_{n}") for n in range(3)]
    assert [ask(client, one, **OWN).status_code for one in wrong] == [401, 401, 429]
    assert refusal(ask(client, wrong[0], **OWN)) == (429, "temporarily_unavailable", "rate_limited")
    assert ask(client, {"authorization": "Basic x"}, **OWN).status_code == 429
    assert ask(client, right, **OWN).status_code == 200
    assert ask(client, grant_type="refresh_token", refresh_token="x" * 43).status_code == 400
    client.peer = ("203.0.113.9", 4711)
    assert ask(client, wrong[0], **OWN).status_code == 401


@pytest.mark.limited
@pytest.mark.parametrize("path", ["/auth/token", "/auth/introspect", "/auth/revoke"])
async def test_wrong_secrets_at_once_are_counted(guesser, path):
    """Each of them, wherever a client proves itself: two are told that they are wrong."""
    client, _ = guesser

    async with client.session() as session:
        sent = [
            session.post(path, data={**OWN, "token": "x"}, headers=basic("gateway", f"wrong-{n}"))
            for n in range(8)
        ]
        found = [answer.status_code for answer in await asyncio.gather(*sent)]
    assert sorted(found) == [401] * 2 + [429] * 6


def test_the_granted_scopes_are_told(ada, world):
    """Whatever was asked for: the user's own, which is what the token has."""
    world.stores.database.query("UPDATE auth_accounts SET scopes = %s", ("a b",))
    assert ask(ada, **WHO, scope="everything").json()["scope"] == "a b"


def exchanged(client, token):
    """Return the next refresh token."""
    answer = ask(client, grant_type="refresh_token", refresh_token=token)
    assert answer.status_code == 200
    return answer.json()["refresh_token"]


def test_a_refresh_token_is_exchanged(ada, world):
    """As often as there is a next one; a spent one is an invalid grant and ends the session."""
    first = ask(ada, **WHO).json()["refresh_token"]
    token = exchanged(ada, exchanged(ada, first))
    world.now += 3600
    exchanged(ada, token)
    for code in ("refresh_reused", "session_revoked"):
        answer = ask(ada, grant_type="refresh_token", refresh_token=first)
        assert refusal(answer) == (400, "invalid_grant", code)


def test_a_refresh_token_is_good_at_either_route(ada):
    """What /auth/refresh gave is taken here, and the other way round."""
    token = ada.login(transport="body").json()["refresh_token"]
    token = ask(ada, grant_type="refresh_token", refresh_token=token).json()["refresh_token"]
    assert ada.refresh(json={"refresh_token": token}).status_code == 200


def test_the_cookie_is_not_read(session):
    """A browser's cookie is no refresh token of the form, and is left alone."""  # CK-04
    answer = ask(session, grant_type="refresh_token")
    assert refusal(answer) == (400, "invalid_request", "bad_request")
    assert "set-cookie" not in answer.headers
    assert session.refresh().status_code == 200


def test_wrong_credentials_are_an_invalid_grant(ada):
    """Unknown and wrong alike, byte for byte."""  # ENUM-1
    answers = [
        ask(ada, **{**WHO, **wrong}) for wrong in ({"password": "x" * 9}, {"username": "b@example.com"})
    ]
    assert [refusal(one) for one in answers] == [(400, "invalid_grant", "invalid_credentials")] * 2
    assert answers[0].content == answers[1].content
    assert "www-authenticate" not in answers[0].headers


@pytest.mark.parametrize("grant", ["authorization_code", "PASSWORD", "implicit", "x" * 900])
def test_another_grant_is_not_supported(ada, grant):
    """The answer names those that are."""
    answer = ask(ada, **{**WHO, "grant_type": grant})
    assert refusal(answer) == (400, "unsupported_grant_type", "unsupported_grant_type")
    known = "password, refresh_token, client_credentials, urn:ietf:params:oauth:grant-type:token-exchange"
    assert answer.json()["error_description"] == f"grant_type must be one of {known}"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "the form field grant_type is required"),
        ({"grant_type": ""}, "the form field grant_type is required"),
        ({"grant_type": "refresh_token", "refresh_token": ""}, "the form field refresh_token is required"),
        ({"grant_type": "password"}, "username: is required; password: is required"),
        ({**WHO, "client_secret": "x"}, "the form field client_id is required"),
    ],
)
def test_what_is_missing_is_told(ada, fields, said):
    """A field without a value counts as left out."""
    answer = ask(ada, **fields)
    assert refusal(answer)[:2] == (400, "invalid_request")
    assert answer.json()["error_description"] == said


def test_only_a_form_is_taken(ada):
    """JSON, a field twice and what is too large are refused in OAuth's words."""
    assert refusal(ada.post("/auth/token", json=WHO)) == (415, "invalid_request", "unsupported_media_type")
    for content, status in ((b"grant_type=a&grant_type=b", 400), (b"a=" + b"x" * 20_000, 413)):
        answer = ada.post("/auth/token", content=content, headers={"content-type": FORM})
        assert refusal(answer)[:2] == (status, "invalid_request")


@pytest.mark.parametrize(
    "headers", [basic("app", ""), {"authorization": "Bearer stale"}, basic(quote("my app", safe=""), "")]
)
def test_an_application_without_a_secret_is_served(ada, headers):
    """Its id is no secret; a stale access token that comes along is not read."""
    assert ask(ada, headers, **WHO).status_code == 200
    assert ask(ada, **WHO, client_id="app").status_code == 200


@pytest.mark.parametrize("secret", [SECRET, quote(SECRET, safe=""), quote(SECRET).replace("%20", "+")])
def test_a_client_may_prove_itself(ada, secret):
    """By the header in either reading of the RFC, or in the form."""
    assert ask(ada, basic("billing", secret), **WHO).status_code == 200
    assert ask(ada, **WHO, client_id="billing", client_secret=SECRET).status_code == 200


WRONG = {
    "secret": basic("billing", "x" * 40),
    "no secret": basic("billing", ""),
    "stranger with a secret": basic("app", "x" * 40),
    "unreadable": {"authorization": "Basic ????"},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
def test_a_client_that_has_a_secret_must_prove_it(ada, headers):
    """401 and a challenge, before anything else is looked at."""
    answer = ask(ada, headers, **WHO)
    assert refusal(answer) == (401, "invalid_client", "invalid_client")
    assert answer.headers["www-authenticate"] == 'Basic realm="jwt-auth"'
    assert refusal(ask(ada, **WHO, client_id="billing"))[1] == "invalid_client"


def test_two_ways_to_prove_it_are_refused(ada):
    """RFC 6749 wants one."""
    answer = ask(ada, basic("billing", SECRET), **WHO, client_id="billing", client_secret=SECRET)
    assert refusal(answer) == (400, "invalid_request", "bad_request")


@pytest.mark.parametrize("flow", ["login", "refresh"])
def test_a_store_that_is_down_is_503(app_factory, world, flow):
    """With Retry-After; it is no invalid grant, so nobody throws a good token away."""  # RF-09
    client = Client(app_factory(broken(world.auth, flow)))
    grants = {"login": WHO, "refresh": {"grant_type": "refresh_token", "refresh_token": "x"}}
    answer = ask(client, **grants[flow])
    assert refusal(answer)[:2] == (503, "temporarily_unavailable")
    assert int(answer.headers["retry-after"]) > 0


def test_what_the_document_says_of_it_is_true(ada):
    """Each kind of answer fits its schema."""
    document = ada.get("/auth/openapi.json").json()
    token = ask(ada, **WHO).json()["refresh_token"]
    for fields in (WHO, {}, {**WHO, "password": "wrong"}, {"grant_type": "x"}, {"grant_type": "password"}):
        check(document, ask(ada, **fields))
    for _ in range(2):
        check(document, ask(ada, grant_type="refresh_token", refresh_token=token))
    check(document, ask(ada, basic("billing", "x"), **WHO))
    check(document, ada.post("/auth/token", json={}))


@pytest.mark.parametrize("path", ["login", "refresh", "logout"])
def test_the_other_routes_tell_clients_of_oauth_as_well(ada, path):
    """Their problems have the two members, so that nobody takes one for a token."""
    wrong = {"username": "ada@example.com", "password": "x", "refresh_token": "x"}
    answers = [
        ada.post(f"/auth/{path}", content=content, headers={"content-type": kind})
        for content, kind in ((urlencode(wrong), FORM), ("a", FORM), ("[", "application/json"))
    ]
    refused = [one.json() for one in answers if not one.is_success]
    assert len(refused) == 3 - (path == "logout")
    assert all(one["error"] and one["error_description"] for one in refused)
    if path != "logout":
        assert (answers[0].status_code, refused[0]["error"]) == (401, "invalid_grant")


def test_refresh_and_logout_take_forms(ada):
    """As the token endpoint does: the token's name is the same."""
    form = {"content-type": FORM}
    token = ask(ada, **WHO).json()["refresh_token"]
    answer = ada.refresh(content=urlencode({"refresh_token": token}), headers=form)
    assert answer.status_code == 200
    token = answer.json()["refresh_token"]
    assert ada.logout(content=urlencode({"refresh_token": token}), headers=form).status_code == 200
    assert ask(ada, grant_type="refresh_token", refresh_token=token).json()["code"] == "session_revoked"
    assert "set-cookie" not in answer.headers


def test_a_form_without_a_token_leaves_the_cookie_to_speak(session):
    """A field without a value is left out; the check for other sites holds for forms, too."""  # CK-04
    form = {"content-type": FORM}
    answer = session.refresh(content="refresh_token=", headers={**form, "sec-fetch-site": "cross-site"})
    assert (answer.status_code, answer.json()["error"]) == (403, "invalid_request")
    assert session.refresh(content="refresh_token=", headers=form).status_code == 200
