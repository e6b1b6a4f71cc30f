"""The cookie of the registration: what is registered in one browser is known there, however often that is."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import ADA, PASSWORD, Client
from tests.auth_app.suite.letters import Post

COOKIE = "__Host-registration"
VERIFIED = {"status": "email verified"}


@pytest.fixture(params=["quiet", "open"])
def post(request, app_factory):
    """Return a world whose letters stay in the process."""
    post = Post(app_factory, REGISTRATION=request.param, EMAIL_VERIFICATION="login")
    yield post
    post.world.close()


def verify(client, token):
    """Bring back what a letter had."""
    return client.post("/auth/verify", json={"token": token}).json()


def test_a_second_registration_of_the_address_takes_nothing(post):
    """A double click leaves the password."""
    # RST-6
    post.client.register()
    token = post.token()
    post.client.register()
    assert verify(post.client, token) == VERIFIED
    assert post.client.login().status_code == 200


def test_each_of_two_addresses_is_known(post):
    """Whichever is verified first, and the browser has one cookie all the time."""
    # RST-6
    post.client.register()
    first, cookie = post.token(), post.client.cookies[COOKIE]
    post.client.register(email="grace@example.com")
    second = post.token()
    assert verify(post.client, first) == VERIFIED
    assert verify(post.client, second) == VERIFIED
    assert post.client.cookies[COOKIE] == cookie
    for email in ("ada@example.com", "grace@example.com"):
        assert post.client.login(email=email, password=PASSWORD).status_code == 200


def test_a_browser_that_registered_another_is_not_known(post):
    """Its cookie is good for its own account alone."""
    # RST-6
    post.client.register()
    token, stranger = post.token(), Client(post.client.app)
    stranger.register(email="eve@example.com")
    stranger.register()
    assert "reset_token" in verify(stranger, token)


def test_a_cookie_that_is_none_of_ours_is_replaced(post):
    """It is as good as none."""
    post.client.cookies[COOKIE] = "short"
    post.client.register()
    assert len(post.client.cookies[COOKIE]) == 43
    assert verify(post.client, post.token()) == VERIFIED


def test_what_another_sites_page_registers_is_known_nowhere(post):
    """It is registered as by any client, and the browser that was made to do it gets no cookie."""
    # CK-04, RST-6
    elsewhere = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    answer = post.client.post("/auth/register", json=ADA, headers=elsewhere)
    assert answer.status_code in {201, 202}
    assert "set-cookie" not in answer.headers
    assert "reset_token" in verify(post.client, post.token())
