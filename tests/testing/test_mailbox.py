"""`auth_mail`: letters as a test reads them."""

import threading

import pytest

from jwt_auth_asgi.testing import AuthClock
from jwt_auth_asgi.testing import mailbox as module
from jwt_auth_asgi.testing.mailbox import Mailbox
from jwt_auth_asgi.testing.throwaway import throwaway_auth
from jwt_auth_core import Client
from tests.testing.apps.parts import tokens

ADA = {"email": "ada@example.com", "password": "a long and quiet river"}
NAMES = {"first_name": "Ada", "last_name": "Byron"}


@pytest.fixture
def auth(tmp_path):
    """Return an Auth as the fixture makes it."""
    made = throwaway_auth(tmp_path, AuthClock())
    yield made
    made.close()


@pytest.fixture
def ada(auth):
    """Return a user's id."""
    return auth.register(auth.register.parse({**ADA, **NAMES}), Client()).user_id


def test_letters_are_sent_when_they_are_looked_at(auth, ada):
    """Those from now on, the oldest first; a test need not wait for a thread."""
    auth.mail.queue("password_changed", ada, language="en")
    box = Mailbox(auth)
    assert box.letters == []
    auth.mail.queue("password_changed", ada, language="de")
    auth.mail.queue("deletion_undone", ada, language="es")
    assert [letter.language for letter in box.letters] == ["de", "es"]
    assert box.last("Ada@Example.com").subject == "Su cuenta en jwt-auth se conserva"


def test_link_token_and_code_are_found(auth, ada):
    """As a reader finds them: each on a line of its own."""
    box = Mailbox(auth)
    sample = auth.mail.preview("verify", "en")
    auth.outbox._senders["letter"].letters["password_changed", "en"] = lambda _: sample
    auth.mail.queue("password_changed", ada, language="en")
    letter = box.last()
    assert letter.link == "http://testserver/auth/account/verify#token=only-a-sample"
    assert (letter.token, letter.code, letter.html) == ("only-a-sample", "WDJB-MJHT", sample.html)


def test_letter_without_link_has_none(auth, ada):
    """Nothing is made up."""
    box = Mailbox(auth)
    auth.mail.queue("password_changed", ada, language="en")
    letter = box.last()
    assert (letter.link, letter.token, letter.code) == (None, None, None)


def test_nobody_wrote(auth):
    """A test that expects a letter is told whom none went to."""
    with pytest.raises(LookupError, match=r"no letter was sent to eve@example\.com"):
        Mailbox(auth).last("eve@example.com")


def test_letter_that_a_thread_has_in_hand_is_waited_for(auth, ada):
    """A served application sends by itself, at the same time."""
    box, go = Mailbox(auth), threading.Event()
    auth.mail.queue("password_changed", ada, language="en")
    (message,) = auth.outbox.store.claim("letter", owner="thread", lease_seconds=60, most=1)

    def deliver():
        go.wait()
        auth.outbox._senders["letter"](message)
        auth.outbox.store.remove(message.id)

    thread = threading.Thread(target=deliver)
    thread.start()
    threading.Timer(0.05, go.set).start()
    assert len(box.letters) == 1
    thread.join()


def test_waiting_ends(auth, ada, monkeypatch):
    """A letter that never comes keeps no test."""
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)
    box = Mailbox(auth)
    auth.mail.queue("password_changed", ada, language="en")
    auth.outbox.store.claim("letter", owner="thread", lease_seconds=60, most=1)
    assert box.letters == []


def test_letters_of_others_cannot_be_read():
    """An AccessTokens sends none, and an Auth of one's own must send into memory."""
    with pytest.raises(TypeError, match="MAIL_URL is memory:"):
        Mailbox(tokens)
