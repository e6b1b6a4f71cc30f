"""Whom the admin's part is for, and the errors that only it has."""

from __future__ import annotations

from typing import Final

from jwt_auth_core.errors import AuthError

ADMIN: Final = "auth:admin"
"""The scope of who may use it; ``auth:*`` and ``*`` cover it."""


class AccountNotFoundError(AuthError):
    """Raised when an admin names a user that there is not; the caller is another one."""

    code = "account_not_found"

    def __init__(self) -> None:
        super().__init__("no such user")


class LastAdminError(AuthError):
    """Raised when nobody who may log in would have ``auth:admin`` any more."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__(f"nobody else has {ADMIN}; give it to another user first")


class OwnAccountError(AuthError):
    """Raised when an admin would disable the own account, or take ``auth:admin`` from it."""

    code = "own_account"

    def __init__(self) -> None:
        super().__init__("an admin does not shut out itself; another admin can")
