"""Encrypt anew what older keys have encrypted, so that they may go: beside served processes, in any part."""

from __future__ import annotations

from typing import ClassVar, Final

from jwt_auth_core.factors.totp_sql import SqlTotp
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.keys.encryption.vault import Vault
from jwt_auth_core.records import dataclass

AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Reencrypt:
    """Brings every secret under the newest key; may be stopped at any time and called again."""

    executor: ClassVar = Executor.STORE

    apps: SqlTotp
    vault: Vault

    def __call__(self) -> int:
        """Encrypt all under the newest key; return how many values that were.

        Whatever stops it, each value is under one key or the other: the next call goes on.

        Raises:
            EncryptionNotConfiguredError: there is no key.
            UndecipherableError: a value was changed in the store, or its key is not there.
            UnavailableError: the database does not answer.
        """
        done = 0
        while some := self.apps.reencrypt(self.vault, most=AT_ONCE):
            done += some
        return done

    def check(self) -> None:
        """Refuse settings that lack a key in use.

        Raises:
            SettingsError: names the key.
            UnavailableError: the database does not answer.
        """
        self.vault.require(self.apps.key_ids(), whose="authenticator apps")
