"""POST /auth/password/forgot and /auth/password/reset."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import PASSWORD, Client, fields, problem
from tests.auth_app.suite.letters import Post

NEW = "green heron seven walks"


@pytest.fixture
def post(app_factory):
    """Return a world with a mailer, where Ada is registered."""
    post = Post(app_factory)
    assert post.client.register().status_code == 201
    yield post
    post.world.close()


def forgot(client, email="ada@example.com", **request):
    """Ask for a letter."""
    return client.post("/auth/password/forgot", json={"email": email}, **request)


def reset(client, token, new=NEW):
    """Set a password by a token."""
    return client.post("/auth/password/reset", json={"token": token, "new_password": new})


def test_a_forgotten_password_is_set_anew(post):
    """By the link of a letter: the old one is none any more, every session is over, none begins."""
    # RST-4
    assert post.client.login().status_code == 200
    asked = forgot(post.client)
    assert (asked.status_code, asked.json()) == (202, {"status": "check your mail"})
    answer = reset(Client(post.client.app), post.token())
    assert (answer.status_code, answer.json()) == (200, {"status": "password changed"})
    assert "set-cookie" not in answer.headers
    assert problem(post.client.refresh()) == (401, "session_revoked")
    assert problem(post.client.login()) == (401, "invalid_credentials")
    assert post.client.login(password=NEW).status_code == 200


def test_the_answer_is_the_same_for_everybody(post):
    """Status, headers and body, whether anybody has the address; only one gets a letter."""
    # ENUM-2, ID-3
    asked = ("ada@example.com", "nobody@example.com", "no address", "")
    answers = [forgot(post.client, email) for email in asked]
    shown = {(one.status_code, one.content, tuple(one.headers.items())) for one in answers}
    assert len(shown) == 1
    assert [letter.recipient for letter in post.letters()] == ["ada@example.com"]


def test_the_letter_speaks_the_language_of_the_browser(post):
    """As far as it is one of ours."""
    forgot(post.client, headers={"accept-language": "de-AT,de;q=0.9,en;q=0.5"})
    assert [letter.language for letter in post.letters()] == ["de"]


def test_the_notice_speaks_the_language_of_the_browser_that_did_it(post):
    """Of the one that used the link, whatever the one that asked for it speaks."""
    forgot(post.client, headers={"accept-language": "de"})
    used = {"token": post.token(), "new_password": NEW}
    post.client.post("/auth/password/reset", json=used, headers={"accept-language": "es-MX, en;q=0.5"})
    assert [letter.language for letter in post.letters()] == ["es"]


def test_the_owner_is_told(post):
    """By a letter that nobody asked for."""
    # RST-4
    forgot(post.client)
    reset(post.client, post.token())
    (notice,) = post.letters()
    assert notice.recipient == "ada@example.com"
    assert "token" not in notice.letter.text


def test_a_link_is_good_once(post):
    """And a later one takes its place."""
    # RST-1, RST-2
    forgot(post.client)
    first = post.token()
    forgot(post.client)
    second = post.token()
    assert problem(reset(post.client, first)) == (400, "invalid_code")
    assert reset(post.client, second).status_code == 200
    assert problem(reset(post.client, second)) == (400, "invalid_code")


def test_a_refused_password_spends_nothing(post):
    """The field is named."""
    forgot(post.client)
    token = post.token()
    answer = reset(post.client, token, "short")
    assert problem(answer) == (422, "invalid_input")
    assert fields(answer) == ["new_password"]
    assert reset(post.client, token).status_code == 200


def test_links_are_not_made_of_what_a_request_says(post):
    """Whatever host it names."""
    # RST-3
    forgot(post.client, headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
    (letter,) = post.letters()
    assert "evil.example" not in letter.letter.text + letter.letter.html
    assert "https://app.example/auth/account/reset#token=" in letter.letter.text


@pytest.mark.parametrize("path", ["/auth/password/forgot", "/auth/password/reset"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_whoever_only_looks_spends_nothing(post, path, method):
    """Scanners of mail open every link before people do."""
    # RST-3
    assert post.client.send(method, path).status_code == 405


def test_an_expired_access_token_is_no_hindrance(post):
    """The header is not read."""
    headers = {"authorization": "Bearer x.y.z"}
    assert forgot(post.client, headers=headers).status_code == 202


def test_without_a_mailer_it_is_said(client):
    """501, before anything is looked at."""
    assert problem(forgot(client)) == (501, "mail_not_configured")
    assert problem(reset(client, "x")) == (501, "mail_not_configured")


@pytest.mark.limited
def test_a_client_asks_for_few_letters(post):
    """20 an hour; an address gets three of them."""
    for _ in range(20):
        assert forgot(post.client).status_code == 202
    assert problem(forgot(post.client)) == (429, "rate_limited")
    assert len(post.letters()) == 3


def test_nothing_shows_a_secret(post, taint):
    """Neither the answers nor the log."""
    # LOG-1
    taint(NEW)
    forgot(post.client)
    token = post.token()
    taint(token)
    for answer in (reset(post.client, token, "short one"), reset(post.client, token), forgot(post.client)):
        assert taint.leaks(answer.text + str(answer.headers)) == []
    assert PASSWORD not in answer.text
