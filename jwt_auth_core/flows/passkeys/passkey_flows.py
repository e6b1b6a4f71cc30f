"""The group of use cases that an `Auth` holds: ``auth.passkeys.register(...)``."""

from __future__ import annotations

from jwt_auth_core.flows.passkeys.manage_passkeys import ListPasskeys, RemovePasskey, RenamePasskey
from jwt_auth_core.flows.passkeys.passkey_login import LogInByPasskey
from jwt_auth_core.flows.passkeys.register_passkey import RegisterPasskey
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class PasskeyFlows:
    """What can be done with passkeys."""

    register: RegisterPasskey
    list: ListPasskeys
    rename: RenamePasskey
    remove: RemovePasskey
    log_in: LogInByPasskey
