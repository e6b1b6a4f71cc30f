"""An admin stays: nobody shuts out the own account or the last one, of many at once neither."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_core.admin.admin import LastAdminError, OwnAccountError
from jwt_auth_core.admin.sql import SqlAdmins
from jwt_auth_core.errors import InsufficientScopeError, TokenInvalidError, UserNotFoundError
from jwt_auth_core.vocabulary import Client
from tests.flows.conftest import variables, world

__all__ = ["variables", "world"]

HERE = Client("192.0.2.1")


def user_of(world, name, *scopes):
    """Return a new user with these scopes."""
    user = world.register(email=f"{name}@example.com")
    world.auth.end_user.set_scopes(user.user_id, scopes)
    return user.user_id


def claims_of(world, name):
    """Return the claims of a fresh login."""
    return world.auth.tokens.verify(world.login(f"{name}@example.com").access_token)


@pytest.fixture
def ada(world):
    """Return an admin's id, by a scope of its own."""
    return user_of(world, "ada", "auth:admin")


@pytest.fixture
def bob(world):
    """Return an admin's id, by a role."""
    world.auth.roles.define("boss", {"auth:*", "posts:read"})
    user_id = user_of(world, "bob", "topics:read")
    world.auth.roles.grant(user_id, "boss")
    return user_id


@pytest.mark.parametrize("scope", ["auth:admin", "auth:*", "*"])
def test_whoever_covers_the_scope_is_one(world, ada, scope):
    """By any scope that covers it, of its own or of a role; disabled ones are none."""
    admins = SqlAdmins(world.auth.database)
    eve = user_of(world, "eve", "topics:read", scope, "zebra")
    assert admins.has_other(ada)
    world.auth.end_user.disable(eve)
    assert not admins.has_other(ada)


def test_who_is_to_be_deleted_is_none(world, ada):
    """Nobody knows whether that is taken back."""
    eve = user_of(world, "eve", "auth:admin")
    world.auth.delete_account(eve, HERE, claims_of(world, "eve"))
    assert not SqlAdmins(world.auth.database).has_other(ada)


@pytest.mark.parametrize(
    "scope", ["AUTH:ADMIN", "auth:admin:*", "auth:administer", "xauth:*", "auth", "topics:*"]
)
def test_what_does_not_cover_it_makes_none(world, ada, scope):
    """Letter by letter, by itself and in a role."""
    eve = user_of(world, "eve", scope)
    world.auth.roles.define("helper", {scope})
    world.auth.roles.grant(eve, "helper")
    assert not SqlAdmins(world.auth.database).has_other(ada)


def test_nobody_disables_itself(world, ada, bob):  # noqa: ARG001 - who would be left
    """Not even where others remain."""
    with pytest.raises(OwnAccountError):
        world.auth.admin.change.disable(claims_of(world, "ada"), ada, HERE)
    assert world.auth.current_user(ada).disabled_at is None


def test_another_admin_may_be_disabled(world, ada, bob):  # noqa: ARG001 - who does it
    """Where the one who does it remains."""
    world.auth.admin.change.disable(claims_of(world, "ada"), bob, HERE)
    with pytest.raises(UserNotFoundError):
        world.auth.current_user(bob)


def test_nobody_takes_the_scope_from_itself(world, bob):
    """By the role that it comes from; another role may go."""
    world.auth.roles.define("editor", {"posts:*"})
    world.auth.roles.grant(bob, "editor")
    claims, change = claims_of(world, "bob"), world.auth.admin.change
    with pytest.raises(OwnAccountError):
        change.revoke_role(claims, bob, "boss", HERE)
    assert change.revoke_role(claims, bob, "editor", HERE)


def test_an_admin_by_two_ways_may_lose_one(world, ada):
    """The scope stays."""
    world.auth.roles.define("boss", {"auth:*"})
    world.auth.roles.grant(ada, "boss")
    assert world.auth.admin.change.revoke_role(claims_of(world, "ada"), ada, "boss", HERE)
    assert world.auth.current_user(ada).scopes == {"auth:admin"}


def test_a_role_of_another_admin_may_go(world, ada, bob):  # noqa: ARG001 - who does it
    """Where the one who takes it remains; the token of before is refused."""
    assert world.auth.admin.change.revoke_role(claims_of(world, "ada"), bob, "boss", HERE)
    assert world.auth.current_user(bob).roles == set()


@pytest.mark.parametrize("wanted", ["disable", "revoke_role"])
def test_the_last_one_stays(world, ada, bob, wanted):
    """Where the scope of the one who asks went between the check and the change."""
    claims, remaining = claims_of(world, "ada"), world.auth.admin.change.remaining
    admin = world.auth.current_user(ada)
    world.auth.end_user.set_scopes(ada, [])
    target = world.auth.current_user(bob)
    check = (
        remaining.without(target, admin=admin)
        if wanted == "disable"
        else remaining.without_role(target, "boss", admin=admin)
    )
    with pytest.raises(LastAdminError):
        check()
    with pytest.raises(InsufficientScopeError):
        world.auth.admin.change.disable(claims, bob, HERE)


def test_the_role_of_who_is_gone_is_no_matter(world, ada):
    """There is nobody to be shut out."""
    remaining, admin = world.auth.admin.change.remaining, world.auth.current_user(ada)
    eve = world.auth.current_user(user_of(world, "eve", "auth:admin"))
    world.auth.end_user.delete(eve.user_id)
    remaining.without_role(eve, "boss", admin=admin)()
    remaining.without(eve, admin=admin)()


@pytest.mark.parametrize("change", ["disable", "delete"])
def test_of_admins_who_shut_each_other_out_one_remains(world, change):
    """However many at once: each asks in the transaction of its change, one behind the other."""
    names = [f"admin{number}" for number in range(6)]
    ids = {name: user_of(world, name, "auth:admin") for name in names}
    claims = {name: claims_of(world, name) for name in names}
    begin, refused = threading.Barrier(len(names)), []

    def shut_out_others(name):
        begin.wait()
        for other in names:
            try:
                if other != name:
                    getattr(world.auth.admin.change, change)(claims[name], ids[other], HERE)
            except (LastAdminError, UserNotFoundError, TokenInvalidError) as error:
                refused.append(error)

    threads = [threading.Thread(target=shut_out_others, args=(name,)) for name in names]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    found = [world.auth.end_user.find(f"{name}@example.com") for name in names]
    left = [user for user in found if user.disabled_at is None and user.deletion_at is None]
    assert len(left) >= 1
    assert refused
