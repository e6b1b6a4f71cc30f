"""A login whose password is right and not enough, as every way to log in over HTTP answers it."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.vocabulary import Secret
from tests.auth_app.suite.client import ADA, COOKIE, FORM, LOGIN, Client, fields, problem
from tests.factors.words import enrol, with_words

WHO = {"username": LOGIN["email"], "password": LOGIN["password"]}
ASKED = {"challenge": "login.abc", "factors": ["totp", "recovery"], "expires_in": 300}


@pytest.fixture
def asked(app_factory, world):
    """Return a client of an application whose users all have a second factor."""
    auth, challenge = world.auth, Challenge(Secret("login.abc"), ("totp", "recovery"), 300)
    opening = replace(auth.login.open_session, second_factor=lambda *_: challenge)
    client = Client(app_factory(replace(auth, login=replace(auth.login, open_session=opening))))
    assert client.post("/auth/register", json=ADA).status_code == 201
    return client


def members(answer, *names):
    """Return some members of a document."""
    return {name: answer.json()[name] for name in names}


def test_what_is_missing_is_told(asked):
    """A problem that names the challenge and what completes it; no token, no cookie."""
    answer = asked.login()
    assert answer.status_code == 401
    assert members(answer, "code", *ASKED) == {"code": "second_factor_required", **ASKED}
    assert "access_token" not in answer.json()
    assert not asked.cookies


def test_the_form_of_swagger_is_told_the_same(asked):
    """With the words of OAuth beside it."""
    answer = asked.post("/auth/login", content=urlencode(WHO), headers={"content-type": FORM})
    assert answer.status_code == 401
    assert members(answer, "error", *ASKED) == {"error": "mfa_required", **ASKED}


def test_the_token_endpoint_tells_it_as_an_error_of_oauth(asked):
    """400, since 401 is for clients there."""
    content = urlencode({"grant_type": "password", **WHO})
    answer = asked.post("/auth/token", content=content, headers={"content-type": FORM})
    assert answer.status_code == 400
    assert members(answer, "error", *ASKED) == {"error": "mfa_required", **ASKED}
    assert "www-authenticate" not in answer.headers


@pytest.fixture
def ada(app_factory, world):
    """Return a client of an application where Ada has a word for a second factor."""
    client = Client(app_factory(with_words(world.auth)))
    assert client.register().status_code == 201
    enrol(world.auth, world.auth.end_user.find(ADA["email"]).user_id)
    return client


def go_on(client, answer, **fields):
    """Go on with the login of an answer."""
    asked = {"challenge": answer.json()["challenge"], "word": "blue", **fields}
    return client.post("/auth/login/second-factor", json=asked)


def test_the_second_step_answers_as_a_login(ada):
    """Tokens, who it is, the refresh cookie and that of the device."""
    answer = go_on(ada, ada.login())
    assert answer.status_code == 200
    assert {"access_token", "expires_in", "user_id"} < set(answer.json())
    assert answer.json()["status"] == "logged in"
    assert set(ada.cookies) == {COOKIE, "__Host-device"}
    assert ada.refresh().status_code == 200


def test_a_client_without_cookies_gets_its_tokens_in_the_body(ada):
    """And brings its device there at the next login."""
    answer = go_on(ada, ada.login(transport="body"), transport="body", remember_device=True)
    assert not ada.cookies
    assert {"refresh_token", "device"} < set(answer.json())
    again = ada.login(transport="body", device=answer.json()["device"])
    assert again.status_code == 200


def test_a_browser_that_is_remembered_is_asked_no_more(ada):
    """Its cookie says where it is."""
    go_on(ada, ada.login(), remember_device=True)
    assert ada.login().status_code == 200


def test_the_session_that_a_browser_has_gives_way(ada):
    """As at a login."""  # RF-13
    go_on(ada, ada.login())
    before = ada.token
    go_on(ada, ada.login(), word="red")
    other = Client(ada.app)
    other.token = before
    assert problem(other.refresh()) == (401, "session_revoked")


def test_a_login_of_the_token_endpoint_goes_on_there(ada):
    """A client of OAuth sends the challenge of its error."""
    content = urlencode({"grant_type": "password", **WHO})
    answer = ada.post("/auth/token", content=content, headers={"content-type": FORM})
    assert (answer.status_code, answer.json()["factors"]) == (400, ["word"])
    assert go_on(ada, answer, transport="body").status_code == 200


def test_a_wrong_factor_and_a_spent_challenge_are_told_apart(ada):
    """One is answered again, the other begins anew."""
    asked = ada.login()
    assert problem(go_on(ada, asked, word="black")) == (401, "factor_invalid")
    assert go_on(ada, asked).status_code == 200
    assert problem(go_on(ada, asked, word="red")) == (401, "challenge_invalid")


def test_a_challenge_opens_nothing_else(ada):
    """Neither as an access token nor as a refresh token."""  # OTP-5
    challenge = ada.login().json()["challenge"]
    headers = {"authorization": f"Bearer {challenge}"}
    assert problem(ada.get("/auth/me", headers=headers)) == (401, "token_invalid")
    assert problem(ada.refresh(json={"refresh_token": challenge})) == (401, "refresh_invalid")


def test_another_sites_page_completes_no_login(ada):
    """It would log the victim in as somebody else."""  # CK-04
    asked = ada.login()
    headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    step = {"challenge": asked.json()["challenge"], "word": "blue"}
    answer = ada.post("/auth/login/second-factor", json=step, headers=headers)
    assert problem(answer) == (403, "cross_site")


def test_what_is_wrong_with_the_second_step_is_named(ada):
    """Every field at once."""
    answer = ada.post("/auth/login/second-factor", json={"challenge": 1, "word": 2, "transport": "x"})
    assert problem(answer) == (422, "invalid_input")
    assert fields(answer) == ["challenge", "word", "transport"]
