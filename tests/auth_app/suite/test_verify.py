"""POST /auth/verify/send and /auth/verify, and logins of who has not verified the address."""

from __future__ import annotations

import pytest

from jwt_auth_asgi import BearerMiddleware
from tests.auth_app.suite.client import PASSWORD, Client, fields, problem
from tests.auth_app.suite.letters import Post

COOKIE = "__Host-registration"


@pytest.fixture
def post(app_factory):
    """Return a world where nobody logs in before the address is verified, and Ada is registered."""
    post = Post(app_factory, EMAIL_VERIFICATION="login")
    assert post.client.register().status_code == 201
    yield post
    post.world.close()


@pytest.fixture
def lax(app_factory):
    """Return a world where addresses may be verified, and Ada is registered."""
    post = Post(app_factory)
    assert post.client.register().status_code == 201
    yield post
    post.world.close()


def verify(client, **values):
    """Bring back what a letter had."""
    return client.post("/auth/verify", json=values)


def test_the_browser_that_registered_verifies_and_goes_on(post):
    """The cookie of the registration keeps the password."""
    # RST-6
    assert problem(post.client.login()) == (403, "email_unverified")
    answer = verify(post.client, token=post.token())
    assert (answer.status_code, answer.json()) == (200, {"status": "email verified"})
    assert post.client.login().status_code == 200


def test_another_browser_gets_a_token_that_sets_a_password(post):
    """What the stranger who registered set is void."""
    # RST-6
    owner = Client(post.client.app)
    answer = verify(owner, token=post.token())
    assert set(answer.json()) == {"status", "reset_token"}
    assert problem(post.client.login()) == (401, "invalid_credentials")
    new = {"token": answer.json()["reset_token"], "new_password": "green heron seven walks"}
    assert owner.post("/auth/password/reset", json=new).status_code == 200
    assert owner.login(password="green heron seven walks").status_code == 200


def test_the_password_keeps_what_was_set(post):
    """Also elsewhere."""
    # RST-6
    assert verify(Client(post.client.app), token=post.token(), password=PASSWORD).json() == {
        "status": "email verified"
    }
    assert post.client.login().status_code == 200


def test_a_wrong_password_is_said_and_spends_nothing(post):
    """Whoever has the letter tries again."""
    token, owner = post.token(), Client(post.client.app)
    assert problem(verify(owner, token=token, password="wrong")) == (401, "invalid_credentials")
    assert verify(owner, token=token, password=PASSWORD).status_code == 200


def test_a_login_of_the_account_keeps_what_was_set(lax):
    """By its access token, with the middleware in front and without."""
    # RST-6
    for app in (lax.client.app, BearerMiddleware(lax.client.app, lax.world.auth)):
        lax.world.auth.database.query("DELETE FROM auth_verified_emails")
        owner = Client(app)
        headers = {"authorization": f"Bearer {owner.login().json()['access_token']}"}
        owner.post("/auth/verify/send", json={"email": "ada@example.com"})
        answer = owner.post("/auth/verify", json={"token": lax.token()}, headers=headers)
        assert answer.json() == {"status": "email verified"}


def test_a_token_that_is_no_good_spends_nothing(lax):
    """Whoever has an access token that is over asks for another first: as a stranger they would lose all."""
    # RST-6
    owner = Client(BearerMiddleware(lax.client.app, lax.world.auth))
    owner.post("/auth/verify/send", json={"email": "ada@example.com"})
    body, headers = {"token": lax.token()}, {"authorization": "Bearer x"}
    assert problem(owner.post("/auth/verify", json=body, headers=headers)) == (401, "token_invalid")
    assert "reset_token" in owner.post("/auth/verify", json=body).json()


def test_a_code_verifies(post):
    """With the address that it was sent to, however it is typed."""
    code = post.code().lower()
    assert problem(verify(post.client, email="grace@example.com", code=code)) == (400, "invalid_code")
    assert verify(post.client, email="Ada@example.com", code=code).status_code == 200
    assert problem(verify(post.client, email="ada@example.com", code=code)) == (400, "invalid_code")


def test_a_refusal_is_the_same_for_everybody(post):
    """Whether anybody has the address, or a code."""
    # ENUM-2
    post.letters()
    answers = [
        verify(post.client, email=one, code="BBBB-BBBB") for one in ("ada@example.com", "x@example.com", "x")
    ]
    assert len({(one.status_code, one.content, tuple(one.headers.items())) for one in answers}) == 1


def test_another_letter_may_be_asked_for(post):
    """It voids the one before; who has verified gets none, and is told the same."""
    # RST-2
    first = post.token()
    asked = post.client.post("/auth/verify/send", json={"email": "ada@example.com"})
    assert (asked.status_code, asked.json()) == (202, {"status": "check your mail"})
    second = post.token()
    assert problem(verify(post.client, token=first)) == (400, "invalid_code")
    assert verify(post.client, token=second).status_code == 200
    again = post.client.post("/auth/verify/send", json={"email": "ada@example.com"})
    assert (again.status_code, again.content) == (202, asked.content)
    assert post.letters() == []


def test_a_registration_without_the_rule_has_no_letter(lax):
    """Who wants one asks for it; the browser is known all the same."""
    assert lax.letters() == []
    assert COOKIE in lax.client.cookies
    assert lax.client.login().status_code == 200


def test_the_cookie_is_as_strict_as_the_other(post):
    """No script reads it, no other site has it sent."""
    # CK-01
    line = post.client.register(email="b@example.com").headers["set-cookie"]
    assert line.startswith(COOKIE + "=")
    assert line.partition("; ")[2] == "Max-Age=86400; Path=/; HttpOnly; Secure; SameSite=Strict"


def test_another_site_is_refused(post):
    """The cookie says who registered: no page elsewhere may make use of it."""
    # CK-04
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    answer = post.client.post("/auth/verify", json={"token": post.token()}, headers=headers)
    assert problem(answer) == (403, "cross_site")


@pytest.mark.parametrize("path", ["/auth/verify", "/auth/verify/send"])
def test_whoever_only_looks_spends_nothing(post, path):
    """Scanners of mail open every link before people do."""
    # RST-3
    assert post.client.get(path).status_code == 405


def test_bad_fields_are_named(post):
    """All at once, as everywhere."""
    answer = verify(post.client, email=1)
    assert problem(answer) == (422, "invalid_input")
    assert fields(answer) == ["email", "code"]


def test_without_a_mailer_it_is_said(client):
    """501, and a registration is as it always was."""
    assert problem(verify(client)) == (501, "mail_not_configured")
    assert problem(client.post("/auth/verify/send", json={})) == (501, "mail_not_configured")
    assert "set-cookie" not in client.register().headers


def test_a_client_of_oauth_is_told_in_its_words(post):
    """The password grant has no other answer for it."""
    form = {"grant_type": "password", "username": "ada@example.com", "password": PASSWORD}
    answer = post.client.post("/auth/token", data=form)
    assert (answer.status_code, answer.json()["error"], answer.json()["code"]) == (
        400,
        "invalid_grant",
        "email_unverified",
    )
