"""The end of everything of a user, by number: once a token, never ahead of the clock, whatever overlaps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from jwt_auth_core.audit import Journal
from jwt_auth_core.errors import (
    StoreUnavailableError,
    TokenInvalidError,
    UserNotFoundError,
)
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.users.sql import SqlUsers
from tests.flows.parts import between, goes_on, is_over, listed, opens, process, unheard
from tests.flows.test_end_user import EVENTS
from tests.revocations.parts import until


def test_a_burst_with_one_token_is_one_cut_off(world):
    """Of many that log out everywhere with one token one acts; the others hear that it is over."""
    # RF-11
    user = world.register()
    claims = world.auth.claims_of(world.login().access_token)
    with ThreadPoolExecutor(8) as threads:
        act = partial(world.auth.end_user.logout_all, user.user_id, claims=claims)
        errors = [one.exception() for one in [threads.submit(act) for _ in range(24)]]
    assert errors.count(None) == 1
    assert {one.reason for one in errors if one is not None} == {"revoked"}
    assert world.stores.users.find(user.user_id).session_version == 1
    assert world.names().count("logged_out_everywhere") == 1


def test_no_burst_moves_anything_into_the_future(world):
    """Sixty times in one second, and then a login: every process takes its token, which is of now."""
    # RF-11, F-22
    user = world.register()
    for _ in range(60):
        world.auth.end_user.logout_all(user.user_id)
    grant = world.login()
    assert world.stores.users.find(user.user_id).sessions_valid_after == world.now
    assert world.auth.claims_of(grant.access_token).issued_at == world.now
    with process(world) as other, process(world, revocation_check="always") as careful:
        assert all(opens(auth, grant) for auth in (world.auth, other, careful))
        assert goes_on(other, grant)


def test_a_clock_behind_the_cut_off_lets_in(world):
    """Whoever logs in by a process whose clock is behind that of the one that ended all is in."""
    # F-22
    user = world.register()
    old = world.login()
    world.auth.end_user.logout_all(user.user_id)
    world.now -= 30
    grant = world.login()
    with process(world) as other, process(world, revocation_check="always") as careful:
        assert all(opens(auth, grant) for auth in (world.auth, other, careful))
        assert goes_on(other, grant)
        assert is_over(other, old)


@pytest.mark.parametrize("before", ["logout", "logout all", "disable", "password"])
def test_a_token_that_is_over_ends_nothing(world, before):
    """Also where its process has not heard so: the database is asked in the same step."""
    # RF-11
    user = world.register()
    grant = world.login()
    claims = world.auth.tokens.verify(grant.access_token)
    EVENTS[before](world, user.user_id, grant)
    version = world.stores.users.find(user.user_id).session_version
    with pytest.raises(TokenInvalidError, match="revoked"):
        world.auth.end_user.logout_all(user.user_id, claims=claims)
    assert world.stores.users.find(user.user_id).session_version == version


def test_a_cut_off_whose_answer_was_lost_is_announced_by_the_retry(world, monkeypatch):
    """The client heard 503 and asks again: its token is over by then, and the others hear so at once."""
    # F-13, RF-11
    user = world.register()
    claims = world.auth.tokens.verify(world.login().access_token)
    with process(world) as other:
        other.revocations.check(claims)
        with monkeypatch.context() as broken:
            broken.setattr(Journal, "together", unheard)
            with pytest.raises(StoreUnavailableError):
                world.auth.end_user.logout_all(user.user_id, claims=claims)
        with pytest.raises(TokenInvalidError):
            world.auth.end_user.logout_all(user.user_id, claims=claims)
        until(lambda: other.revocations.is_revoked(claims))


def test_who_is_slower_is_looked_at_again(world, monkeypatch):
    """Between the look at the token and the cut-off another one came: the token is over by then."""
    # RF-11
    user = world.register()
    claims = world.auth.tokens.verify(world.login().access_token)
    between(
        monkeypatch, SqlUsers, "cut_off", lambda: world.auth.end_user.logout_all(user.user_id, claims=claims)
    )
    with pytest.raises(TokenInvalidError):
        world.auth.end_user.logout_all(user.user_id, claims=claims)
    assert world.stores.users.find(user.user_id).session_version == 1


def test_a_token_without_a_number_acts_once(world):
    """Its time decides, and within the second of the cut-off it is over."""
    # RF-11
    user = world.register()
    claims = world.auth.tokens.verify(world.auth.tokens.issue(subject=user.user_id))
    world.auth.end_user.logout_all(user.user_id, claims=claims)
    with pytest.raises(TokenInvalidError):
        world.auth.end_user.logout_all(user.user_id, claims=claims)
    with process(world) as other, pytest.raises(TokenInvalidError):
        other.claims_of(world.auth.tokens.issue(subject=user.user_id))


def test_the_caller_who_is_gone_is_told(world):
    """A token outlives its user."""
    user = world.register()
    claims = world.auth.tokens.verify(world.login().access_token)
    world.auth.end_user.delete(user.user_id)
    with pytest.raises(UserNotFoundError):
        world.auth.end_user.logout_all(user.user_id, claims=claims)


def test_a_login_that_overlaps_comes_after(world, monkeypatch):
    """Whoever knows the password is in, though all was ended while the session was being opened."""
    # RF-11
    user = world.register()
    between(
        monkeypatch,
        type(world.stores.sessions),
        "open",
        lambda: world.auth.end_user.logout_all(user.user_id),
    )
    grant = world.login()
    assert opens(world.auth, grant)
    assert goes_on(world.auth, grant)
    assert listed(world, user.user_id) == [grant.session_id]


def test_a_refresh_that_overlaps_is_over(world, monkeypatch):
    """A token that is issued seconds after the cut-off, by a refresh from before it, bears the old number."""
    # RF-11, F-18
    user = world.register()
    first = world.login()

    def end():
        world.auth.end_user.logout_all(user.user_id)
        world.now += 5

    with monkeypatch.context() as dead:
        dead.setattr(AccountAdmin, "clear", lambda *_arguments, **_named: None)
        between(dead, AccessTokens, "issue", end)
        late = world.refresh(first.refresh_token)
    with process(world) as other, process(world, revocation_check="always") as careful:
        assert is_over(other, late)
        assert not opens(careful, late)


def test_a_user_who_vanishes_meanwhile_is_nobody(world, monkeypatch):
    """Deleted between the look at the account and the write: there is no such user."""
    user = world.register()
    with monkeypatch.context() as patch:
        patch.setattr(type(world.stores.users), "cut_off", lambda *_, **__: None)
        with pytest.raises(UserNotFoundError):
            world.auth.end_user.logout_all(user.user_id)
    monkeypatch.setattr(SqlUsers, "adopt", lambda *_: None)
    with pytest.raises(UserNotFoundError):
        world.stores.users.disable("00000000-0000-4000-8000-000000000000", now=1)
