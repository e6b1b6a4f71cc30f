"""The banner for an admin who acts for a user, over HTTP; and where acting is offered."""

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from jwt_auth_asgi import BearerMiddleware, create_app
from jwt_auth_asgi.http.cookies.acting_cookie import ActingCookie
from jwt_auth_asgi.testing import headers_for
from jwt_auth_core import Auth, Secret, Settings
from jwt_auth_core.sessions import RefreshTokens, new_session_id

TOKENS = RefreshTokens([b"a secret that only these tests know"])
SESSION, OTHER = new_session_id(), new_session_id()


@pytest.fixture
def auth():
    """Return an Auth on a database in memory."""
    key = Secret("b7Qm-2xW9-kT4v-pL8s-nZ6y-cR3f-hJ1d")
    auth = Auth.from_settings(Settings(jwt_key=key, database_url=Secret("sqlite://")))
    yield auth
    auth.close()


@pytest.fixture
def client(auth):
    """Return a client of an application that knows browsers by their cookies."""
    app = Starlette(routes=[Mount("/auth", create_app(auth, pages=True))])
    return TestClient(BearerMiddleware(app, auth, cookies=True), follow_redirects=False)


def marker(auth):
    """Return the acting cookie for `SESSION`, as a browser sends it."""
    return ActingCookie.from_settings(auth.settings).set(SESSION).partition(";")[0]


def refresh(session_id):
    """Return the refresh cookie with a token of a session."""
    return f"__Host-refresh_token={TOKENS.first(session_id).text.reveal()}"


@pytest.mark.parametrize("page", ["login", "profile", "devices"])
def test_the_banner_is_on_every_page_while_somebody_acts(auth, client, page):
    """Where the session waits that the cookie is about, by whichever of its tokens, and nowhere else."""
    for _ in range(2):
        cookies = f"{refresh(SESSION)}; {marker(auth)}"
        shown = client.get(f"/auth/account/{page}", headers={"cookie": cookies}).text
        assert '<aside id="acting"' in shown
        assert "acting.js" in shown
    none = "__Host-refresh_token=none"
    for others in (*(f"{one}; {marker(auth)}" for one in (refresh(OTHER), none)), marker(auth), ""):
        plain = client.get(f"/auth/account/{page}", headers={"cookie": others}).text
        assert "acting.js" not in plain


def test_acting_is_offered_where_cookies_are_known(auth, client):
    """By a token of a script alone a browser cannot act: the next page would know nothing of it."""
    headers = headers_for(auth, subject="7f0c1a52-3d0e-4b8e-9a53-2d1c0b9a8f7e", scopes=["auth:admin"])
    token = headers["authorization"].removeprefix("Bearer ")
    by_cookie = client.get("/auth/admin/user", headers={"cookie": f"__Host-access_token={token}"})
    assert (by_cookie.status_code, "data-cookies" in by_cookie.text) == (200, True)
    assert "data-cookies" not in client.get("/auth/admin/user", headers=headers).text


def test_each_application_under_one_host_has_a_cookie_of_its_own(auth):
    """Named after its refresh cookie; it is out of reach of scripts, and its end is its beginning's."""
    named = Settings(jwt_key=auth.settings.jwt_key, cookie_name="shop")
    cookie = ActingCookie.from_settings(named)
    assert cookie.name == "__Host-shop_acting"
    assert cookie.clear().endswith("Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax")
