"""The transport "cookies": the access token in a cookie of its own, beside the refresh cookie."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import COOKIE, PASSWORD, Client, fields, problem
from tests.auth_app.suite.scopes import grant_too_many
from tests.auth_app.suite.test_password import NEW, bearer

ACCESS = "__Host-access_token"
BOTH = {COOKIE, ACCESS}
LAX = "; Path=/; HttpOnly; Secure; SameSite=Lax"


def lines(answer):
    """Return the Set-Cookie lines by the names of their cookies."""
    found = {line.partition("=")[0]: line for line in answer.headers.get_list("set-cookie")}
    found.pop("__Host-device", None)
    return found


def test_a_login_sets_both(ada):
    """The access token with its own lifetime, both Lax, and nothing of it may be kept by a cache."""
    # CK-01
    answer = ada.login(transport="cookies")
    token, seconds = answer.json()["access_token"], answer.json()["expires_in"]
    set_cookies = lines(answer)
    assert set_cookies[ACCESS] == f"{ACCESS}={token}; Max-Age={seconds}{LAX}"
    assert set_cookies[COOKIE] == f"{COOKIE}={ada.token}; Max-Age=1209600{LAX}"
    assert "refresh_token" not in answer.json()  # CK-03
    assert answer.headers["cache-control"] == "no-store"


def test_the_form_takes_it_too(ada):
    """As a field of the OAuth2 password form."""
    answer = ada.login_form(username="ada@example.com", password=PASSWORD, transport="cookies")
    assert lines(answer).keys() == BOTH


def test_the_other_transports_set_no_access_cookie(ada):
    """Strict for "cookie", as before, and nothing for "body"."""
    # CK-01
    answer = ada.login()
    assert lines(answer).keys() == {COOKIE}
    assert lines(answer)[COOKIE].endswith("; SameSite=Strict")
    assert lines(ada.login(transport="body")) == {}


@pytest.mark.parametrize("body", [{}, {"transport": "cookies"}])
def test_a_refresh_goes_the_way_of_the_last_one(ada, body):
    """The cookie of the access token says which that was; asked for, it is the same."""
    ada.login(transport="cookies")
    before = dict(ada.cookies)
    answer = ada.refresh(json=body)
    assert lines(answer).keys() == BOTH
    assert before[COOKIE] != ada.token
    assert ada.cookies[ACCESS] == answer.json()["access_token"]


def test_a_refresh_may_change_the_way(ada):
    """From the refresh cookie alone to both and back, and from a body into cookies."""
    ada.login()
    assert lines(ada.refresh(json={"transport": "cookies"})).keys() == BOTH
    assert lines(ada.refresh(json={"transport": "cookie"})).keys() == {COOKIE}
    held = {"refresh_token": ada.login(transport="body").json()["refresh_token"]}
    answer = Client(ada.app).refresh(json={**held, "transport": "cookies"})
    assert lines(answer).keys() == BOTH
    assert "refresh_token" not in answer.json()


def test_what_a_cookie_brought_does_not_come_in_a_body(ada):
    """422: a script that cannot read the cookie shall not have its token told; the session goes on."""
    # CK-03
    ada.login(transport="cookies")
    answer = ada.refresh(json={"transport": "body"})
    assert problem(answer) == (422, "invalid_input")
    assert fields(answer) == ["transport"]
    assert fields(ada.refresh(json={"transport": "pigeon"})) == ["transport"]
    assert ada.refresh().status_code == 200


def test_another_site_may_not_move_a_token_into_cookies(ada):
    """403: it would log a browser in as somebody else."""
    # CK-06
    held = {"refresh_token": ada.login(transport="body").json()["refresh_token"], "transport": "cookies"}
    answer = Client(ada.app).refresh(json=held, headers={"origin": "https://evil.example"})
    assert problem(answer) == (403, "cross_site")


def test_another_site_may_not_log_in_with_both(ada):
    """403, as with the refresh cookie alone."""
    # CK-06
    login = {"email": "ada@example.com", "password": PASSWORD, "transport": "cookies"}
    answer = ada.post("/auth/login", json=login, headers={"origin": "https://evil.example"})
    assert problem(answer) == (403, "cross_site")


def test_a_logout_takes_both_away(ada):
    """With the attributes that they were set with; so does a refused refresh."""
    # CK-07
    ada.login(transport="cookies")
    stolen = dict(ada.cookies)
    answer = ada.logout()
    assert lines(answer)[ACCESS] == f"{ACCESS}=; Max-Age=0{LAX}"
    assert ada.cookies.keys() == {"__Host-device"}
    ada.cookies = stolen
    assert lines(ada.refresh()).keys() == BOTH
    assert ada.cookies.keys() == {"__Host-device"}


def test_what_ends_the_session_takes_both_away(ada):
    """The current one in the list of sessions, and a logout everywhere."""
    login = ada.login(transport="cookies")
    session = ada.get("/auth/sessions", headers=bearer(login)).json()["sessions"][0]["session_id"]
    assert lines(ada.send("DELETE", f"/auth/sessions/{session}", headers=bearer(login))).keys() == BOTH
    login = ada.login(transport="cookies")
    assert lines(ada.post("/auth/logout-all", headers=bearer(login))).keys() == BOTH


def test_what_opens_a_session_anew_sets_both_again(ada):
    """A change of the password and a second proof go the way of the session at hand."""
    login = ada.login(transport="cookies")
    answer = ada.post("/auth/reauthenticate", json={"password": PASSWORD}, headers=bearer(login))
    assert lines(answer).keys() == BOTH
    change = {"current_password": PASSWORD, "new_password": NEW}
    assert lines(ada.post("/auth/password", json=change, headers=bearer(answer))).keys() == BOTH


def test_a_token_too_large_for_a_cookie_is_refused(ada, world):
    """501 that names the limit, instead of a cookie that no browser keeps; the session is over at once."""
    user_id = ada.login(transport="body").json()["user_id"]
    grant_too_many(world, user_id)
    answer = ada.login(transport="cookies")
    assert problem(answer) == (501, "token_too_large")
    assert "browsers keep 4096" in answer.json()["detail"]
    assert "set-cookie" not in answer.headers
    assert [event.name for event in world.events][-2:] == ["login_succeeded", "logged_out"]
    assert ada.login().status_code == 200
