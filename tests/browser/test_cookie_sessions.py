"""Browser sessions in a real browser, before two workers, on either kind of storage."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import PASSWORD
from tests.examples.serving import run, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADA = {"email": "ada@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "Lovelace"}
ACCESS = "access_token"
KEY = "a key that only the tests of browsers know"


@pytest.fixture(params=["embedded", "servers"])
def origin(request: pytest.FixtureRequest, tmp_path) -> Iterator[str]:
    """Return the origin of the example, served by two workers."""
    env = {"ACCESS_TOKEN_TTL_SECONDS": "60"}
    if request.param == "servers":
        env["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        env["REDIS_URL"] = request.getfixturevalue("redis_url")
        migrate = "from jwt_auth_core import Auth; Auth.from_env().migrate()"
        run("-c", migrate, directory=tmp_path, env={**env, "JWT_KEY": KEY})
    options = ("--workers", "2")
    with served("examples.browser_pages:app", directory=tmp_path, env=env, options=options) as origin:
        assert httpx.post(origin + "/auth/register", json=ADA).status_code == 201
        yield origin


@pytest.fixture
def signed_in(page: Page) -> Page:
    """Return a tab that opened a page, was taken to the login page, signed in there and came back."""
    page.goto("/notes")
    assert page.url.endswith("/login?next=/notes")
    page.fill("[name=email]", ADA["email"])
    page.fill("[name=password]", PASSWORD)
    page.click("text=Log in")
    page.wait_for_selector("#notes", state="attached")
    return page


def cookies(context: BrowserContext) -> dict[str, str]:
    """Return the cookies that the browser holds."""
    return {one["name"]: one["value"] for one in context.cookies()}


def test_a_page_knows_the_user_and_its_scripts_hold_no_token(signed_in: Page, context: BrowserContext):
    """Page, images and server-sent events come with the cookie, which no script reads."""  # CK-03
    user = signed_in.text_content("h1")
    signed_in.wait_for_function("document.querySelector('#events').textContent")
    assert signed_in.text_content("#events") == f"hello {user}"
    assert signed_in.evaluate("document.cookie") == ""
    held = {one["name"]: one for one in context.cookies()}
    assert {held[name]["sameSite"] for name in (ACCESS, "refresh_token")} == {"Lax"}


def test_a_page_of_twenty_requests_never_meets_an_expired_login(signed_in: Page, context: BrowserContext):
    """Two workers, all at once, some answers lost: nobody is logged out, and one session is left."""
    # RF-02, RF-03
    bad: list[tuple[str, int]] = []
    signed_in.on("response", lambda one: one.status >= 300 and bad.append((one.url, one.status)))
    user = signed_in.text_content("h1")
    for turn in range(8):
        context.clear_cookies(name=ACCESS)
        if turn % 2:  # the page is left as soon as it has begun: its images' answers are lost
            signed_in.goto("/notes", wait_until="commit")
        signed_in.goto("/notes", wait_until="load")
        assert signed_in.text_content("h1") == user
        assert ACCESS in cookies(context)
    assert bad == []
    sessions = signed_in.evaluate("fetch('/auth/sessions').then(answer => answer.json())")["sessions"]
    assert len(sessions) == 1


def test_a_link_from_elsewhere_finds_the_user_signed_in(
    signed_in: Page, context: BrowserContext, origin: str
):
    """Also with a login that is over, which is renewed on the way."""
    context.clear_cookies(name=ACCESS)
    stranger = context.new_page()
    stranger.set_content(f'<a href="{origin}/notes">notes</a>')
    stranger.click("a")
    stranger.wait_for_selector("#notes", state="attached")
    assert stranger.text_content("h1") == signed_in.text_content("h1")


def test_a_form_from_elsewhere_changes_nothing(signed_in: Page, context: BrowserContext, origin: str):
    """The browser keeps the cookies back, and so nobody calls."""  # CK-04
    stranger = context.new_page()
    field = '<input name="text" value="x">'
    stranger.set_content(f'<form method="post" action="{origin}/notes/new">{field}</form>')
    stranger.evaluate("document.forms[0].submit()")
    stranger.wait_for_url("**/login")
    signed_in.reload()
    assert signed_in.locator("li").count() == 0


def test_a_page_of_ours_posts_and_logs_out(signed_in: Page, context: BrowserContext):
    """As a script of the same origin does, without a header of its own."""
    body = "new URLSearchParams({text: '<b>'})"
    post = f"fetch('/notes/new', {{method: 'POST', body: {body}}}).then(answer => answer.text())"
    assert signed_in.evaluate(post) == "<li>&lt;b&gt;</li>"
    signed_in.click("#out")
    signed_in.wait_for_url("**/login")
    assert cookies(context).keys() == {"device"}
