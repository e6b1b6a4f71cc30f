"""What ends an impersonation ends it where the stores are asked, too; and the audit hears of every end."""

from __future__ import annotations

import logging

import pytest

from jwt_auth_core.admin.impersonation import ImpersonationRefusedError
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.flows.admin.impersonation_ends import ImpersonationEnds
from jwt_auth_core.tokens.actors import Actor
from jwt_auth_core.vocabulary import Client
from tests.admin.test_remaining_admins import HERE, claims_of, user_of
from tests.flows.conftest import world

__all__ = ["world"]


@pytest.fixture
def variables():
    """Have access tokens live for an hour."""
    return {"ACCESS_TOKEN_TTL_SECONDS": "3600"}


@pytest.fixture
def ada(world):
    """Return an admin's id."""
    return user_of(world, "ada", "auth:admin")


@pytest.fixture
def eve(world):
    """Return a user's id."""
    return user_of(world, "eve", "topics:read")


@pytest.fixture
def made(world, ada, eve):  # noqa: ARG001 - who begins
    """Return an impersonation, begun five seconds ago."""
    made = world.auth.admin.impersonate(claims_of(world, "ada"), eve, HERE)
    world.now += 5
    return made


def is_good(world, made):
    """Tell what memory and stores say of a token; they agree."""
    claims = world.auth.tokens.verify(made.access_token)
    by_stores = world.auth.recheck([claims]) == [None]
    assert by_stores is not world.auth.revocations.is_revoked(claims)
    return by_stores


def ends(world):
    """Return the reasons of the ends that were told."""
    return [event.reason for event in world.events if event.name == "impersonation_ended"]


def test_it_lasts_half_an_hour_at_most(made):
    """Where access tokens live longer."""
    assert made.expires_in == 1800


def test_it_goes_on_as_long_as_nothing_ends_it(world, made):
    """In memory and in the stores."""
    assert is_good(world, made)


def test_the_end_is_known_to_the_stores(world, made):
    """And to a process that was down meanwhile."""
    claims = world.auth.tokens.verify(made.access_token)
    assert world.auth.admin.end_impersonations(claims, HERE) == 1
    assert not is_good(world, made)
    assert world.auth.admin.end_impersonations(claims, HERE) == 0
    assert ends(world) == ["ended"]


@pytest.mark.parametrize(
    "end",
    [
        lambda auth, ada, _: auth.end_user.disable(ada),
        lambda auth, ada, _: auth.end_user.logout_all(ada),
        lambda auth, _, eve: auth.end_user.disable(eve),
        lambda auth, _, eve: auth.end_user.logout_all(eve),
        lambda auth, ada, _: auth.revoke_session(ada, auth.list_sessions(ada)[0].session_id),
    ],
    ids=["admin disabled", "admin logged out", "user disabled", "user logged out", "admin's session"],
)
def test_it_ends_with_both(world, ada, eve, made, end):
    """With the admin and with the user."""
    end(world.auth, ada, eve)
    assert not is_good(world, made)


@pytest.mark.parametrize("role", ["boss", "editor"])
def test_it_ends_with_a_role(world, eve, role):
    """With that by which the admin has the scope, and with the user's own."""
    boss = user_of(world, "boss")
    for user_id, name, scope in ((boss, "boss", "auth:*"), (eve, "editor", "posts:*")):
        world.auth.roles.define(name, {scope})
        world.auth.roles.grant(user_id, name)
    made = world.auth.admin.impersonate(claims_of(world, "boss"), eve, HERE)
    world.now += 5
    assert is_good(world, made)
    world.auth.roles.revoke(boss if role == "boss" else eve, role)
    assert not is_good(world, made)


def test_it_ends_with_a_deleted_admin(world, ada, made):
    """Of whom the database knows nothing any more."""
    world.auth.end_user.delete(ada)
    assert world.auth.recheck([world.auth.tokens.verify(made.access_token)]) != [None]


def test_what_is_over_is_told(world, made):  # noqa: ARG001 - that it is
    """Once, when its time is over and not before."""
    world.now += 1794
    assert world.auth.admin.end_impersonations.over() == 0
    world.now += 1
    assert [world.auth.admin.end_impersonations.over() for _ in range(2)] == [1, 0]
    assert ends(world) == ["expired"]


def test_a_process_that_serves_tells_of_it(world, made):  # noqa: ARG001 - that it is
    """In the background; what the database keeps for itself is told later."""
    world.now += 1800
    work = ImpersonationEnds(world.auth.admin.end_impersonations)
    assert work._step() is None
    assert ends(world) == ["expired"]


def test_an_outage_is_logged_once(caplog):
    """And the step is taken again."""

    class Failing:
        def over(self):
            raise StoreUnavailableError("postgres")

    work = ImpersonationEnds(Failing())
    with caplog.at_level(logging.WARNING, logger="jwt_auth.admin"):
        assert [work._step() for _ in range(2)] == [None, None]
    assert len(caplog.records) == 1


def test_a_full_look_is_followed_by_the_next():
    """At once."""

    class Busy:
        def over(self):
            return 100

    assert ImpersonationEnds(Busy())._step() == 0.0


def test_a_token_without_a_session_begins_none(world, ada, eve):
    """Nobody would hear of its end."""
    admin = world.auth.current_user(ada)
    token = world.auth.tokens.issue(subject=ada, scopes=admin.scopes, auth_time=world.now)
    with pytest.raises(ImpersonationRefusedError):
        world.auth.admin.impersonate(world.auth.tokens.verify(token), eve, HERE)


def test_of_two_who_end_it_one_does(world, made, monkeypatch):
    """The other finds nothing to end, and tells nothing."""
    claims, end = world.auth.tokens.verify(made.access_token), world.auth.admin.end_impersonations
    found = end.store.find(claims.session_id)
    end(claims, HERE)
    monkeypatch.setattr(type(end.store), "find", lambda *_: found)
    assert end(claims, HERE) == 0
    assert ends(world) == ["ended"]


def test_it_is_gone_with_the_user(world, eve, made):  # noqa: ARG001 - that it is
    """The table keeps nothing of who was deleted."""
    world.auth.end_user.delete(eve)
    world.now += 1800
    assert world.auth.admin.end_impersonations.over() == 0


def test_a_chain_names_everybody(world, ada, eve):
    """The latest first; what is no chain ends where it is none."""
    token = world.auth.tokens.issue(subject=eve, actors=(Actor("agent"), Actor(ada, "5e55")))
    assert world.auth.tokens.verify(token).actors == ("agent", ada)
    assert Client() != HERE


def test_who_acts_is_told_who_it_is(world, made, ada, eve):
    """Admin, user and end; a user's own token says that nobody acts."""
    shown = world.auth.admin.impersonation(world.auth.tokens.verify(made.access_token))
    found = shown.actor.user_id, shown.user.user_id, shown.ends_at
    assert found == (ada, eve, world.now - 5 + 1800)
    assert world.auth.admin.impersonation(claims_of(world, "ada")) is None


def test_of_an_admin_who_is_gone_nothing_is_told(world, made, ada):
    """Its impersonations are over with it."""
    world.auth.end_user.delete(ada)
    assert world.auth.admin.impersonation(world.auth.tokens.verify(made.access_token)) is None
