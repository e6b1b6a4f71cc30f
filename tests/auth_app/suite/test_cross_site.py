"""Cross-site requests, over HTTP: which routes refuse them, and that nothing happens then."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import ADA, LOGIN, ORIGIN, Client, problem
from tests.auth_app.world import World, settings

FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "origin": "https://sibling.app.example"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://app.example"},
    {"origin": "https://app.example:8443"},
    {"origin": "https://app.example.attacker"},
]
OURS = [
    {},
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "same-origin", "origin": ORIGIN},
    {"origin": ORIGIN},
]
COOKIE_ROUTES = ["/auth/login", "/auth/refresh", "/auth/logout"]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", COOKIE_ROUTES)
def test_another_site_is_refused(session, path, headers):
    """403, no cookie in the answer, and the session goes on."""  # CK-04, CK-06
    request = {"json": LOGIN} if path.endswith("login") else {}
    answer = session.post(path, headers=headers, **request)
    assert problem(answer) == (403, "cross_site")
    assert "set-cookie" not in answer.headers
    assert session.refresh().status_code == 200


@pytest.mark.parametrize("headers", OURS)
@pytest.mark.parametrize("path", COOKIE_ROUTES)
def test_our_own_pages_and_scripts_are_served(session, path, headers):
    """The same origin, and clients that are no browser, act freely."""  # CK-04
    request = {"json": LOGIN} if path.endswith("login") else {}
    assert session.post(path, headers=headers, **request).status_code == 200


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_has_no_browser_known_by_a_registration(client, headers):
    """It registers somebody like any client, and sets no cookie."""  # CK-04, RST-6
    answer = client.post("/auth/register", json=ADA, headers=headers)
    assert answer.status_code == 201
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", OURS)
def test_our_own_pages_and_programs_register(client, headers):
    """As they always did."""  # CK-04
    assert client.post("/auth/register", json=ADA, headers=headers).status_code == 201


@pytest.mark.parametrize("path", ["/auth/refresh", "/auth/logout"])
def test_a_cross_site_request_cannot_clear_the_cookie(client, path):
    """A browser sends no Strict cookie along; the answer must not take it away all the same."""  # CK-04
    answer = client.post(path, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_token_in_the_body_needs_no_origin(ada):
    """Without a cookie there is nothing that another site could ride on."""
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    login = ada.post("/auth/login", json={**LOGIN, "transport": "body"}, headers=headers)
    token = {"refresh_token": login.json()["refresh_token"]}
    assert ada.refresh(json=token, headers=headers).status_code == 200
    assert ada.logout(json=token, headers=headers).status_code == 200


def strict(app_factory, **variables):
    """Return a world of other settings and a client of it, logged in."""
    world = World(settings(**variables))
    client = Client(app_factory(world.auth))
    client.register()
    client.post("/auth/login", json=LOGIN, headers={"sec-fetch-site": "same-origin"})
    return world, client


def test_a_configured_origin_is_served(app_factory):
    """ALLOWED_ORIGINS names other sites that may act."""  # CK-04
    world, client = strict(app_factory, ALLOWED_ORIGINS="https://partner.example")
    headers = {"sec-fetch-site": "cross-site", "origin": "https://partner.example"}
    assert client.refresh(headers=headers).status_code == 200
    world.close()


def test_strict_refuses_clients_that_say_nothing(app_factory):
    """With CSRF=strict curl needs a token in the body."""  # CK-04
    world, client = strict(app_factory, CSRF="strict")
    assert problem(client.refresh()) == (403, "cross_site")
    assert client.refresh(headers={"sec-fetch-site": "same-origin"}).status_code == 200
    world.close()


def test_plain_http_compares_plain_origins(app_factory):
    """In development the origin is http, and the cookie goes without prefix and Secure."""  # CK-01
    world = World(settings(COOKIE_SECURE="false"))
    client = Client(app_factory(world.auth), origin="http://localhost:8000")
    client.register()
    answer = client.post("/auth/login", json=LOGIN, headers={"origin": "http://localhost:8000"})
    assert answer.headers["set-cookie"].startswith("refresh_token=")
    assert "Secure" not in answer.headers["set-cookie"]
    assert client.refresh(headers={"origin": "http://localhost:8000"}).status_code == 200
    world.close()
