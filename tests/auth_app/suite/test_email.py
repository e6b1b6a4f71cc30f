"""POST /auth/email, /auth/email/confirm, /auth/email/undo: another address, and the one of before again."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import PASSWORD, Client, fields, problem
from tests.auth_app.suite.letters import Post

NEW = "ada@example.org"


@pytest.fixture
def post(app_factory):
    """Return a world with a mailer in which Ada is registered."""
    post = Post(app_factory)
    assert post.client.register().status_code == 201
    yield post
    post.world.close()


def bearer(client, **changes):
    """Return the header of a new access token."""
    return {"authorization": f"Bearer {client.login(**changes).json()['access_token']}"}


def ask(client, headers, new=NEW):
    """Ask for another address."""
    return client.post("/auth/email", json={"new_email": new}, headers=headers)


def change(post, new=NEW):
    """Give Ada another address; return what undoes it."""
    ask(post.client, bearer(post.client), new)
    answer = post.client.post("/auth/email/confirm", json={"token": post.token()})
    assert (answer.status_code, answer.json()) == (200, {"status": "email changed"})
    return post.token()


def test_an_address_is_changed(post):
    """By the letter to the new one, in whatever browser; all sessions end, and the new one logs in."""
    # RST-5, RF-11
    headers = bearer(post.client)
    answer = ask(post.client, headers)
    assert (answer.status_code, answer.json()) == (202, {"status": "check your mail"})
    reader = Client(post.client.app)
    assert reader.post("/auth/email/confirm", json={"token": post.token()}).status_code == 200
    assert problem(post.client.get("/auth/me", headers=headers)) == (401, "token_invalid")
    assert problem(post.client.refresh()) == (401, "session_revoked")
    me = post.client.get("/auth/me", headers=bearer(post.client, email=NEW))
    assert me.json()["email"] == NEW
    assert problem(post.client.login()) == (401, "invalid_credentials")


def test_a_change_is_undone(post):
    """The address of before is back, and a letter to it sets a password."""
    # RST-5
    undoing = change(post)
    headers = bearer(post.client, email=NEW)
    answer = post.client.post("/auth/email/undo", json={"token": undoing})
    assert (answer.status_code, answer.json()) == (200, {"status": "email change undone"})
    assert problem(post.client.get("/auth/me", headers=headers)) == (401, "token_invalid")
    assert problem(post.client.login(email=NEW)) == (401, "invalid_credentials")
    new = {"token": post.token(), "new_password": "green heron seven walks"}
    assert post.client.post("/auth/password/reset", json=new).status_code == 200
    assert post.client.login(password="green heron seven walks").status_code == 200


def test_nobody_learns_who_has_an_address(post):
    """The answer is the same; whoever reads the letter is told that it is taken."""
    # ENUM-2
    post.client.register(email="grace@example.com")
    headers = bearer(post.client)
    answers = [ask(post.client, headers, new) for new in (NEW, "grace@example.com")]
    assert len({(one.status_code, one.content, tuple(one.headers.items())) for one in answers}) == 1
    (letter,) = [one for one in post.letters() if one.recipient == "grace@example.com"]
    token = letter.letter.text.partition("#token=")[2].split()[0]
    answer = post.client.post("/auth/email/confirm", json={"token": token})
    assert problem(answer) == (409, "email_taken")


def test_the_address_of_before_is_nobody_elses(post):
    """As long as the change can be undone."""
    change(post)
    assert problem(post.client.register()) == (409, "email_taken")


def test_a_stale_login_is_not_enough(post):
    """The next one is."""
    headers = bearer(post.client)
    post.world.now += 601
    assert problem(ask(post.client, headers)) == (401, "insufficient_user_authentication")
    assert ask(post.client, bearer(post.client)).status_code == 202


def test_without_an_access_token_there_is_no_answer(post):
    """Anonymous."""
    assert problem(ask(post.client, {})) == (401, "not_authenticated")


@pytest.mark.parametrize("new", [1, None, "x", "a@b", "ada@example.com"])
def test_what_is_no_other_address_is_named(post, new):
    """By the field that was sent."""
    answer = ask(post.client, bearer(post.client), new)
    assert problem(answer) == (422, "invalid_input")
    assert fields(answer) == ["new_email"]


@pytest.mark.parametrize("path", ["/auth/email/confirm", "/auth/email/undo"])
def test_a_link_is_spent_by_a_post_alone(post, path):
    """Scanners open links; what is no token is named, and what is none of ours refused."""
    # RST-3
    assert post.client.get(path).status_code == 405
    assert fields(post.client.post(path, json={})) == ["token"]
    assert problem(post.client.post(path, json={"token": "x"})) == (400, "invalid_code")


def test_each_link_is_good_for_its_own_purpose(post):
    """Neither of the two opens the other's door."""
    # RST-1
    ask(post.client, bearer(post.client))
    confirming = post.token()
    answer = post.client.post("/auth/email/undo", json={"token": confirming})
    assert problem(answer) == (400, "invalid_code")
    reset = {"token": confirming, "new_password": PASSWORD}
    assert problem(post.client.post("/auth/password/reset", json=reset)) == (400, "invalid_code")


def test_without_a_mailer_it_is_said(client):
    """501, for each of them."""
    client.register()
    assert problem(ask(client, bearer(client))) == (501, "mail_not_configured")
    for path in ("/auth/email/confirm", "/auth/email/undo"):
        assert problem(client.post(path, json={"token": "x"})) == (501, "mail_not_configured")
