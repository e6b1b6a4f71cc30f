"""POST /auth/logout."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import COOKIE, PLANTED, Client, problem
from tests.auth_app.world import broken

CLEARED = f"{COOKIE}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict"


def is_logged_out(answer):
    """Tell whether the answer is the contract's."""
    return (answer.status_code, answer.json()) == (200, {"status": "logged out"})


def test_the_session_ends_and_the_cookie_goes(session):
    """After logout the token is revoked and the browser holds none."""  # RF-12
    token = session.token
    answer = session.logout()
    assert is_logged_out(answer)
    assert answer.headers.get_list("set-cookie") == [CLEARED]
    assert session.token is None
    session.token = token
    assert problem(session.refresh()) == (401, "session_revoked")


def test_logging_out_again_is_the_same(session):
    """Logout may be repeated, by the client or by a proxy."""  # RF-12, F-32
    token = session.token
    for _ in range(3):
        session.token = token
        assert is_logged_out(session.logout())


@pytest.mark.parametrize("token", ["x", "A" * 177, None])
def test_an_unknown_token_is_logged_out_too(client, token):
    """The cookie is cleared with identical attributes even when it means nothing."""  # CK-07
    client.token = token
    answer = client.logout()
    assert is_logged_out(answer)
    assert answer.headers.get_list("set-cookie") == [CLEARED]


@pytest.mark.parametrize("text", PLANTED)
def test_a_planted_cookie_is_logged_out_too(client, text):
    """A cookie that is not ours has no session, and goes."""  # CK-02, CK-07
    answer = client.logout(headers={"cookie": text})
    assert is_logged_out(answer)
    assert answer.headers.get_list("set-cookie") == [CLEARED]


def test_a_body_token_is_logged_out(ada):
    """A client that holds its token sends it in the body; no cookie is touched."""
    token = ada.login(transport="body").json()["refresh_token"]
    answer = ada.logout(json={"refresh_token": token})
    assert is_logged_out(answer)
    assert "set-cookie" not in answer.headers
    assert problem(ada.refresh(json={"refresh_token": token})) == (401, "session_revoked")


def test_no_access_token_is_needed_or_read(session):
    """Whatever stands in the Authorization header, logout works."""  # RF-12
    assert is_logged_out(session.logout(headers={"authorization": "Bearer expired"}))


def test_a_failing_store_says_so(session, app_factory, world):
    """503 and an untouched cookie: the session may go on, so the client keeps the means to end it."""
    failing = Client(app_factory(broken(world.auth, "logout")))
    failing.token = session.token
    answer = failing.logout()
    assert problem(answer) == (503, "store_unavailable")
    assert "set-cookie" not in answer.headers


def test_the_child_that_was_never_used_dies_too(session):
    """Ending a session ends every token of it."""
    parent = session.token
    session.refresh()
    child = session.token
    session.logout()
    for token in (parent, child):
        session.token = token
        assert session.refresh().status_code == 401
