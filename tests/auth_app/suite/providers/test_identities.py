"""The identities of a user over HTTP: linked, listed, taken off."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import Client
from tests.auth_app.suite.providers.browser import (
    come_back,
    error_of,
    link,
    sign_in,
)


def test_a_provider_is_linked_by_who_is_signed_in(client, issuer, bearer):
    """And opens the account from then on."""
    assert link(client, issuer, bearer, next="/profile").headers["location"] == "/profile"
    answer = client.get("/auth/identities", headers=bearer).json()
    (identity,) = answer["identities"]
    assert (identity["issuer"], identity["email"]) == (issuer.url, "ada@example.com")
    assert (identity["last_used_at"], answer["providers"]) == (None, ["acme"])
    sign_in(client, issuer)
    token = client.refresh().json()["access_token"]
    me = client.get("/auth/me", headers={"authorization": f"Bearer {token}"}).json()
    assert me["email"] == "bob@example.com"


def test_linking_is_asked_for_by_a_page_of_ours(client, bearer):
    """Not by one of another site, nor by a link."""
    headers = {**bearer, "sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    answer = client.post("/auth/identities", json={"provider": "acme"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"provider": 7}, 422),
        ({"provider": "evil"}, 404),
        ({"provider": "acme", "next": 7}, 422),
        ({"provider": "acme", "next": "https://evil.example"}, 422),
    ],
)
def test_what_to_link_has_to_be_there(client, bearer, fields, status):
    """A provider, and a path of this site."""
    assert client.post("/auth/identities", json=fields, headers=bearer).status_code == status


def test_linking_and_removing_ask_for_a_fresh_login(client, issuer, bearer, world):
    """Whoever found a browser open has a session, and no more."""
    link(client, issuer, bearer)
    (identity,) = client.get("/auth/identities", headers=bearer).json()["identities"]
    world.now += 601
    for answer in (
        client.post("/auth/identities", json={"provider": "acme"}, headers=bearer),
        client.send("DELETE", f"/auth/identities/{identity['id']}", headers=bearer),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "insufficient_user_authentication")


def test_an_identity_is_removed(client, issuer, bearer):
    """Once; it is the caller's own."""
    link(client, issuer, bearer)
    (identity,) = client.get("/auth/identities", headers=bearer).json()["identities"]
    place = f"/auth/identities/{identity['id']}"
    assert client.send("DELETE", place, headers=bearer).json() == {"status": "identity removed"}
    answer = client.send("DELETE", place, headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (404, "identity_not_found")


def test_the_last_way_in_stays(client, issuer):
    """Of whoever has no password."""
    sign_in(client, issuer)
    bearer = {"authorization": f"Bearer {client.refresh().json()['access_token']}"}
    (identity,) = client.get("/auth/identities", headers=bearer).json()["identities"]
    answer = client.send("DELETE", f"/auth/identities/{identity['id']}", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (409, "last_credential")


def test_an_identity_of_another_account_is_not_linked(client, issuer, bearer):
    """It opens that one."""
    sign_in(Client(client.app), issuer)
    asked = client.post("/auth/identities", json={"provider": "acme"}, headers=bearer)
    assert error_of(come_back(client, issuer.authorize(asked.json()["url"]))) == "identity_taken"
