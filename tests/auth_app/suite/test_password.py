"""POST /auth/password."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import LOGIN, ORIGIN, PASSWORD, Client, fields, problem

NEW = "green heron seven walks"
CHANGE = {"current_password": PASSWORD, "new_password": NEW}


def bearer(login):
    """Return the header that carries an access token."""
    return {"authorization": f"Bearer {login.json()['access_token']}"}


@pytest.fixture
def change(ada):
    """Return what changes the password of Ada, who has just logged in."""
    headers = bearer(ada.login())

    def send(**changes):
        return ada.post("/auth/password", json={**CHANGE, **changes}, headers=headers)

    return send


def test_the_password_is_changed(ada, change):
    """The answer has new tokens; the old password is good no more."""
    # PW-10
    answer = change()
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "status"}
    assert answer.json()["status"] == "password changed"
    assert ada.login(password=NEW).status_code == 200
    assert problem(ada.login()) == (401, "invalid_credentials")


def test_the_caller_goes_on_and_nobody_else(ada, change):
    """The new cookie and access token are good, every older token of either kind is not."""
    # RF-11, RF-13
    thief, old = Client(ada.app), ada.token
    stolen = bearer(thief.login())
    mine = bearer(change())
    assert ada.token not in {None, old}
    assert ada.get("/auth/me", headers=mine).status_code == 200
    assert ada.refresh().status_code == 200
    assert problem(thief.get("/auth/me", headers=stolen)) == (401, "token_invalid")
    assert problem(thief.refresh()) == (401, "session_revoked")
    assert problem(Client(ada.app).refresh(json={"refresh_token": old})) == (401, "session_revoked")


def test_the_refresh_token_comes_in_the_body_when_asked_for(ada, change):
    """As at a login."""
    # CK-03
    answer = change(transport="body")
    assert "set-cookie" not in answer.headers
    token = answer.json()["refresh_token"]
    assert Client(ada.app).refresh(json={"refresh_token": token}).status_code == 200


def test_a_wrong_current_password_is_refused(ada, change):
    """401, and nothing is different."""
    # PW-10
    answer = change(current_password="wrong horse battery")
    assert problem(answer) == (401, "invalid_credentials")
    assert "set-cookie" not in answer.headers
    assert ada.refresh().status_code == 200
    assert ada.login().status_code == 200


def test_null_is_left_out(change):
    """As typed clients write it: the login is fresh, and no password is asked for."""
    assert change(current_password=None).status_code == 200


@pytest.mark.parametrize(
    ("changes", "offenders"),
    [
        ({"new_password": "short"}, ["new_password"]),
        ({"current_password": 7, "new_password": None}, ["current_password", "new_password"]),
        ({"transport": "pigeon"}, ["transport"]),
        ({"current_password": 1, "transport": "pigeon"}, ["current_password", "transport"]),
    ],
)
def test_bad_fields_are_named(change, changes, offenders):
    """All at once, as everywhere."""
    answer = change(**changes)
    assert problem(answer) == (422, "invalid_input")
    assert sorted(set(fields(answer))) == offenders


def test_no_answer_shows_a_password(change, taint):
    """Neither of the two, good or bad."""
    # LOG-1
    taint(NEW)
    for answer in (change(new_password="short one"), change(current_password="x"), change()):
        assert PASSWORD not in answer.text
        assert NEW not in answer.text


def test_another_site_is_refused(ada):
    """The answer would set a cookie: the rule of the login holds."""
    # CK-04
    headers = {**bearer(ada.login()), "sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    answer = ada.post("/auth/password", json=CHANGE, headers=headers)
    assert problem(answer) == (403, "cross_site")
    ours = {**headers, "sec-fetch-site": "same-origin", "origin": ORIGIN}
    assert ada.post("/auth/password", json=CHANGE, headers=ours).status_code == 200


def test_a_form_is_refused(ada):
    """JSON only."""
    # CK-05
    headers = {**bearer(ada.login()), "content-type": "application/x-www-form-urlencoded"}
    answer = ada.post("/auth/password", content=b"current_password=a&new_password=b", headers=headers)
    assert problem(answer) == (415, "unsupported_media_type")


def test_the_body_of_a_stranger_is_not_read(client):
    """Who has no access token is told so first."""
    assert problem(client.post("/auth/password", json=LOGIN)) == (401, "not_authenticated")
