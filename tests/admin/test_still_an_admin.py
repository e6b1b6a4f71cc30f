"""An admin who is one no more changes nothing: also where that comes between look and write of a request."""

from __future__ import annotations

import threading
from contextvars import Context

import pytest

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.errors import InsufficientScopeError, TokenInvalidError
from tests.admin.test_remaining_admins import HERE, claims_of, user_of
from tests.flows.conftest import PASSWORD, variables, world
from tests.flows.parts import between

__all__ = ["variables", "world"]

NAMES = {"first_name": "Bob", "last_name": "Bell"}


@pytest.fixture
def ada(world):
    """Return the id of an admin, who is not the only one."""
    user_of(world, "bea", "auth:admin")
    world.auth.roles.define("editor", {"posts:*"})
    return user_of(world, "ada", "auth:admin")


@pytest.fixture
def eve(world):
    """Return a user's id."""
    return user_of(world, "eve", "posts:read")


def create(admin, claims, _):
    """Make a user."""
    new = admin.create.parse({"email": "bob@example.com", "password": PASSWORD, **NAMES})
    admin.create(claims, new, HERE)


CHANGES = {
    "disable": lambda admin, claims, eve: admin.change.disable(claims, eve, HERE),
    "end sessions": lambda admin, claims, eve: admin.change.end_sessions(claims, eve, HERE),
    "grant a role": lambda admin, claims, eve: admin.change.grant_role(claims, eve, "editor", HERE),
    "reset factors": lambda admin, claims, eve: admin.change.reset_factors(claims, eve, HERE),
    "impersonate": lambda admin, claims, eve: admin.impersonate(claims, eve, HERE),
    "add a client": lambda admin, claims, _: admin.change_clients.add(claims, {"client_id": "billing"}, HERE),
    "create": create,
    "retry": lambda admin, claims, _: admin.change_service.retry(claims, "msg_0", HERE),
}
LOSSES = {
    "scope": (lambda auth, ada: auth.end_user.set_scopes(ada, ["posts:read"]), InsufficientScopeError),
    "session": (lambda auth, ada: auth.end_user.logout_all(ada), TokenInvalidError),
    "account": (lambda auth, ada: auth.end_user.disable(ada), TokenInvalidError),
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("change", CHANGES)
def test_who_is_one_no_more_changes_nothing(  # noqa: PLR0917 - a change, a loss, and of whom
    world, ada, eve, monkeypatch, change, loss
):
    """Taken away just before the transaction of the change, which is refused; nothing of it is told."""
    claims, (lose, error) = claims_of(world, "ada"), LOSSES[loss]
    between(monkeypatch, Journal, "together", lambda: Context().run(lose, world.auth, ada))
    with pytest.raises(error):
        CHANGES[change](world.auth.admin, claims, eve)
    assert [event.name for event in world.events if event.actor == ada] == []
    assert world.auth.current_user(eve).roles == frozenset()
    assert world.auth.clients.manage.all() == []


@pytest.mark.servers
@pytest.mark.parametrize("world", ["servers"], indirect=True)
def test_whoever_takes_it_away_waits_for_a_change_that_has_begun(world, ada, eve):
    """What was begun in time is kept, and comes first; nobody sees the loss before the change."""
    auth, claims, order = world.auth, claims_of(world, "ada"), []
    taken = threading.Thread(
        target=lambda: (auth.end_user.set_scopes(ada, []), order.append("taken")), daemon=True
    )
    with auth.admin.change.caller.changes(claims, HERE), auth.admin.change_service.journal.together():
        taken.start()
        taken.join(0.3)
        assert taken.is_alive()
        auth.roles.grant(eve, "editor")
        auth.database.after_commit(lambda: order.append("changed"))
    taken.join(20)
    assert not taken.is_alive()
    assert order == ["changed", "taken"]


def test_admins_who_change_each_other_at_once_both_do(world, ada):
    """None waits for the other for ever."""
    bob = user_of(world, "bob", "auth:admin")
    change, failed = world.auth.admin.change, []

    def end(name, user_id):
        try:
            change.end_sessions(claims_of(world, name), user_id, HERE)
        except TokenInvalidError:
            failed.append(name)  # the other one came first

    for _ in range(5):
        pair = [threading.Thread(target=end, args=one) for one in (("ada", bob), ("bob", ada))]
        for one in pair:
            one.start()
        for one in pair:
            one.join(20)
        assert not any(one.is_alive() for one in pair)
        assert len(failed) <= 1
        failed.clear()


def test_an_admin_ends_what_is_its_own(world, ada):
    """The change is asked about once, when it begins: it goes on although it ends the session that asked."""
    world.auth.admin.change.reset_factors(claims_of(world, "ada"), ada, HERE)
    world.auth.admin.change.end_sessions(claims_of(world, "ada"), ada, HERE)
    assert world.auth.list_sessions(ada) == []
