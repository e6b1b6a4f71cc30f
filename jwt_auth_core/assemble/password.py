"""Passwords: the hasher and the policy, and what changes a password."""

from __future__ import annotations

from typing import TypedDict

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.assemble.second_factors import must_have_factor
from jwt_auth_core.flows.letters.request_letter import RequestLetter
from jwt_auth_core.flows.password.change_password import ChangePassword
from jwt_auth_core.flows.password.reauthenticate import Reauthenticate
from jwt_auth_core.flows.password.reset_password import ResetPassword
from jwt_auth_core.flows.user_limits import UserLimits
from jwt_auth_core.passwords.hasher import Breaches, Passwords
from jwt_auth_core.passwords.policy import PasswordPolicy
from jwt_auth_core.passwords.profile import profile
from jwt_auth_core.settings import Settings


class PasswordFlows(TypedDict):
    """The use cases of this group, by their names in `Auth`."""

    change_password: ChangePassword
    reauthenticate: Reauthenticate
    forgot_password: RequestLetter
    reset_password: ResetPassword


def password_flows(parts: Parts) -> PasswordFlows:
    """Return the use cases of this group."""
    limits = UserLimits(parts.rate_limits)
    return {
        "change_password": ChangePassword(
            parts.passwords,
            parts.current_user,
            parts.sessions,
            parts.open_session,
            parts.end_user,
            limits,
            parts.fresh_login,
            parts.settings.service_name,
            must_have_factor(parts.settings),
        ),
        "forgot_password": RequestLetter(parts.mail.ask, "reset"),
        "reset_password": ResetPassword(
            parts.passwords,
            parts.stores.proofs,
            parts.stores.verified,
            parts.sessions,
            parts.end_user,
            parts.void,
            limits,
            parts.account_limits,
            parts.mail.queue,
            parts.settings.service_name,
        ),
        "reauthenticate": Reauthenticate(
            parts.passwords, parts.current_user, parts.open_session, limits, parts.factors.kinds
        ),
    }


def passwords(settings: Settings) -> Passwords:
    """Return the hasher and the policy that the settings name."""
    from jwt_auth_core.passwords.argon2 import Argon2Hasher  # noqa: PLC0415 - a driver

    policy = PasswordPolicy.nist() if settings.password_policy == "nist" else PasswordPolicy.default()
    return Passwords(Argon2Hasher(profile(settings.password_profile)), policy, breaches(settings))


def breaches(settings: Settings) -> Breaches | None:
    """Return the breach service that the settings name, if they do."""
    if settings.password_breach_url is None:
        return None
    from jwt_auth_core.passwords.pwned import PwnedPasswords  # noqa: PLC0415 - loads a client of HTTP

    return PwnedPasswords(settings.password_breach_url)
