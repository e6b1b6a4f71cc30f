"""The store of users as the flows have it: the table, its accounts and the ended sessions in one."""

from __future__ import annotations

from typing import Protocol

from jwt_auth_core.users.account import Accounts
from jwt_auth_core.users.standing import Standings
from jwt_auth_core.users.user import UserStore


class Users(UserStore, Standings, Accounts, Protocol):
    """Where users, their accounts, their standing and the ended sessions are kept."""
