"""What an admin does to users, where something comes in between."""

from __future__ import annotations

import pytest

from jwt_auth_core.admin.admin import AccountNotFoundError
from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.account.delete_account import DeleteAccount
from jwt_auth_core.passwords.hasher import Passwords
from tests.admin.test_remaining_admins import HERE, claims_of, user_of
from tests.flows.conftest import PASSWORD, variables, world

__all__ = ["variables", "world"]


@pytest.fixture
def ada(world):
    """Return an admin's id."""
    return user_of(world, "ada", "auth:admin")


def test_who_goes_meanwhile_is_not_there(world, ada, monkeypatch):  # noqa: ARG001 - who asks
    """The caller's own account is another one."""
    eve, disable = user_of(world, "eve"), AccountAdmin.disable

    def delete_first(account, user_id, **more):
        account.delete(user_id)
        disable(account, user_id, **more)

    monkeypatch.setattr(AccountAdmin, "disable", delete_first)
    with pytest.raises(AccountNotFoundError):
        world.auth.admin.change.disable(claims_of(world, "ada"), eve, HERE)


def test_who_goes_before_a_deletion_is_not_there(world, ada, monkeypatch):  # noqa: ARG001 - who asks
    """Nothing is left to be erased later."""
    eve, schedule = user_of(world, "eve"), DeleteAccount.schedule

    def delete_first(deletion, user_id, client, **more):
        deletion.end_user.delete(user_id)
        return schedule(deletion, user_id, client, **more)

    monkeypatch.setattr(DeleteAccount, "schedule", delete_first)
    with pytest.raises(AccountNotFoundError):
        world.auth.admin.change.delete(claims_of(world, "ada"), eve, HERE)


def test_who_has_gone_by_then_is_not_there_either(world, ada, monkeypatch):  # noqa: ARG001 - who asks
    """Where nothing was scheduled, nobody is told of a day."""
    eve = user_of(world, "eve")
    monkeypatch.setattr(DeleteAccount, "schedule", lambda *_, **__: None)
    with pytest.raises(AccountNotFoundError):
        world.auth.admin.change.delete(claims_of(world, "ada"), eve, HERE)


def test_no_user_is_made_with_a_password_that_is_known(world, ada, monkeypatch):  # noqa: ARG001 - who asks
    """By a breach service, as at a registration."""
    claims, create = claims_of(world, "ada"), world.auth.admin.create
    names = {"first_name": "Eve", "last_name": "Adams"}
    new = create.parse({"email": "eve@example.com", "password": PASSWORD, **names})
    known = [FieldError("password", "breached", "is known")]
    monkeypatch.setattr(Passwords, "breach_problems", lambda *_: known)
    with pytest.raises(InvalidInputError):
        create(claims, new, HERE)
