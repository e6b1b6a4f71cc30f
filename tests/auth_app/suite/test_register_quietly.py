"""POST /auth/register with REGISTRATION=quiet: nobody learns by it who has an account."""

from __future__ import annotations

import pytest

from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import SettingsError
from tests.auth_app.suite.client import PASSWORD, Client, fields, problem
from tests.auth_app.suite.letters import MAIL, Post
from tests.auth_app.world import settings

COOKIE = "__Host-registration"


@pytest.fixture
def post(app_factory):
    """Return a world in which registrations are quiet."""
    post = Post(app_factory, REGISTRATION="quiet", EMAIL_VERIFICATION="login")
    yield post
    post.world.close()


def shape(answer):
    """Return what an answer looks like, but for what is random in the cookie."""
    cookie = answer.headers["set-cookie"]
    headers = [(name, value) for name, value in answer.headers.items() if name != "set-cookie"]
    return answer.status_code, answer.content, headers, len(cookie), cookie.partition("; ")[2]


def test_who_is_new_and_who_is_not_are_answered_alike(post):
    """The same status, body, headers and cookie."""
    # ENUM-2
    new = post.client.register()
    assert (new.status_code, new.json()) == (202, {"status": "check your mail"})
    assert shape(Client(post.client.app).register(password="another tidal lantern")) == shape(new)


def test_the_new_one_verifies_and_logs_in(post):
    """In the browser that registered, as ever."""
    # RST-6
    post.client.register()
    assert problem(post.client.login()) == (403, "email_unverified")
    answer = post.client.post("/auth/verify", json={"token": post.token()})
    assert answer.json() == {"status": "email verified"}
    assert post.client.login().status_code == 200


def test_who_has_an_account_is_told(post):
    """By a letter without a link; nothing of the account is changed."""
    # ENUM-3
    post.client.register()
    post.client.post("/auth/verify", json={"token": post.token()})
    stranger = Client(post.client.app)
    stranger.register(email="ADA@Example.com", password="another tidal lantern")
    (letter,) = post.letters()
    assert letter.recipient == "ada@example.com"
    assert "already" in letter.letter.subject
    assert "#token=" not in letter.letter.text
    assert post.client.login().status_code == 200
    assert problem(stranger.login(password="another tidal lantern")) == (401, "invalid_credentials")


def test_the_cookie_of_who_is_not_new_keeps_nothing(post):
    """A stranger's browser is not the one that registered: what was set there is void."""
    # RST-6
    post.client.register()
    token, stranger = post.token(), Client(post.client.app)
    stranger.register()
    assert COOKIE in stranger.cookies
    answer = stranger.post("/auth/verify", json={"token": token})
    assert "reset_token" in answer.json()


def test_bad_input_is_named_before_anybody_is_looked_up(post):
    """Alike for everybody."""
    post.client.register()
    for email in ("ada@example.com", "new@example.com"):
        assert fields(post.client.register(email=email, password="short")) == ["password"]


@pytest.mark.limited
def test_nobody_is_written_to_too_often(post):
    """Beyond the limit the answer is the same, and there is no letter; a new account has its own."""
    post.client.register()
    for _ in range(5):
        assert post.client.register().status_code == 202
    assert len(post.letters()) == 3
    post.client.register(email="new@example.com")
    assert len(post.letters()) == 1


def test_the_work_is_of_one_kind(post, monkeypatch):
    """One hash, and one letter that is kept, for the one as for the other."""
    # ENUM-2
    hashed, kept = [], []
    passwords, outbox = type(post.world.auth.register.passwords), type(post.world.auth.outbox)
    for owner, method, seen in ((passwords, "hash", hashed), (outbox, "add", kept)):
        call = getattr(owner, method)

        def noting(*values, call=call, seen=seen, **named):
            seen.append(1)
            return call(*values, **named)

        monkeypatch.setattr(owner, method, noting)
    for number in (1, 2):
        post.client.register(password=PASSWORD)
        assert (len(hashed), len(kept)) == (number, number)


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        ({**MAIL, "EMAIL_VERIFICATION": "off"}, "EMAIL_VERIFICATION=login"),
        ({"EMAIL_VERIFICATION": "login"}, "MAIL_URL"),
    ],
)
def test_without_what_it_needs_nothing_starts(variables, missing):
    """A login without verification would tell who is new, and so would no letter."""
    with pytest.raises(SettingsError, match=missing):
        Auth.from_settings(settings(REGISTRATION="quiet", **variables))
