"""What stands around a sign-in: hooks, the middleware, hosts, pages that are elsewhere."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.features.admin.shown import details
from jwt_auth_core.hooks.refusal import RefusedError
from tests.auth_app.suite.client import Client
from tests.auth_app.suite.providers.browser import (
    ELSEWHERE,
    back_from,
    come_back,
    error_of,
    leave,
    sign_in,
)
from tests.auth_app.world import World, settings
from tests.identities.issuer import variables_of


def test_hooks_have_a_say(client, issuer, world):
    """In registrations, and in logins."""
    asked = []

    @world.auth.hooks.before_register
    def register(registration):
        asked.append((registration.email, registration.first_name, registration.last_name))

    @world.auth.hooks.before_login
    def login(attempt):
        asked.append((attempt.email, attempt.method))
        if len(asked) > 3:
            raise RefusedError("closed_today")

    sign_in(client, issuer)
    sign_in(client, issuer)
    assert asked == [
        ("ada@example.com", "fed"),
        ("ada@example.com", "Ada", "Lovelace"),
        ("ada@example.com", "fed"),
    ]
    issuer.person["email_verified"] = False
    assert error_of(sign_in(client, issuer)) == "refused"
    assert asked[-1] == (None, "fed")


def test_a_token_that_no_cookie_holds_leaves_no_session(client, issuer, world):
    """The browser is told that the service is not set up for it."""
    sign_in(client, issuer)
    user = world.auth.end_user.find("ada@example.com")
    world.auth.hooks.claims_for(lambda users: [{"long": "x" * 4000} for _ in users])
    before = len(world.auth.list_sessions(user.user_id))
    assert error_of(sign_in(client, issuer, transport="cookies")) == "token_too_large"
    assert len(world.auth.list_sessions(user.user_id)) <= before


def test_the_middleware_lets_browsers_leave_and_come_back(client, issuer, world):
    """Where nothing is public, those two paths are all the same, by the provider's name alone."""
    guarded = Client(BearerMiddleware(client.app, world.auth, public=()))
    assert sign_in(guarded, issuer, next="/questions").headers["location"] == "/questions"
    assert guarded.get("/auth/oauth/evil").status_code == 401


def test_a_host_is_believed_in_nothing(client, issuer):
    """Where a provider leads back to is made of the settings."""
    answer = client.get("/auth/oauth/acme", headers={"host": "evil.example"})
    query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    assert query["redirect_uri"] == "https://app.example/auth/oauth/acme/callback"
    assert issuer.authorize(answer.headers["location"])


def test_an_admin_sees_who_somebody_is_elsewhere(client, issuer, world):
    """As the user does."""
    sign_in(client, issuer)
    user = world.auth.end_user.find("ada@example.com")
    (identity,) = details(world.auth.admin.users.show_user(user))["identities"]
    assert (identity["issuer"], identity["subject"]) == (issuer.url, issuer.person["sub"])
    assert identity["linked_at"] == identity["last_used_at"]


class TestElsewhere:
    """``ACCOUNT_URL`` on another origin, and the auth app below a path."""

    @pytest.fixture
    def world(self, issuer):
        """Return a world whose pages are elsewhere."""
        more = {"ACCOUNT_URL": "https://pages.example/account/", "PUBLIC_URL": "https://app.example/api"}
        made = World(settings(**{**variables_of(issuer), **more}))
        issuer.now = lambda: made.now
        yield made
        made.close()

    def test_a_browser_is_led_there(self, client, issuer):
        """Also by the form, whose page has to allow it."""
        answer = leave(client)
        query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
        assert query["redirect_uri"] == "https://app.example/api/auth/oauth/acme/callback"
        said = back_from(issuer, answer)
        page = client.post("/auth/oauth/acme/callback", headers=ELSEWHERE, content=urlencode(said))
        assert "form-action 'self' https://pages.example;" in page.headers["content-security-policy"]
        assert come_back(client, said).headers["location"] == "https://pages.example/account"
        denied = come_back(client, said)
        assert denied.headers["location"] == "https://pages.example/account/signin?error=state_invalid"
