"""The refresh cookie in a real browser: over plain http in development, over TLS as in production."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.certificate import write_certificate
from tests.browser.conftest import PASSWORD, sent
from tests.examples.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CREDENTIALS = {"email": "ada@example.com", "password": PASSWORD}
REFRESHES = 25
ONCE = """void (window.turn = fetch("/auth/refresh", {method: "POST"}).then(answer => answer.status))"""
IN_TURN = """async (count) => {
  const refresh = () => navigator.locks.request("refresh", () => fetch("/auth/refresh", {method: "POST"}));
  const statuses = [];
  for (let turn = 0; turn < count; turn++)
    statuses.push((await refresh()).status);
  return statuses;
}"""

Post = Callable[..., tuple[int, dict[str, object]]]


@pytest.fixture(scope="module", params=["development", "production"])
def origin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of the running example, plain and over TLS."""
    directory = tmp_path_factory.mktemp("session")
    options, env = _tls(directory) if request.param == "production" else ((), {})
    with served("examples.fastapi_app:app", directory=directory, env=env, options=options) as origin:
        yield origin


def _tls(directory: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    key, certificate = write_certificate(directory)
    return ("--ssl-keyfile", str(key), "--ssl-certfile", str(certificate)), {"COOKIE_SECURE": "true"}


@pytest.fixture
def logged_in(page: Page, post: Post) -> Page:
    """Return a tab that has logged in."""
    page.goto("/auth/openapi.json")
    post("/auth/register", {**CREDENTIALS, "first_name": "Ada", "last_name": "Lovelace"})
    assert post("/auth/login", CREDENTIALS)[0] == 200
    return page


@pytest.mark.usefixtures("logged_in")
def test_a_page_refreshes_with_the_cookie(post: Post):
    """The browser stores the cookie, sends it back and takes the next one."""  # CK-01
    first, second = post("/auth/refresh"), post("/auth/refresh")
    assert (first[0], second[0]) == (200, 200)
    assert "refresh_token" not in first[1]


def test_a_page_cannot_read_the_cookie(logged_in: Page, context: BrowserContext):
    """Scripts see nothing of what the browser holds."""  # CK-03
    device, refresh = sorted(context.cookies(), key=lambda one: one["name"])
    assert device["name"].endswith("device")
    assert refresh["name"].endswith("refresh_token")
    assert (refresh["httpOnly"], refresh["sameSite"], refresh["path"]) == (True, "Strict", "/")
    assert (device["httpOnly"], device["sameSite"], device["path"]) == (True, "Lax", "/")
    assert logged_in.evaluate("document.cookie") == ""


@pytest.mark.usefixtures("logged_in")
def test_over_tls_the_cookie_is_bound_to_its_host(context: BrowserContext, origin: str):
    """The browser accepts the __Host- prefix over TLS; development goes without."""  # CK-01
    cookies, secure = context.cookies(), origin.startswith("https:")
    assert len(cookies) == 2
    assert {(one["name"].startswith("__Host-"), one["secure"]) for one in cookies} == {(secure, secure)}


@pytest.mark.usefixtures("logged_in")
def test_log_out_takes_the_cookie_away(context: BrowserContext, post: Post):
    """After the logout the browser knows that somebody was here; there is nothing to refresh."""  # CK-07
    assert post("/auth/logout")[0] == 200
    assert [one["name"].endswith("device") for one in context.cookies()] == [True]
    assert post("/auth/refresh")[0] == 401


@pytest.mark.usefixtures("logged_in")
def test_a_foreign_page_cannot_log_anybody_out(context: BrowserContext, post: Post, origin: str):
    """A page of another origin reaches the route without the cookie, and the session goes on."""  # CK-04
    stranger = context.new_page()
    script = 'url => fetch(url, {method: "POST", mode: "no-cors", credentials: "include"})'
    stranger.evaluate(f"async url => {{ await ({script})(url); }}", origin + "/auth/logout")
    assert post("/auth/refresh")[0] == 200


def test_two_tabs_refresh_at_once(logged_in: Page, context: BrowserContext):
    """Two tabs that refresh at one moment may overtake each other; neither is ever logged out."""  # RF-03
    tabs = [logged_in, _other(context)]
    for _ in range(REFRESHES):
        for tab in tabs:
            tab.evaluate(ONCE)
        assert {tab.evaluate("window.turn") for tab in tabs} <= {200, 409}
    assert [sent(tab, "/auth/refresh")[0] for tab in tabs] == [200, 200]


def test_tabs_that_take_turns_never_overtake_each_other(logged_in: Page, context: BrowserContext):
    """With the documented lock two tabs refresh without end, and each answer is a grant."""  # RF-03
    tabs = [logged_in, _other(context)]
    for tab in tabs:
        tab.evaluate(f"void (window.loop = ({IN_TURN})({REFRESHES}))")
    assert [tab.evaluate("window.loop") for tab in tabs] == [[200] * REFRESHES] * 2


def _other(context: BrowserContext) -> Page:
    other = context.new_page()
    other.goto("/auth/openapi.json")
    return other
