"""Events on their way to a webhook: kept with the change, posted afterwards, and what an answer means."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from jwt_auth_core.audit import session_mark
from jwt_auth_core.errors import InvalidCredentialsError, StoreUnavailableError
from jwt_auth_core.events import UserDisabled
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.flows.webhooks.deliver_event import OFF_SECONDS, DeliverEvent
from jwt_auth_core.outbox import Failure, Message
from jwt_auth_core.vocabulary import Client, Secret, UserId
from jwt_auth_core.webhooks.post import Answer
from jwt_auth_core.webhooks.settings import WebhookSettings
from jwt_auth_core.webhooks.signature import Signer
from tests.flows.conftest import PASSWORD
from tests.flows.parts import process
from tests.webhooks.receiving import receiver

SECRET = "whsec_" + b64encode(bytes(range(9, 73, 2))).decode()
START = 1_800_000_000
CLIENT = Client("203.0.113.9", "agent \x00 \ud800 é")
FACTS = {
    "type": "login_failed",
    "at": START,
    "outcome": "failure",
    "user_id": None,
    "session": None,
    "address": "203.0.113.9",
    "user_agent": None,
    "reason": None,
    "more": {},
}


def settings(url="https://example.com/hook?token=private", **more):
    """Return settings of a webhook."""
    return WebhookSettings(url=Secret(url), secrets=(Secret(SECRET),), **more)


@pytest.fixture
def auth(world):
    """Return an `Auth` with a webhook on the stores of the world, that does not send by itself."""
    with process(world, webhooks=settings()) as made:
        yield made


def kept(auth):
    """Return the facts of what waits."""
    return [entry.message.facts for entry in auth.outbox.store.entries()]


def login(auth, password=PASSWORD):
    """Log in."""
    return auth.login(LoginAttempt.parse({"email": "ada@example.com", "password": password}), CLIENT)


def test_every_event_is_kept(world, auth):
    """With what is known of it; the recipient is shown without path and query."""
    user = world.register()
    grant = login(auth)
    with pytest.raises(InvalidCredentialsError):
        login(auth, "not the pass phrase")
    auth.logout(grant.refresh_token.reveal())
    entries = auth.outbox.store.entries()
    assert [one.message.facts["type"] for one in entries] == ["login_succeeded", "login_failed", "logged_out"]
    assert {(one.message.kind, one.message.recipient) for one in entries} == {
        ("webhook", "https://example.com")
    }
    assert entries[0].message.facts == {
        **FACTS,
        "type": "login_succeeded",
        "outcome": "success",
        "user_id": user.user_id,
        "session": session_mark(grant.session_id),
        "user_agent": "agent \x00 ? é",
    }


def test_a_refresh_is_none(world, auth):
    """It happens every few minutes, and changes nothing."""
    world.register()
    grant = login(auth)
    auth.refresh([grant.refresh_token.reveal()])
    assert [one["type"] for one in kept(auth)] == ["login_succeeded"]


def test_without_a_url_nothing_is_kept(world):
    """And nobody sends anything."""
    world.register()
    world.login()
    assert kept(world.auth) == []
    assert world.auth.health()["outbox"]["is_delivering"] is False


def test_what_cannot_be_kept_is_not_answered_for(world, auth, monkeypatch):
    """The caller hears of a store that is out of reach, not of a success."""
    world.register()

    def gone(*_words):
        raise StoreUnavailableError("database")

    monkeypatch.setattr(auth.outbox.store, "add", gone)
    with pytest.raises(StoreUnavailableError):
        login(auth)


def test_no_row_holds_a_secret(world, auth):
    """Neither token nor password nor session id, nor what is private of the URL."""
    # LOG-1
    world.register()
    grant = login(auth)
    text = repr(auth.database.query("SELECT * FROM auth_outbox", fetch="all"))
    for secret in (
        grant.access_token,
        grant.refresh_token.reveal(),
        grant.session_id,
        PASSWORD,
        "private",
        SECRET,
    ):
        assert secret not in text


def test_an_event_reaches_its_receiver(world):
    """Signed, with its own time in it and that of the attempt outside."""
    with receiver() as server:
        near = settings(f"http://127.0.0.1:{server.server_port}/204", allow_private=True)
        with process(world, webhooks=near) as auth:
            user = world.register()
            grant = login(auth)
            assert auth.outbox.run() == (1, 0)
    _, headers, body = server.seen[0]
    given = {name.lower(): text for name, text in headers.items()}
    assert given["webhook-timestamp"] == str(START)
    assert given["content-type"] == "application/json"
    assert given["webhook-id"].startswith("msg_")
    signature = Signer([Secret(SECRET)]).sign(given["webhook-id"], START, body)
    assert given["webhook-signature"] == signature
    assert json.loads(body) == {
        "type": "login_succeeded",
        "timestamp": "2027-01-15T08:00:00Z",
        "data": {
            "outcome": "success",
            "user_id": user.user_id,
            "session": session_mark(grant.session_id),
            "reason": None,
            "client": {"address": CLIENT.address, "user_agent": "agent \x00 ? é"},
        },
    }


class Posts:
    """Answers as it is told, and counts."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.seen = []

    def post(self, body, headers):
        """Take one."""
        self.seen.append((body, headers))
        return self.answers.pop(0) if self.answers else Answer(status=200)


def deliver(*answers, at=lambda: 0.0):
    """Return what delivers to one who answers so, and the posts that came."""
    posts = Posts(*answers)
    return DeliverEvent(posts, Signer([Secret(SECRET)]), clock=lambda: START, monotonic=at), posts


MESSAGE = Message("msg_1", "webhook", "https://example.com", FACTS, START, 1)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        *((Answer(status=status), None) for status in (200, 201, 202, 204, 299)),
        *((Answer(status=status), Failure(f"http_{status}")) for status in (199, 302, 400, 401, 404, 500)),
        *((Answer(status=s), Failure(f"http_{s}", is_down=True)) for s in (429, 502, 503, 504)),
        (
            Answer(status=503, retry_after=7),
            Failure("http_503", retry_after_seconds=7, is_down=True),
        ),
        (Answer(status=500, retry_after=9), Failure("http_500", retry_after_seconds=9)),
        *((Answer(error=error), Failure(error, is_down=True)) for error in ("timeout", "tls_failed")),
        (Answer(status=410), Failure("gone", is_final=True)),
    ],
)
def test_what_an_answer_means(answer, failure):
    """2xx is delivered; who is down is asked less; whatever else is tried again by itself."""
    assert deliver(answer)[0](MESSAGE) == failure


def test_who_is_gone_is_not_asked_for_an_hour(caplog):
    """Then one message asks again: perhaps it was a mistake."""
    now = [0.0]
    one, posts = deliver(Answer(status=410), at=lambda: now[0])
    for at in (0.0, OFF_SECONDS - 1):
        now[0] = at
        assert one(MESSAGE) == Failure("gone", is_final=True)
    assert len(posts.seen) == 1
    assert "the receiver of webhooks is gone" in caplog.text
    now[0] = OFF_SECONDS
    assert one(MESSAGE) is None


def test_every_attempt_has_the_id_and_a_time_of_its_own():
    """So a receiver knows a repetition, and does not take it for a replay."""
    posts, now = Posts(Answer(status=500)), [START]
    one = DeliverEvent(posts, Signer([Secret(SECRET)]), clock=lambda: now[0])
    one(MESSAGE)
    now[0] += 300
    one(MESSAGE)
    (first, head), (second, later) = posts.seen
    assert first == second
    assert head["webhook-id"] == later["webhook-id"] == "msg_1"
    assert int(later["webhook-timestamp"]) - int(head["webhook-timestamp"]) == 300


def test_an_event_names_the_admin_who_did_it(world, auth):
    """Beside the user whom it is about."""
    user = world.register()
    auth.end_user.parts.journal(UserDisabled(at=START, user_id=user.user_id, actor=UserId("an admin")))
    (facts,) = kept(auth)
    assert (facts["user_id"], facts["more"]) == (user.user_id, {"actor": "an admin"})
