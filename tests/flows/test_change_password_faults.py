"""A password change that meets a failure: nothing is changed, or all of it is."""

from __future__ import annotations

import pytest

from jwt_auth_core.audit import Journal
from jwt_auth_core.errors import InvalidCredentialsError, StoreUnavailableError, UserNotFoundError
from jwt_auth_core.events import PasswordChanged
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.settings import Settings
from tests.faults.proxy import proxied
from tests.flows.conftest import KEY, World
from tests.flows.parts import (
    NEW,
    OLD,
    between,
    change,
    down,
    goes_on,
    is_over,
    listed,
    opens,
    process,
    unheard,
)
from tests.revocations.parts import until


def test_a_user_deleted_meanwhile(world, monkeypatch):
    """There is nobody whose password could change, and no session is left."""
    user = world.register()
    between(
        monkeypatch,
        type(world.stores.users),
        "change_password",
        lambda: world.auth.end_user.delete(user.user_id),
    )
    with pytest.raises(InvalidCredentialsError):
        change(world, user.user_id)
    assert world.stores.users.find(user.user_id) is None


def test_an_account_that_vanishes_changes_nothing(world, monkeypatch):
    """A user whose account cannot be kept is refused, and no session is left."""
    user = world.register()

    def refuse(*_arguments, **_named):
        raise UserNotFoundError

    monkeypatch.setattr(type(world.stores.users), "change_password", refuse)
    with pytest.raises(InvalidCredentialsError):
        change(world, user.user_id)
    assert listed(world, user.user_id) == []


def test_a_session_store_that_is_down_changes_nothing(world, monkeypatch):
    """The session comes first: without it the old password stays good."""
    # F-01
    user = world.register()

    with monkeypatch.context() as broken:
        broken.setattr(type(world.stores.sessions), "open", down("redis"))
        with pytest.raises(StoreUnavailableError):
            change(world, user.user_id)
    assert world.login(password=OLD)


def test_a_database_that_is_down_leaves_no_session(world, monkeypatch):
    """Nobody got the tokens of the session that was opened ahead: it ends."""
    # F-13
    user = world.register()
    old = world.login()

    with monkeypatch.context() as broken:
        broken.setattr(type(world.stores.users), "change_password", down("postgresql"))
        with pytest.raises(StoreUnavailableError):
            change(world, user.user_id)
    assert listed(world, user.user_id) == [old.session_id]
    assert goes_on(world.auth, old)


@pytest.mark.parametrize("is_done", [True, False])
def test_an_answer_that_is_lost_is_asked_for_again(world, monkeypatch, is_done):
    """Done or not when the connection broke: the change stands, and the caller hears so."""
    user = world.register()
    users = type(world.stores.users)
    swap, lost = users.change_password, ["answer"]

    def lose(self, *words, **named):
        if not lost:
            return swap(self, *words, **named)
        lost.clear()
        if is_done:
            swap(self, *words, **named)
        raise StoreUnavailableError("postgresql", "lost the connection")

    monkeypatch.setattr(users, "change_password", lose)
    grant = change(world, user.user_id)
    assert goes_on(world.auth, grant)
    assert world.login(password=NEW)


@pytest.mark.parametrize("is_news", [True, False])
def test_a_commit_whose_answer_is_lost_is_told_once(world, monkeypatch, is_news):
    """Done it was, or a password change of somebody else's: subscribers hear of what this call did."""
    user, told, together = world.register(), [], Journal.together
    world.auth.on(PasswordChanged)(told.append)

    def lose(journal):
        monkeypatch.setattr(Journal, "together", together)
        if is_news:
            return unheard(journal)
        change(world, user.user_id)  # by another request, which is through first
        raise StoreUnavailableError("database", "lost the connection")

    monkeypatch.setattr(Journal, "together", lose)
    if is_news:
        assert goes_on(world.auth, change(world, user.user_id))
    else:
        with pytest.raises(InvalidCredentialsError):
            change(world, user.user_id)
    assert [event.user_id for event in told] == [user.user_id]
    assert world.login(password=NEW)


def test_a_change_whose_every_answer_was_lost_is_announced_by_the_retry(world, monkeypatch):
    """The call was 503 and all was done: the same call again tells other processes of the cut-off."""
    # RF-11, F-13
    user = world.register()
    claims = world.auth.tokens.verify(world.login().access_token)
    with process(world) as other:
        other.revocations.check(claims)
        with monkeypatch.context() as broken:
            broken.setattr(Journal, "together", unheard)
            with pytest.raises(StoreUnavailableError):
                change(world, user.user_id)
        with pytest.raises(InvalidCredentialsError):
            change(world, user.user_id)
        until(lambda: other.revocations.is_revoked(claims))
    assert world.login(password=NEW)


def test_a_wrong_password_announces_nothing(world, monkeypatch):
    """Whoever knows neither the former nor the new password makes no work for others."""
    user = world.register()
    world.auth.end_user.logout_all(user.user_id)
    monkeypatch.setattr(AccountAdmin, "announce_again", lambda *_: pytest.fail("announced"))
    with pytest.raises(InvalidCredentialsError):
        change(world, user.user_id, current="quite another one")


def test_killed_after_the_transaction(world, monkeypatch):
    """Between the commit and the session store: the old sessions die at their next refresh."""
    # F-18, PW-10
    user = world.register()
    old = world.login()
    with monkeypatch.context() as dead:
        dead.setattr(AccountAdmin, "clear", lambda *_arguments, **_named: None)
        grant = change(world, user.user_id)
    assert not goes_on(world.auth, old)
    with process(world) as other:
        assert is_over(other, old)
        assert opens(other, grant)
        assert goes_on(other, grant)


@pytest.mark.servers
def test_redis_dies_after_the_transaction(migrated_url, redis_url, monkeypatch, caplog):
    """The change stands, the caller has new tokens, and the old sessions are over once Redis is back."""
    # F-18
    with proxied(redis_url) as proxy:
        urls = {"DATABASE_URL": migrated_url, "REDIS_URL": proxy.url}
        world = World(Settings.from_env({"JWT_KEY": KEY, **urls}))
        user = world.register()
        old = world.login()

        def die():
            proxy.refuse()
            proxy.cut_all()

        between(monkeypatch, AccountAdmin, "clear", die)
        grant = change(world, user.user_id)
        assert "at their next use" in caplog.text
        proxy.accept()
        assert is_over(world.auth, old)
        assert goes_on(world.auth, grant)
        world.auth.close()
