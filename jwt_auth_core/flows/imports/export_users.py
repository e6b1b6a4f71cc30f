"""Export users: everybody who has an account, one at a time, in the form in which an import reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.database.row import Row
from jwt_auth_core.events import UsersExported
from jwt_auth_core.factors.totp_sql import SqlTotp
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.imports import ImportedUser
from jwt_auth_core.keys.encryption.vault import Vault
from jwt_auth_core.passwords.hasher import NO_PASSWORD
from jwt_auth_core.records import dataclass
from jwt_auth_core.roles.sql import SqlRoles
from jwt_auth_core.users.bulk import SqlBulkUsers
from jwt_auth_core.vocabulary import Clock, Secret, UserId


@dataclass(frozen=True, slots=True)
class ExportUsers:
    """Reads all users a page at a time, for an import elsewhere."""

    executor: ClassVar = Executor.STORE

    users: SqlBulkUsers
    apps: SqlTotp
    roles: SqlRoles
    vault: Vault
    journal: Journal
    clock: Clock

    def __call__(self, contents: frozenset[str] = frozenset()) -> Iterator[ImportedUser]:
        """Return every user in the order of ids; ``contents`` may be ``hashes`` and ``factors``.

        Users who change meanwhile are as they were when their page was read.

        Raises:
            UndecipherableError: a secret was changed in the store, or its key is not there.
            UnavailableError: the database does not answer.
        """
        self.journal(UsersExported(at=self.clock(), contents=tuple(sorted(contents))))
        for rows in self.users.pages():
            ids = [UserId(row["user_id"]) for row in rows]
            roles = self.roles.of_users(ids)
            secrets = self._secrets(ids) if "factors" in contents else {}
            for row in rows:
                yield _user(row, frozenset(roles.get(row["user_id"], ())), secrets, contents)

    def _secrets(self, ids: list[UserId]) -> dict[str, list[Secret]]:
        found = dict[str, list[Secret]]()
        for app in self.apps.of_users(ids):
            secret = Secret(self.vault.decrypt(app.secret, place=app.place).decode())
            found.setdefault(app.user_id, []).append(secret)
        return found


def _user(
    row: Row, roles: frozenset[str], secrets: dict[str, list[Secret]], contents: frozenset[str]
) -> ImportedUser:
    stored: str | None = row["password_hash"] if "hashes" in contents else None
    # An older table may allow NULL.
    return ImportedUser(
        line=0,
        old_id=row["user_id"],
        email=row["email"] or "",
        password_hash=None if stored == NO_PASSWORD else stored,
        first_name=row["first_name"] or "",
        last_name=row["last_name"] or "",
        is_verified=bool(row["is_verified"]),
        is_disabled=row["disabled_at"] is not None,
        created_at=row["created_at"],
        roles=roles,
        totp_secrets=tuple(secrets.get(row["user_id"], ())),
    )
