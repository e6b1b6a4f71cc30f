"""What is kept of a session and told of it, value by value; the verdicts are in `test_record.py`."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.rate_limits.rate import MICROSECONDS
from jwt_auth_core.sessions.memory import MemorySessions
from jwt_auth_core.sessions.record import decide_within, opened
from jwt_auth_core.sessions.session import (
    NewSession,
    Refused,
    Verdict,
    are_methods,
    checked_lifetimes,
    checked_reason,
    parse_session_id,
)
from jwt_auth_core.sessions.token import Presented, RefreshTokens
from jwt_auth_core.vocabulary import Client, SessionId, UserId

NOW, IDLE = 1_000_000, 100
SESSION = SessionId("ab" * 16)
FIRST = b"c" * 32


class Never:
    """A limit that lets nothing go."""

    def counted(self, _counts, _at):
        """Count nothing."""


def new(**fields) -> NewSession:
    """Return a session to open."""
    return NewSession(SESSION, UserId("u"), FIRST, **fields)


def presented(digest=FIRST, generation=0) -> Presented:
    """Return a token of the session."""
    return Presented(SESSION, generation, digest, bytes(32))


def test_a_session_has_the_id_that_it_was_opened_by():
    """And so has what a store finds."""
    assert opened(new(), now=NOW, max_age_seconds=9).session.session_id == SESSION
    store = MemorySessions(idle_seconds=IDLE, max_age_seconds=IDLE, clock=lambda: NOW)
    store.open(new())
    found = store.find(SESSION)
    assert found is not None
    assert found.session_id == SESSION


def test_the_first_token_counts_as_confirmed_when_its_session_is_opened():
    """Databases keep a time for every record."""
    assert opened(new(), now=NOW, max_age_seconds=9).confirmed_at == NOW


def test_an_address_is_kept_up_to_its_longest():
    """Not a character more, whatever a proxy sends."""
    kept = opened(new(client=Client("f" * 999, "a" * 9999)), now=NOW, max_age_seconds=9).session.client
    assert kept.address == "f" * 64
    assert kept.user_agent == "a" * 200


def test_a_token_too_many_is_of_its_session():
    """Who is told to wait is told for which session, and the record stays as it is."""
    record = opened(new(), now=NOW, max_age_seconds=900)
    at = NOW * MICROSECONDS
    decision = decide_within(record, presented(), at=at, idle_seconds=IDLE, limit=Never())
    assert decision.record is record
    refused = decision.rotation(SESSION)
    assert isinstance(refused, Refused)
    assert (refused.verdict, refused.session_id, refused.user_id) == (Verdict.LIMITED, SESSION, "u")


def test_an_expired_session_is_none_whatever_its_limit():
    """Nothing of it is kept, nor counted."""
    record = opened(new(), now=NOW, max_age_seconds=900)
    at = (NOW + IDLE) * MICROSECONDS
    decision = decide_within(record, presented(), at=at, idle_seconds=IDLE, limit=Never())
    assert (decision.verdict, decision.record) == (Verdict.EXPIRED, None)


def test_a_session_lives_until_its_end_and_no_longer():
    """At its very end it does not, nor once it was ended; and when that was is kept."""
    record = opened(new(), now=NOW, max_age_seconds=900)
    assert record.is_live(now=NOW + IDLE - 1, idle_seconds=IDLE)
    assert not record.is_live(now=NOW + IDLE, idle_seconds=IDLE)
    ended = record.ended("logout", now=NOW + 1)
    assert not ended.is_live(now=NOW + 1, idle_seconds=IDLE)
    assert (ended.ended_reason, ended.ended_at) == ("logout", NOW + 1)


def test_times_are_whole_seconds():
    """Of a moment between two the earlier one is kept."""
    record = opened(new(), now=NOW, max_age_seconds=900)
    at = NOW * MICROSECONDS + MICROSECONDS // 2
    decision = decide_within(record, presented(), at=at, idle_seconds=IDLE, limit=None)
    assert decision.record is not None
    assert repr(decision.record.session.last_used_at) == repr(NOW)
    store = MemorySessions(idle_seconds=IDLE, max_age_seconds=IDLE)
    assert isinstance(store.open(new()).created_at, int)


def test_an_id_that_is_in_use():
    """Is said to be."""
    record = opened(new(), now=NOW, max_age_seconds=9)
    with pytest.raises(ValueError, match=r"^the session id is in use$"):
        record.told_to(NewSession(SESSION, UserId("other"), FIRST))


def test_a_second_is_a_lifetime():
    """Less is none."""
    checked_lifetimes(idle_seconds=1, max_age_seconds=1)
    with pytest.raises(ValueError, match=r"^lifetimes are at least one second$"):
        checked_lifetimes(idle_seconds=1, max_age_seconds=0)


def test_a_reason_is_a_word():
    """What else is none is told which."""
    with pytest.raises(ValueError, match=r"^a reason is 1 to 64 printable ASCII"):
        checked_reason("two words")


def test_the_key_of_refresh_tokens_is_what_it_was():
    """Whoever changes how it is derived logs everybody out; so this token is written down."""
    made = RefreshTokens([b"k" * 32], random=lambda count: b"\x07" * count).first(SESSION)
    assert made.digest.hex() == "b42c9ab08cf4b050fd1291d388a69d704b0869a2b02845a1a88e2dbbdf96a4c8"


def test_what_is_printable_is_kept_as_it_is():
    """From the space to the tilde; beyond either a question mark."""
    client = Client(None, " a~\x7f\x1f")
    assert opened(new(client=client), now=NOW, max_age_seconds=9).session.client.user_agent == " a~??"


def test_methods_are_one_word_of_64_at_most():
    """Plus signs between them included."""
    assert are_methods(["a" * 31, "b" * 32])
    assert not are_methods(["a" * 32, "b" * 32])


def test_an_id_that_is_none_is_named():
    """By its field and a code, for who answers a request."""
    with pytest.raises(InvalidInputError) as refused:
        parse_session_id("x")
    (found,) = refused.value.errors
    assert (found.field, found.code) == ("session_id", "invalid")
    assert found.message == "must be 32 lower-case hexadecimal characters"
