"""What a store can do beyond its protocol, and what is said of sessions in words."""

from __future__ import annotations

import pytest

from jwt_auth_core.sessions.session import (
    NewSession,
    SessionBusyError,
    at_once,
    find_all,
    rotating,
)
from jwt_auth_core.vocabulary import SessionId, UserId

SESSION = SessionId("ab" * 16)


class Plain:
    """A store that can do no more than it must."""

    def rotate(self, presented):
        """Judge them."""
        return presented

    def find(self, session_id):
        """Find one."""
        return session_id


class Able(Plain):
    """A store that can do all that one may."""

    def rotating(self, presented):
        """Judge them in steps."""
        yield presented

    def rotate_at_once(self, presented):
        """Judge them, and wait for nobody."""
        return presented

    def find_all(self, session_ids):
        """Find all in one round trip."""
        return ["all", *session_ids]


def test_a_store_is_asked_in_the_way_that_it_can():
    """In steps, without waiting and for all in one trip, where it has that; else as every store can."""
    plain, able = Plain(), Able()
    assert (rotating(plain), rotating(able)) == (None, able.rotating)
    assert (at_once(plain), at_once(able)) == (plain.rotate, able.rotate_at_once)
    assert find_all(plain, [SESSION]) == [SESSION]
    assert find_all(able, [SESSION]) == ["all", SESSION]


def test_a_session_in_use_is_the_session_store_s_affair():
    """An operator reads which store it was, and why."""
    assert str(SessionBusyError()) == "session store has the session in use"


def test_a_session_is_of_a_short_word():
    """Which words are short enough is said."""
    with pytest.raises(
        ValueError, match=r"^user id and methods are 1 to 64 printable ASCII characters without"
    ):
        NewSession(SESSION, UserId("two words"), bytes(32))
