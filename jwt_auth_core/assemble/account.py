"""Accounts: what registers, reads and ends users."""

from __future__ import annotations

from typing import TypedDict

from jwt_auth_core.assemble.keys import user_codes
from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.account.change_profile import ChangeProfile
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.account.register import Register
from jwt_auth_core.flows.account.request_letter import RequestLetter
from jwt_auth_core.flows.account.verify_email import VerifyEmail
from jwt_auth_core.flows.account.welcome import Welcome
from jwt_auth_core.flows.user_limits import UserLimits
from jwt_auth_core.users.profile import SqlProfiles


class AccountFlows(TypedDict):
    """The use cases of this group, by their names in `Auth`."""

    register: Register
    send_verification: RequestLetter
    verify_email: VerifyEmail
    current_user: CurrentUser
    end_user: AccountAdmin
    change_profile: ChangeProfile


def account_flows(parts: Parts) -> AccountFlows:
    """Return the use cases of this group.

    Raises:
        SettingsError: addresses have to be verified, and no letter can be sent.
    """
    must_verify = parts.settings.email_verification != "off"
    if must_verify and not parts.mail.queue.is_configured:
        raise SettingsError(["EMAIL_VERIFICATION needs MAIL_URL: the links are in letters"])
    register = Register(
        parts.passwords,
        parts.stores.users,
        parts.address_limits,
        parts.journal,
        parts.settings.service_name,
        parts.clock,
        Welcome(
            parts.stores.proofs,
            parts.mail.queue,
            parts.settings.mail.language,
            has_letter=must_verify,
        ),
    )
    codes = user_codes(parts.settings)
    verify = VerifyEmail(
        passwords=parts.passwords,
        proofs=parts.stores.proofs,
        codes=codes,
        verified=parts.stores.verified,
        parts=parts.sessions,
        end_user=parts.end_user,
        limits=UserLimits(parts.rate_limits),
        letters=parts.mail.queue,
    )
    return {
        "register": register,
        "send_verification": RequestLetter(parts.mail.ask, "verify"),
        "verify_email": verify,
        "current_user": parts.current_user,
        "end_user": parts.end_user,
        "change_profile": ChangeProfile(
            parts.current_user, SqlProfiles(parts.stores.database), parts.journal, parts.clock
        ),
    }
