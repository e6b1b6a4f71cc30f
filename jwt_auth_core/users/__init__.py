"""Users: the documented table, their e-mail identity, and whether they may go on."""

from jwt_auth_core.users.account import Accounts
from jwt_auth_core.users.email import Address, parse_email
from jwt_auth_core.users.standing import Standing, Standings
from jwt_auth_core.users.store import Users
from jwt_auth_core.users.user import NewUser, User, UserStore

__all__ = [
    "Accounts",
    "Address",
    "NewUser",
    "Standing",
    "Standings",
    "User",
    "UserStore",
    "Users",
    "parse_email",
]
