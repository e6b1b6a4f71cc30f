"""Refresh: each token becomes a grant or the error that it met."""

import pytest

from jwt_auth_core.errors import (
    RefreshInvalidError,
    RefreshReusedError,
    RefreshSupersededError,
    SessionRevokedError,
    StoreUnavailableError,
)
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.sessions.session import Accepted, Life, Refused, Rotation, SessionBusyError, Verdict
from jwt_auth_core.sessions.token import Presented
from jwt_auth_core.vocabulary import Secret
from tests.flows.parts import down


@pytest.fixture
def first(world) -> Grant:
    """Return the grant of a user's login."""
    world.register()
    return world.login()


def test_a_refresh_token_brings_the_next(world, first):
    """The chain goes on; the access token names the same session."""
    second = world.refresh(first.refresh_token)
    third = world.refresh(second.refresh_token)
    claims = world.auth.tokens.verify(third.access_token)
    assert claims.session_id == first.session_id
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3


def test_a_lost_response_costs_nothing(world, first):
    """The same token may be presented again."""  # RF-02
    world.refresh(first.refresh_token)
    again = world.refresh(first.refresh_token)
    assert isinstance(world.refresh(again.refresh_token), Grant)


def test_a_batch_answers_in_order(world, first):
    """Good and bad tokens of many clients are answered place by place."""
    other = world.login()
    answers = world.auth.refresh(["nonsense", first.refresh_token.reveal(), "", other.refresh_token.reveal()])
    assert [type(answer) for answer in answers] == [RefreshInvalidError, Grant, RefreshInvalidError, Grant]
    assert [answers[1].session_id, answers[3].session_id] == [first.session_id, other.session_id]


def test_nothing_authentic_asks_no_store(world, monkeypatch):
    """Random guesses never reach the store."""  # RF-08
    monkeypatch.setattr(type(world.stores.sessions), "rotate", None)
    assert isinstance(world.refresh(Secret("A" * 156)), RefreshInvalidError)


def test_reuse_ends_the_session(world, first):
    """A spent token that comes back late kills the session and is remembered in the database."""  # RF-04
    second = world.refresh(first.refresh_token)
    world.refresh(second.refresh_token)
    world.now += 11
    assert isinstance(world.refresh(first.refresh_token), RefreshReusedError)
    assert isinstance(world.refresh(second.refresh_token), SessionRevokedError)
    row = world.stores.database.query("SELECT reason FROM auth_revoked_sessions", fetch="one")
    assert row == {"reason": "reuse"}
    assert "refresh_reused" in world.names()


def test_a_parallel_tab_is_told_to_use_the_newer_token(world, first):
    """Within the grace a superseded token is refused without harm."""  # RF-03
    second = world.refresh(first.refresh_token)
    world.refresh(second.refresh_token)
    assert isinstance(world.refresh(first.refresh_token), RefreshSupersededError)
    assert isinstance(world.refresh(second.refresh_token), Grant)


@pytest.mark.parametrize("seconds", [1_209_600, 7_776_000])
def test_an_unused_session_expires(world, first, seconds):
    """After the idle lifetime the token is of no use."""  # RF-10
    world.now += seconds + 1
    assert isinstance(world.refresh(first.refresh_token), RefreshInvalidError)


def test_the_absolute_end_does_not_move(world, first):
    """However often a session is used, it ends at its absolute end."""  # RF-10
    grant = first
    for _ in range(9):
        world.now += 864_000
        answer = world.refresh(grant.refresh_token)
        grant = answer if isinstance(answer, Grant) else grant
    assert isinstance(answer, RefreshInvalidError)


def _account(world, column, value):
    statements = {
        "disabled_at": "UPDATE auth_accounts SET disabled_at = %s",
        "sessions_valid_after": "UPDATE auth_accounts SET sessions_valid_after = %s",
    }
    world.stores.database.query(statements[column], (value,))


@pytest.mark.parametrize("column", ["disabled_at", "sessions_valid_after"])
def test_an_account_that_was_stopped_ends_its_sessions(world, first, column):
    """Disabled, or cut off after the session began: refused from then on."""  # RF-06
    _account(world, column, world.now + 1)
    assert isinstance(world.refresh(first.refresh_token), SessionRevokedError)
    _account(world, column, None)
    assert isinstance(world.refresh(first.refresh_token), SessionRevokedError)


def test_a_deleted_user_is_refused(world, first):
    """A user that is gone cannot refresh."""
    world.stores.database.query("DELETE FROM users")
    assert isinstance(world.refresh(first.refresh_token), SessionRevokedError)


def test_an_end_that_only_the_database_knows_counts(world, first):
    """A session store that forgot a logout is overruled."""  # RF-06 F-06
    world.stores.users.end_session(
        first.session_id, user_id=None, reason="logout", now=world.now, expires_at=world.now + 9
    )
    assert isinstance(world.refresh(first.refresh_token), SessionRevokedError)


def test_a_store_that_is_down_loses_nothing(world, first, monkeypatch):
    """The error says to try again, and the same token works afterwards."""  # F-01
    with monkeypatch.context() as patch:
        patch.setattr(type(world.stores.sessions), "rotate", down("redis"))
        with pytest.raises(StoreUnavailableError):
            world.auth.refresh([first.refresh_token.reveal()])
    assert isinstance(world.refresh(first.refresh_token), Grant)


def test_a_session_whose_node_is_down_loses_nothing(world, first, monkeypatch):
    """A store may answer some of a batch and not others; those who got no answer ask again."""  # F-01

    def without_a_node(_self: object, presented: list[Presented]) -> list[Rotation]:
        return [Refused(Verdict.UNAVAILABLE, one.session_id) for one in presented]

    with monkeypatch.context() as patch:
        patch.setattr(type(world.stores.sessions), "rotate", without_a_node)
        (answer,) = world.auth.refresh([first.refresh_token.reveal()])
    assert isinstance(answer, StoreUnavailableError)
    assert isinstance(world.refresh(first.refresh_token), Grant)


def test_a_session_that_is_in_use_loses_nothing(world, first, monkeypatch):
    """Who holds the newest token is told that somebody else has the record, and asks again."""

    def in_use(_self: object, presented: list[Presented]) -> list[Rotation]:
        return [Refused(Verdict.BUSY, one.session_id) for one in presented]

    with monkeypatch.context() as patch:
        patch.setattr(type(world.stores.sessions), "rotate", in_use)
        (answer,) = world.auth.refresh([first.refresh_token.reveal()])
    assert (type(answer), answer.code) == (SessionBusyError, "session_busy")
    assert isinstance(world.refresh(first.refresh_token), Grant)


def test_a_session_that_caught_up_goes_on_and_is_noted(world, monkeypatch):
    """A store that had lost writes lets the holder of the newest token in; the audit tells of it."""  # F-06
    user, first = world.register(), world.login()
    life = Life(world.now, world.now + 900, 0)

    def caught_up(_self: object, presented: list[Presented]) -> list[Rotation]:
        return [Accepted(Verdict.RESYNC, one.session_id, user.user_id, life) for one in presented]

    monkeypatch.setattr(type(world.stores.sessions), "rotate", caught_up)
    (answer,) = world.auth.refresh([first.refresh_token.reveal()])
    assert isinstance(answer, Grant)
    assert world.names()[-1] == "refresh_resync"


def test_the_users_are_read_in_one_query(world, first, monkeypatch):
    """A batch of many costs one round trip for all users."""
    calls = []
    read = type(world.stores.users).read
    monkeypatch.setattr(
        type(world.stores.users), "read", lambda self, pairs: calls.append(len(pairs)) or read(self, pairs)
    )
    world.auth.refresh([first.refresh_token.reveal(), world.login().refresh_token.reveal()])
    assert calls == [2]
