"""Clients of OAuth as people have them: Authlib and requests-oauthlib against a served application."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from oauthlib.oauth2 import LegacyApplicationClient, OAuth2Error
from requests_oauthlib import OAuth2Session as RequestsOAuth2Session

from jwt_auth_core.keys.jwks import render_jwks
from jwt_auth_core.keys.pyjwt import PyJwtKey
from tests.blocks import block
from tests.end_to_end.site import FRAMEWORKS, TOPICS, Site, serving, settings
from tests.end_to_end.visitor import PASSWORD, Visitor
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "machines.md").read_text("utf-8")
SECRET = "a secret + of 100% one client: 32 bytes"
WANTED = {"OAUTH_CLIENTS": f"billing:{SECRET}"}


@pytest.fixture(scope="module", params=FRAMEWORKS)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Return a running application on embedded stores, with a user."""
    with serving(settings(**WANTED), framework=request.param) as site:
        site.visitor().register()
        yield site


def told_by(site: Site) -> dict[str, Any]:
    """Return where everything is, as a client is told."""
    told = httpx.get(f"{site.origin}/auth/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == f"{site.origin}/auth"
    return told


def with_authlib(url: str, name: str, password: str) -> tuple[Any, Callable[[], Any]]:
    """Return a client of Authlib's, which has neither an id nor a secret."""
    client = OAuth2Session(token_endpoint_auth_method="none")
    client.fetch_token(url, username=name, password=password, grant_type="password")
    return client, lambda: client.refresh_token(url)


def with_oauthlib(url: str, name: str, password: str) -> tuple[Any, Callable[[], Any]]:
    """Return a client of requests-oauthlib's; it says its id by HTTP Basic, with an empty secret."""
    client = RequestsOAuth2Session(client=LegacyApplicationClient(client_id="app"))
    client.fetch_token(url, username=name, password=password, client_id="app")
    return client, lambda: client.refresh_token(url)


LIBRARIES = {"authlib": with_authlib, "requests-oauthlib": with_oauthlib}


@pytest.fixture(params=LIBRARIES.values(), ids=LIBRARIES)
def log_in(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Any, Callable[[], Any]]]:
    """Return what logs in by one library: its client, and what refreshes."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    return request.param


def test_a_client_logs_in_calls_and_refreshes(site: Site, log_in: Any):
    """By the metadata alone: the password grant, a guarded route, the refresh grant twice."""
    walk(site, log_in)


@pytest.mark.servers
def test_it_does_so_over_postgres_and_redis(migrated_url: str, redis_url: str, log_in: Any):
    """The same on servers of both kinds."""
    with serving(settings(**WANTED, DATABASE_URL=migrated_url, REDIS_URL=redis_url)) as site:
        site.visitor().register()
        walk(site, log_in)
        with pytest.raises((OAuthError, OAuth2Error)):
            log_in(f"{site.origin}/auth/token", "ada@example.com", "not-" + PASSWORD)


def walk(site: Site, log_in: Any) -> None:
    """Log in where the metadata say, call, refresh twice."""
    client, refresh = log_in(told_by(site)["token_endpoint"], "ada@example.com", PASSWORD)
    seen = {client.token["refresh_token"]}
    for _ in range(2):
        assert client.get(f"{site.origin}/questions/topics").json()["topics"] == TOPICS
        refresh()
        seen.add(client.token["refresh_token"])
    assert len(seen) == 3


def test_a_client_logs_in_as_the_page_shows(site: Site):
    """In three lines of docs/auth-app.md, the refresh included."""
    known: dict[str, Any] = {"url": site.origin, "password": PASSWORD}
    exec(block("docs/auth-app.md", "python", "authlib"), known)  # noqa: S102 - the page's own code
    assert known["client"].get(f"{site.origin}/questions/topics").json()["topics"] == TOPICS


@pytest.mark.parametrize("path", ["/auth/token", "/auth/login"])
def test_a_wrong_password_is_an_error_and_no_token(site: Site, log_in: Any, path: str):
    """The library raises what the protocol has for it."""
    with pytest.raises((OAuthError, OAuth2Error), match=r"(?i)invalid.*(grant|password)") as caught:
        log_in(site.origin + path, "ada@example.com", "not-" + PASSWORD)
    assert caught.value.error == "invalid_grant"


@pytest.mark.parametrize("path", ["/auth/token", "/auth/refresh"])
def test_a_spent_refresh_token_is_an_error_and_no_token(site: Site, log_in: Any, path: str):
    """So does it after the session has ended."""
    client, _ = log_in(told_by(site)["token_endpoint"], "ada@example.com", PASSWORD)
    token = client.token["refresh_token"]
    assert httpx.post(f"{site.origin}/auth/logout", data={"refresh_token": token}).status_code == 200
    with pytest.raises((OAuthError, OAuth2Error)) as caught:
        client.refresh_token(site.origin + path)
    assert caught.value.error == "invalid_grant"


def test_a_client_proves_itself_by_a_key(site: Site):
    """As docs/machines.md has it for Authlib, from the metadata's issuer."""
    pair = PyJwtKey.generate("RS256")
    site.auth.clients.manage.add_with_keys("reports", render_jwks([pair]), scopes=["a"])
    (block,) = re.findall(r"```python\n(from authlib.*?)```", PAGE, re.DOTALL)
    known = {"issuer": told_by(site)["issuer"], "key_id": pair.key_id, "private_key": pair.private_jwk()}
    for _ in range(2):
        exec(block, known)  # noqa: S102 - the page's own code
        claims = site.auth.tokens.verify(known["session"].token["access_token"])
        assert (claims.client_id, claims.scopes) == ("reports", {"a"})


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_service_introspects_and_revokes(site: Site, method: str):
    """A secret with a plus and a percent sign is believed as Authlib sends it."""
    told, ada = told_by(site), Visitor(site.origin)
    ada.login()
    client = OAuth2Session("billing", SECRET, token_endpoint_auth_method=method)
    assert client.introspect_token(told["introspection_endpoint"], token=ada.access).json()["active"]
    assert client.revoke_token(told["revocation_endpoint"], token=ada.access).status_code == 200
    answer = client.introspect_token(told["introspection_endpoint"], token=ada.access)
    assert answer.json() == {"active": False}
    ada.close()
