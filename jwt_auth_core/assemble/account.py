"""Accounts: what registers, reads and ends users."""

from __future__ import annotations

from typing import TypedDict

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.flows.account.change_profile import ChangeProfile
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.account.end_user import EndUser
from jwt_auth_core.flows.account.register import Register
from jwt_auth_core.users.profile import SqlProfiles


class AccountFlows(TypedDict):
    """The use cases of this group, by their names in `Auth`."""

    register: Register
    current_user: CurrentUser
    end_user: EndUser
    change_profile: ChangeProfile


def account_flows(parts: Parts) -> AccountFlows:
    """Return the use cases of this group."""
    register = Register(
        parts.passwords,
        parts.stores.users,
        parts.address_limits,
        parts.journal,
        parts.settings.service_name,
        parts.clock,
    )
    return {
        "register": register,
        "current_user": parts.current_user,
        "end_user": parts.end_user,
        "change_profile": ChangeProfile(
            parts.current_user, SqlProfiles(parts.stores.database), parts.journal, parts.clock
        ),
    }
