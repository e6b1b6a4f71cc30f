"""Forgot the password: the same answer and work for everybody, a letter for whoever has the address."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.flows.address_limits import AddressLimits
from jwt_auth_core.flows.letters.request_letter import RequestLetter
from jwt_auth_core.flows.mail.ask_letter import AskLetter
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.mail.letter import MailNotConfiguredError
from jwt_auth_core.rate_limits import RateLimitedError
from jwt_auth_core.vocabulary import Client

CLIENT = Client("192.0.2.1", limit_key="192.0.2.1")
OTHER = Client("192.0.2.2", limit_key="192.0.2.2")


@pytest.fixture
def forgot(world):
    """Return what asks for a letter to an address; ``forgot.queue`` lists those that were kept."""
    return Asking(world)


class Asking:
    """Asks as the edge does."""

    def __init__(self, world, *, is_configured=True):
        self.world = world
        queue = QueueLetter(world.auth.outbox, is_configured=is_configured)
        limits = world.auth.rate_limits
        self.flow = RequestLetter(AskLetter(queue, AddressLimits(limits), limits), "reset")

    def __call__(self, email="ada@example.com", client=CLIENT):
        """Ask once."""
        self.flow(self.flow.parse({"email": email}), client, language="de")

    @property
    def queue(self):
        """Return the facts of the letters that were kept."""
        return [dict(one.message.facts) for one in self.world.auth.outbox.store.entries()]


def test_a_letter_is_kept_for_whoever_has_the_address(world, forgot):
    """In the language of who asks, to the identity and not to what was typed; no token is in it."""
    # F-25, ID-3
    world.register()
    forgot(" Ada@Example.com ")
    assert forgot.queue == [{"type": "reset", "language": "de", "email": "ada@example.com"}]
    assert world.stores.database.query("SELECT digest FROM auth_proofs", fetch="all") == []


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com", "no address", ""])
def test_the_work_is_the_same_for_everybody(world, forgot, monkeypatch, email):
    """Nobody is looked up: the same statements run, whoever has the address."""
    # ENUM-2
    world.register()
    monkeypatch.setattr(type(world.stores.users), "find_by_email", None)
    monkeypatch.setattr(type(world.stores.users), "find", None)
    forgot(email)
    assert [one["email"] for one in forgot.queue] == [email]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "missing"),
        ({"email": 1}, "wrong_type"),
        ({"email": "x" * 1001}, "too_long"),
        ({"email": "\0"}, "invalid_character"),
    ],
)
def test_what_no_database_holds_is_refused(forgot, values, code):
    """The field is named."""
    with pytest.raises(InvalidInputError) as caught:
        forgot.flow.parse(values)
    assert [(error.field, error.code) for error in caught.value.errors] == [("email", code)]


def test_without_a_mailer_nobody_is_told_that_a_letter_comes(world):
    """Before anything is looked at."""
    without = Asking(world, is_configured=False)
    with pytest.raises(MailNotConfiguredError):
        without.flow.parse({})
    with pytest.raises(MailNotConfiguredError):
        without.flow("ada@example.com", CLIENT, language="en")
    assert without.queue == []


@pytest.mark.limited
def test_few_letters_go_to_one_address(forgot):
    """Whoever asks for more is told the same, and another address gets its letters."""
    # ENUM-2
    for _ in range(5):
        forgot()
    forgot("grace@example.com")
    assert [one["email"] for one in forgot.queue] == ["ada@example.com"] * 3 + ["grace@example.com"]


@pytest.mark.limited
def test_a_client_asks_for_few_letters(forgot):
    """Then it is refused, and others are not; a caller in this process has no such limit."""
    for number in range(20):
        forgot(f"{number}@example.com")
    with pytest.raises(RateLimitedError):
        forgot("one.more@example.com")
    forgot("one.more@example.com", OTHER)
    forgot("two.more@example.com", Client())
    assert len(forgot.queue) == 22
