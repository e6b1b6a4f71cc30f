"""Signing in with a provider over HTTP, as a browser does it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.auth_app.suite.client import Client
from tests.auth_app.suite.providers.browser import (
    BROWSER,
    ELSEWHERE,
    back_from,
    come_back,
    error_of,
    leave,
    sign_in,
)


def test_a_browser_is_sent_to_the_provider(client, issuer):
    """With a cookie by which it is known, that comes along from another site, for ten minutes."""
    answer = leave(client, next="/questions")
    assert answer.status_code == 303
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    assert query["redirect_uri"] == "https://app.example/auth/oauth/acme/callback"
    (cookie,) = answer.headers.get_list("set-cookie")
    name, _, attributes = cookie.partition("=")
    assert name == BROWSER
    assert attributes.endswith("; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax")
    assert client.cookies[BROWSER] not in answer.headers["location"]
    assert issuer.asked == ["/.well-known/openid-configuration", "/jwks"]


def test_a_browser_comes_back_signed_in(client, issuer):
    """And is where it wanted to go; the cookies are those of a login."""
    answer = sign_in(client, issuer, next="/questions?page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/questions?page=2")
    lines = answer.headers.get_list("set-cookie")
    assert [line.partition("=")[0] for line in lines] == ["__Host-refresh_token", "__Host-device"]
    assert "SameSite=Strict" in lines[0]
    token = client.refresh().json()["access_token"]
    me = client.get("/auth/me", headers={"authorization": f"Bearer {token}"}).json()
    assert me["email"] == "ada@example.com"


def test_both_tokens_may_travel_in_cookies(client, issuer):
    """For a browser whose scripts hold none."""
    answer = sign_in(client, issuer, transport="cookies")
    names = [line.partition("=")[0] for line in answer.headers.get_list("set-cookie")]
    assert names == ["__Host-refresh_token", "__Host-access_token", "__Host-device"]
    assert answer.headers["location"] == "https://app.example/auth/account"


def test_a_login_takes_the_place_of_the_session_before(client, issuer, world):
    """Of the same browser; the device is known again."""
    sign_in(client, issuer)
    device = client.cookies["__Host-device"]
    sign_in(client, issuer)
    user = world.auth.end_user.find("ada@example.com")
    assert len(world.auth.list_sessions(user.user_id)) == 1
    assert client.cookies["__Host-device"] == device


@pytest.mark.parametrize("onward", ["https://evil.example", "//evil.example", "/\\evil.example", "x", ""])
def test_nobody_is_led_elsewhere(client, onward):
    """``next`` is a path of this site."""
    answer = leave(client, next=onward)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "next")


@pytest.mark.parametrize(
    "query", [{"transport": "pigeon"}, {"transport": "body"}, {"transport": "body", "next": "/app"}]
)
def test_what_a_link_asks_for_has_to_be_there(client, query):
    """An application needs a place that is its own, and a challenge."""
    answer = leave(client, **query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "transport")


def test_a_challenge_is_one(client):
    """Of the form that S256 has."""
    answer = leave(client, transport="body", next="/app", challenge="short")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "challenge")
    assert client.get("/auth/oauth/acme?next=/a&next=/b").status_code == 422


def test_an_unknown_provider_is_not_found(client):
    """On each of its routes."""
    for answer in (
        client.get("/auth/oauth/evil"),
        client.get("/auth/oauth/evil/callback"),
        client.post("/auth/oauth/evil/callback", headers=ELSEWHERE, content="code=c"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "provider_not_found")


def test_another_browser_does_not_come_back(client, issuer, world):
    """Nor one without a cookie, which spends nothing."""
    said = back_from(issuer, leave(client, next="/mine"))
    other = Client(client.app)
    assert error_of(come_back(other, said)) == "state_invalid"
    assert come_back(client, said).headers["location"] == "/mine"
    leave(other)
    assert error_of(come_back(other, back_from(issuer, leave(client)))) == "state_invalid"
    assert world.events[-1].reason == "state_invalid"


def test_tabs_do_not_disturb_each_other(client, issuer):
    """Each has a state of its own, and the browser one cookie."""
    first = leave(client, next="/first")
    known = client.cookies[BROWSER]
    second = leave(client, next="/second")
    assert client.cookies[BROWSER] == known
    assert come_back(client, back_from(issuer, second)).headers["location"] == "/second"
    assert come_back(client, back_from(issuer, first)).headers["location"] == "/first"


def test_an_answer_of_another_issuer_is_refused(client, issuer):
    """Mixed up, or sent by somebody else (RFC 9207)."""
    said = back_from(issuer, leave(client))
    assert error_of(come_back(client, {**said, "iss": "https://evil.example.com"})) == "provider_refused"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"error": "access_denied"}, "provider_denied"),
        ({"error": "server_error", "error_description": "<script>"}, "provider_refused"),
        ({}, "provider_refused"),
    ],
)
def test_what_a_provider_says_instead_is_told_in_our_words(client, issuer, said, code):
    """None of its own reaches the page."""
    state = back_from(issuer, leave(client))["state"]
    assert error_of(come_back(client, {"state": state, **said})) == code


def test_a_provider_that_is_down_sends_a_browser_back(client, issuer):
    """To where one signs in, which is told so."""
    issuer.is_down = True
    assert error_of(leave(client)) == "provider_unavailable"


def test_an_account_with_a_password_is_not_joined(client, issuer):
    """Its owner is told to sign in as before."""
    client.register()
    assert error_of(sign_in(client, issuer)) == "account_exists"


def test_a_parameter_twice_is_none(client, issuer):
    """Which of the two is meant, nobody knows."""
    said = back_from(issuer, leave(client))
    answer = client.get(f"/auth/oauth/acme/callback?{urlencode(said)}&code=another")
    assert error_of(answer) == "invalid_input"
