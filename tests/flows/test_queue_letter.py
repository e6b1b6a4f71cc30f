"""Letters are kept as facts, with the change that they are about."""

from contextlib import closing

import pytest

from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.mail.letter import KINDS, LANGUAGES, MailNotConfiguredError
from jwt_auth_core.outbox import Outbox
from jwt_auth_core.vocabulary import Secret

ADA = "6f1c8a52-0000-4000-8000-000000000001"


@pytest.fixture
def outbox():
    """Return an outbox in memory, from which nobody delivers."""
    with closing(SqliteDatabase(":memory:")) as database:
        migrate(database)
        yield Outbox(database, {})


def kept(outbox):
    """Return recipients and facts of what is there."""
    return [(entry.message.recipient, entry.message.facts) for entry in outbox.store.entries()]


def test_letter_to_a_user_is_facts_alone(outbox):
    """A row says which letter goes to whom in which language, and no address (F-25)."""
    QueueLetter(outbox)("password_changed", ADA, language="de", facts={"at": 7})
    facts = {"type": "password_changed", "language": "de", "user_id": ADA, "address": None, "more": {"at": 7}}
    assert kept(outbox) == [(ADA, facts)]


def test_letter_to_an_address_that_is_not_the_users_names_it(outbox):
    """The old address is a fact: the user has another one when the letter is sent."""
    QueueLetter(outbox)("email_changed", ADA, language="en", address="old@example.com")
    ((recipient, facts),) = kept(outbox)
    assert (recipient, facts["address"], facts["user_id"]) == ("old@example.com", "old@example.com", ADA)


def test_letter_to_whoever_has_an_address_looks_nobody_up(outbox):
    """A letter to an address is kept alike, whether anybody has an account with it (ENUM-2)."""
    QueueLetter(outbox).to_whoever_has("nobody@example.com", "reset", language="es")
    facts = {"type": "reset", "language": "es", "email": "nobody@example.com"}
    assert kept(outbox) == [("nobody@example.com", facts)]


def test_letter_goes_with_the_change_that_is_undone(outbox):
    """A letter about a change that did not happen is not there."""

    def change():
        with outbox._database.transaction():
            QueueLetter(outbox)("password_changed", ADA, language="en")
            assert len(kept(outbox)) == 1
            raise UnavailableError("the change failed")

    with pytest.raises(UnavailableError):
        change()
    assert kept(outbox) == []


@pytest.mark.parametrize("value", [Secret("t"), object()])
def test_what_json_does_not_have_is_no_fact(outbox, value):
    """A secret among the facts is refused, not written."""
    with pytest.raises(TypeError):
        QueueLetter(outbox)("reset", ADA, language="en", facts={"token": value})


def test_without_a_mailer_no_letter_is_kept(outbox):
    """Whoever wants a letter sent without MAIL_URL is told so, and nothing is kept."""
    queue = QueueLetter(outbox, is_configured=False)
    for ask in (
        queue.require,
        lambda: queue("reset", ADA, language="en"),
        lambda: queue.to_whoever_has("ada@example.com", "reset", language="en"),
    ):
        with pytest.raises(MailNotConfiguredError, match="MAIL_URL"):
            ask()
    assert kept(outbox) == []


def test_letters_with_a_token_have_a_page_and_news_have_none():
    """A link has both a page and a purpose that only it opens; each purpose stands in one letter."""
    purposes = [kind.purpose for kind in KINDS.values() if kind.purpose]
    assert all(bool(kind.page) == bool(kind.purpose) for kind in KINDS.values())
    assert len(set(purposes)) == len(purposes)
    assert LANGUAGES == ("en", "de", "es")
