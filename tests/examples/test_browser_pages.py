"""The example of pages by cookie, asked in this process as a browser and HTMX ask."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import Client

ORIGIN = "http://127.0.0.1:8000"
NAVIGATION = {"sec-fetch-mode": "navigate", "accept": "text/html"}
HTMX = {"hx-request": "true", "sec-fetch-site": "same-origin"}


@pytest.fixture
def pages(example):
    """Return a client of the pages where Ada is registered."""
    client = Client(example("browser_pages").app, origin=ORIGIN)
    assert client.register().status_code == 201
    return client


def test_whoever_is_not_signed_in_is_taken_to_the_login_page(pages):
    """And knows the way back; a script is told 401."""
    answer = pages.get("/notes?page=2", headers=NAVIGATION)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/notes%3Fpage%3D2")
    assert pages.get(answer.headers["location"], headers=NAVIGATION).status_code == 200
    assert pages.get("/notes").status_code == 401
    assert pages.get("/htmx.js").headers["content-type"].startswith("text/javascript")


def test_a_page_and_a_fragment_know_the_user(pages):
    """Jinja escapes what a user wrote; HTMX gets the list alone."""
    user = pages.login(transport="cookies").json()["user_id"]
    assert f"<h1>{user}</h1>" in pages.get("/notes", headers=NAVIGATION).text
    fragment = pages.post("/notes/new", data={"text": "<b>"}, headers=HTMX)
    assert fragment.text == "<li>&lt;b&gt;</li>"
    assert fragment.text in pages.get("/notes").text
    assert pages.get("/notes/pixel").headers["vary"] == "Cookie"


def test_a_form_from_elsewhere_is_refused(pages):
    """403, even where a browser sends the cookies along."""
    pages.login(transport="cookies")
    answer = pages.post("/notes/new", data={"text": "x"}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403


def test_a_page_renews_a_login_that_is_over(pages):
    """The access cookie is gone, the page is there all the same, and brings both."""
    user = pages.login(transport="cookies").json()["user_id"]
    del pages.cookies["access_token"]
    assert f"<h1>{user}</h1>" in pages.get("/notes").text
    assert pages.cookies.keys() == {"access_token", "refresh_token", "device"}
