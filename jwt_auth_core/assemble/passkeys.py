"""Passkeys: what registers, lists, names and removes them, and what logs in by one."""

from __future__ import annotations

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.devices import Devices
from jwt_auth_core.flows.passkeys.manage_passkeys import ListPasskeys, RenamePasskey
from jwt_auth_core.flows.passkeys.passkey_flows import PasskeyFlows
from jwt_auth_core.flows.passkeys.passkey_login import LogInByPasskey
from jwt_auth_core.flows.passkeys.register_passkey import RegisterPasskey
from jwt_auth_core.flows.passkeys.verify_passkey import VerifyPasskey


def passkey_flows(parts: Parts) -> PasskeyFlows:
    """Return the use cases of this group."""
    fresh_login, passkeys = parts.fresh_login, parts.remove_passkey.parts
    return PasskeyFlows(
        RegisterPasskey(passkeys, fresh_login, parts.settings.passkeys.per_user),
        ListPasskeys(passkeys),
        RenamePasskey(passkeys, fresh_login),
        parts.remove_passkey,
        LogInByPasskey(
            VerifyPasskey(passkeys),
            parts.open_session,
            parts.address_limits,
            parts.account_limits,
            Devices(parts.stores.database),
            parts.stores.challenges,
        ),
    )
