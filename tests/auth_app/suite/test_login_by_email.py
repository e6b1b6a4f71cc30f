"""POST /auth/login/email and /auth/login/email/verify: a session by what a letter brings, in one browser."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import COOKIE, PASSWORD, Client, fields, problem
from tests.auth_app.suite.letters import Post

BINDING = "__Host-login_binding"
ADA = {"email": "ada@example.com"}


@pytest.fixture
def post(app_factory):
    """Return a world with a mailer in which Ada is registered."""
    post = Post(app_factory, EMAIL_VERIFICATION="login")
    assert post.client.register().status_code == 201
    post.letters()
    yield post
    post.world.close()


def ask(client, **values):
    """Ask for a letter to Ada."""
    return client.post("/auth/login/email", json={**ADA, **values})


def bring(client, **values):
    """Bring back what a letter had."""
    return client.post("/auth/login/email/verify", json=values)


def test_a_link_opens_a_session(post):
    """Answered as a login; the cookie that bound the letter to the browser goes."""
    asked = ask(post.client)
    assert (asked.status_code, asked.json()) == (202, {"status": "check your mail"})
    answer = bring(post.client, token=post.token())
    assert answer.status_code == 200
    members = "access_token token_type expires_in user_id first_name last_name status"
    assert list(answer.json()) == members.split()
    assert answer.json()["status"] == "logged in"
    assert BINDING not in post.client.cookies
    assert post.client.refresh().status_code == 200


def test_a_code_opens_one(post):
    """However it is typed, in the browser that asked."""
    ask(post.client)
    assert bring(post.client, email="Ada@example.com", code=post.code().lower()).status_code == 200


def test_the_address_is_verified_by_it(post):
    """The browser that registered keeps its password, which was good for nothing before."""
    # RST-6
    assert problem(post.client.login()) == (403, "email_unverified")
    ask(post.client)
    assert bring(post.client, token=post.token()).status_code == 200
    assert post.client.login().status_code == 200


def test_what_a_stranger_set_is_void(post):
    """Who reads the letter has the account, and sets a password with the fresh login."""
    # RST-6
    owner = Client(post.client.app)
    ask(owner)
    token = bring(owner, token=post.token()).json()["access_token"]
    assert problem(post.client.login()) == (401, "invalid_credentials")
    new, bearer = {"new_password": "green heron seven walks"}, {"authorization": f"Bearer {token}"}
    assert owner.post("/auth/password", json=new, headers=bearer).status_code == 200
    assert owner.login(password="green heron seven walks").status_code == 200


def test_another_browser_gets_nothing(post):
    """Be the code phished or the link forwarded; the one that asked still gets in."""
    ask(post.client)
    token, thief = post.token(), Client(post.client.app)
    assert problem(bring(thief, token=token)) == (400, "invalid_code")
    ask(thief, email="eve@example.com")
    assert problem(bring(thief, token=token)) == (400, "invalid_code")
    assert COOKIE not in thief.cookies
    assert bring(post.client, token=token).status_code == 200


def test_a_second_letter_goes_to_the_same_browser(post):
    """One beyond the limit is none, and then the first is good still."""
    ask(post.client)
    first = post.client.cookies[BINDING]
    token = post.token()
    ask(post.client, email="nobody@example.com")
    assert post.client.cookies[BINDING] == first
    assert bring(post.client, token=token).status_code == 200


def test_what_is_no_binding_of_ours_is_replaced(post):
    """A cookie that somebody planted binds no letter."""
    post.client.cookies[BINDING] = "planted"
    ask(post.client)
    assert post.client.cookies[BINDING] != "planted"
    assert bring(post.client, token=post.token()).status_code == 200


def test_clients_without_cookies_keep_it_themselves(post):
    """They get it in the answer, and send it with what the letter brings; the tokens go the same way."""
    app = Client(post.client.app)
    asked = ask(app, transport="body")
    assert set(asked.json()) == {"status", "binding"}
    body = {"email": "ada@example.com", "code": post.code(), "transport": "body"}
    assert problem(bring(app, **body)) == (400, "invalid_code")
    answer = bring(app, **body, binding=asked.json()["binding"])
    assert {"refresh_token", "device"} <= set(answer.json())
    assert app.cookies == {}


def test_the_session_of_before_is_replaced(post):
    """As at any login (RF-13)."""
    ask(post.client)
    bring(post.client, token=post.token())
    before = post.client.token
    ask(post.client)
    bring(post.client, token=post.token())
    other = Client(post.client.app)
    other.token = before
    assert problem(other.refresh()) == (401, "session_revoked")


def test_asking_is_answered_alike_for_everybody(post):
    """But for what is random; nobody without an account is written to."""
    # ENUM-2
    answers = [ask(Client(post.client.app), email=one) for one in ("ada@example.com", "x@example.com", "x")]
    assert len({(one.status_code, one.content, one.headers["content-length"]) for one in answers}) == 1
    assert all(BINDING in one.headers["set-cookie"] for one in answers)
    assert len(post.letters()) == 1


def test_a_refusal_is_the_same_for_everybody(post):
    """Whether anybody has the address, or a code."""
    # ENUM-2
    ask(post.client)
    emails = ("ada@example.com", "x@example.com", "x")
    answers = [bring(post.client, email=one, code="BBBB-BBBB") for one in emails]
    assert len({(one.status_code, one.content, tuple(one.headers.items())) for one in answers}) == 1


def test_the_cookie_is_as_strict_as_the_other(post):
    """No script reads it, no other site has it sent; it outlives a letter that is slow."""
    # CK-01
    line = ask(post.client).headers["set-cookie"]
    assert line.startswith(BINDING + "=")
    assert line.partition("; ")[2] == "Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Strict"


@pytest.mark.parametrize("path", ["/auth/login/email", "/auth/login/email/verify"])
def test_another_site_is_refused(post, path):
    """The cookie says where the letter was asked for: no page elsewhere may make use of it."""
    # CK-04, CK-06
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    answer = post.client.post(path, json={**ADA, "token": "x"}, headers=headers)
    assert problem(answer) == (403, "cross_site")


@pytest.mark.parametrize("path", ["/auth/login/email", "/auth/login/email/verify"])
def test_whoever_only_looks_spends_nothing(post, path):
    """Scanners of mail open every link before people do."""
    # RST-3
    assert post.client.get(path).status_code == 405


def test_bad_fields_are_named(post):
    """All at once, as everywhere."""
    answer = bring(post.client, email=1, binding=2, device=3, transport="x")
    assert problem(answer) == (422, "invalid_input")
    assert fields(answer) == ["email", "code", "binding", "device", "transport"]
    assert fields(ask(post.client, email=1, transport="x")) == ["email", "transport"]


def test_a_token_of_another_purpose_is_none(post):
    """A link that resets opens no session, and the other way round."""
    # RST-1
    post.client.post("/auth/password/forgot", json=ADA)
    reset = post.token()
    ask(post.client)
    login = post.token()
    assert problem(bring(post.client, token=reset)) == (400, "invalid_code")
    new = {"token": login, "new_password": PASSWORD}
    assert problem(post.client.post("/auth/password/reset", json=new)) == (400, "invalid_code")


def test_without_a_mailer_it_is_said(client):
    """501."""
    assert problem(ask(client)) == (501, "mail_not_configured")
    assert problem(bring(client, token="x")) == (501, "mail_not_configured")
