"""Where a navigation goes that finds nobody signed in, and how it gets back."""

from __future__ import annotations

import pytest

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_asgi.pages.paths import PAGE_PATHS
from tests.browser_sessions.browser import ACCESS, NAVIGATION, REFRESH, Browser, names

LOGIN_URL = "/auth/account/login"


@pytest.fixture
def stranger(world):
    """Return a browser in which nobody is signed in, before an application that guards all but one path."""
    return Browser(world, login_url=LOGIN_URL, public={"/stream", "/guarded/page"})


@pytest.mark.parametrize("path", ["/me", "/nowhere", "/guarded/page"])
def test_a_navigation_is_sent_to_the_login_page(stranger, path):
    """303 with the way back, whether the middleware or a guard of the application refuses."""
    answer = stranger.fetch(path + "?a=b&c=%20d", headers=NAVIGATION)
    back = path.replace("/", "/") + "%3Fa%3Db%26c%3D%2520d"
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LOGIN_URL}?next={back}")
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["vary"] == "Cookie"
    assert answer.content == b""


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"accept": "text/html"},
        {**NAVIGATION, "accept": "application/json"},
        {**NAVIGATION, "sec-fetch-mode": "cors"},
        {**NAVIGATION, "sec-fetch-mode": "no-cors"},
    ],
)
def test_everything_else_is_refused_as_before(stranger, headers):
    """A script, an image or a program that takes no page is told 401 with a challenge."""
    for path in ("/me", "/guarded/page"):
        answer = stranger.fetch(path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer realm=")


def test_what_is_open_to_all_is_served(stranger):
    """Nobody is sent anywhere from a page that needs nobody."""
    assert stranger.fetch("/stream", headers=NAVIGATION).status_code == 200


def test_who_is_signed_in_is_sent_nowhere(world):
    """Also where a challenge names what is missing beside a login."""
    browser = Browser(world, login_url=LOGIN_URL)
    browser.sign_in()
    assert browser.fetch("/guarded/page", headers=NAVIGATION).text == "in"
    answer = browser.fetch("/me", headers=NAVIGATION | {"authorization": "Bearer x"})
    assert answer.status_code == 401


def test_whose_login_is_over_is_sent_there_without_cookies(world):
    """The refused ones go with the same answer."""
    browser = Browser(world, login_url=LOGIN_URL)
    browser.jar = {ACCESS: "x", REFRESH: "x"}
    answer = browser.fetch("/guarded/page", headers=NAVIGATION)
    assert answer.status_code == 303
    assert sorted(names(answer)) == [ACCESS, REFRESH]


def test_a_form_is_not_sent_back(stranger):
    """Its path is no page to come back to."""
    answer = stranger.fetch("/me", method="POST", headers=NAVIGATION)
    assert (answer.status_code, answer.headers["location"]) == (303, LOGIN_URL)


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example"])
def test_the_way_back_leads_to_no_other_site(stranger, path):
    """What a browser would read as another host's name is no way back."""
    # RST-7
    app, sent = stranger.app, []
    headers = [(name.encode(), value.encode()) for name, value in NAVIGATION.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    run(app, scope, sent)
    assert dict(sent[0]["headers"])[b"location"] == LOGIN_URL.encode()


def test_a_login_page_with_a_query_and_a_prefix(world):
    """``next`` joins what is there, and is the path that the browser knows."""
    app, sent = Browser(world, login_url="https://id.example/in?a=b#top").app, []
    headers = [(name.encode(), value.encode()) for name, value in NAVIGATION.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/guarded/page",
        "root_path": "/api",
        "headers": headers,
    }
    run(app, scope, sent)
    assert dict(sent[0]["headers"])[b"location"] == b"https://id.example/in?a=b&next=/api/guarded/page#top"


def run(app, scope, sent):
    """Have an application answer a scope."""
    import asyncio  # noqa: PLC0415

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b""}

    asyncio.run(app(scope, receive, send))


@pytest.mark.parametrize("path", ["/auth/me", "/auth/login"])
def test_only_the_credential_routes_answer_as_ever(stranger, path):
    """A wrong password of a form is a refusal, not a reason to send it to where it was made."""
    answer = stranger.fetch(path, headers=NAVIGATION)
    assert answer.status_code == (303 if path == "/auth/me" else 405)


@pytest.mark.parametrize(
    "url", ["login", "//evil.example", "/\\evil", "javascript:1", "", "/a\r\nb", "https:///x"]
)
def test_a_login_page_is_a_path_or_a_url(world, url):
    """Anything else is a slip of the pen, said when the middleware is made."""
    with pytest.raises(ValueError, match="login_url"):
        BearerMiddleware(lambda: None, world.auth, cookies=True, login_url=url)


def test_a_login_page_needs_cookies(world):
    """Without them nobody who comes back from there would be known."""
    with pytest.raises(TypeError, match="login_url needs cookies=True"):
        BearerMiddleware(lambda: None, world.auth, login_url=LOGIN_URL)


def test_a_login_page_that_needs_a_login_sends_nobody_in_circles(stranger):
    """It is refused as everything else is; at the start a sentence has said what is missing."""
    answer = stranger.fetch(LOGIN_URL, headers=NAVIGATION)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("options", "sentences"),
    [
        ({"public": {"/stream"}}, 1),
        ({"public": {LOGIN_URL, "/stream"}}, 0),
        ({"public": {"/account/login"}}, 0),  # below a prefix, perhaps
        ({"public": PAGE_PATHS}, 0),
        ({"public": None}, 0),
        ({"public": (), "exempt": {LOGIN_URL}}, 0),
        ({"public": (), "login_url": "https://login.example/"}, 0),
    ],
)
def test_a_login_page_that_is_not_open_is_told_at_the_start(world, caplog, options, sentences):
    """In one sentence, with what to write."""
    BearerMiddleware(None, world.auth, cookies=True, **{"login_url": LOGIN_URL, **options})
    told = [one.getMessage() for one in caplog.records if "not among public=" in one.getMessage()]
    assert len(told) == sentences
