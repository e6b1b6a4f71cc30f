"""POST /auth/reauthenticate, and what asks for it."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import COOKIE, PASSWORD, PLANTED, Client, fields, problem
from tests.auth_app.suite.test_password import NEW, bearer

PROOF = {"password": PASSWORD}


def again(client, login, **changes):
    """Prove once more who called by the access token of a login."""
    return client.post("/auth/reauthenticate", json={**PROOF, **changes}, headers=bearer(login))


def test_it_answers_as_a_login_does(ada):
    """New tokens, the refresh token in the cookie that it came in; the old ones are over."""
    # RF-13, CK-03
    login = ada.login()
    old, answer = ada.token, again(ada, login)
    assert answer.status_code == 200
    assert answer.json().keys() == login.json().keys()
    assert answer.json()["status"] == "logged in"
    assert ada.token not in {None, old}
    assert problem(ada.get("/auth/me", headers=bearer(login))) == (401, "token_invalid")
    assert problem(Client(ada.app).refresh(json={"refresh_token": old})) == (401, "session_revoked")
    assert ada.get("/auth/me", headers=bearer(answer)).status_code == 200
    assert ada.refresh().status_code == 200


@pytest.mark.parametrize("asked", [{}, {"transport": "body"}])
def test_a_client_without_a_cookie_gets_it_in_the_body(ada, asked):
    """As the old one came; a native app need not say so again."""
    login = ada.login(transport="body")
    answer = again(ada, login, **asked)
    assert "set-cookie" not in answer.headers
    token = answer.json()["refresh_token"]
    assert ada.refresh(json={"refresh_token": token}).status_code == 200


def test_a_client_may_ask_for_the_other_way(ada):
    """The transport that a request names is the one that it gets."""
    login = ada.login(transport="body")
    assert COOKIE in again(ada, login, transport="cookie").headers["set-cookie"]


def test_a_wrong_password_is_refused(ada):
    """401; the session at hand goes on."""
    login = ada.login()
    answer = again(ada, login, password="wrong horse battery")
    assert problem(answer) == (401, "invalid_credentials")
    assert "set-cookie" not in answer.headers
    assert ada.get("/auth/me", headers=bearer(login)).status_code == 200


@pytest.mark.limited
def test_too_many_wrong_ones_are_refused_unseen(ada):
    """429 for the right one, too, as where a password is changed."""
    # RL-5
    login = ada.login()
    for _ in range(5):
        again(ada, login, password="wrong horse battery")
    answer = again(ada, login)
    assert problem(answer) == (429, "rate_limited")
    assert int(answer.headers["retry-after"]) > 0


def test_it_asks_for_an_access_token(ada):
    """A refresh cookie alone proves nobody."""
    ada.login()
    assert problem(ada.post("/auth/reauthenticate", json=PROOF)) == (401, "not_authenticated")


def test_another_site_is_refused_where_the_cookie_is(ada):
    """403: its page would have the browser's session replaced."""
    # CK-04
    login = ada.login()
    headers = bearer(login) | {"origin": "https://evil.example"}
    for more in ({}, {"transport": "body"}):
        answer = ada.post("/auth/reauthenticate", json=PROOF | more, headers=headers)
        assert problem(answer) == (403, "cross_site")


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_cookie_brings_no_token_into_the_body(ada, planted):
    """What claims to be our cookie shows a browser, whose token its scripts shall not see."""
    # CK-02, CK-03
    login = ada.login(transport="body")
    answer = ada.post("/auth/reauthenticate", json=PROOF, headers=bearer(login) | {"cookie": planted})
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json()
    assert COOKIE in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("changes", "offenders"),
    [({"password": None}, ["password"]), ({"transport": "pigeon"}, ["transport"])],
)
def test_every_wrong_field_is_named(ada, changes, offenders):
    """422."""
    answer = again(ada, ada.login(), **changes)
    assert problem(answer) == (422, "invalid_input")
    assert fields(answer) == offenders


def test_a_fresh_login_needs_no_current_password(ada):
    """Whoever has just logged in changes the password, and goes on."""
    login = ada.login()
    answer = ada.post("/auth/password", json={"new_password": NEW}, headers=bearer(login))
    assert answer.status_code == 200
    assert ada.login(password=NEW).status_code == 200


def test_an_old_login_is_sent_to_log_in_once_more(ada, world):
    """401 with the challenge of RFC 9470; the new session may."""
    login = ada.login()
    auth = world.auth
    claims = auth.tokens.verify(login.json()["access_token"])
    old = auth.tokens.issue(
        subject=claims.subject,
        session_id=claims.session_id,
        session_version=claims.session_version,
        auth_time=claims.auth_time - 601,
        amr={"pwd"},
    )
    stale = {"authorization": f"Bearer {old}"}
    refused = ada.post("/auth/password", json={"new_password": NEW}, headers=stale)
    assert problem(refused) == (401, "insufficient_user_authentication")
    assert refused.json()["max_age"] == 600
    assert refused.headers["www-authenticate"].endswith('600 seconds old", max_age="600"')
    fresh = ada.post("/auth/reauthenticate", json=PROOF, headers=stale)
    changed = ada.post("/auth/password", json={"new_password": NEW}, headers=bearer(fresh))
    assert changed.status_code == 200
