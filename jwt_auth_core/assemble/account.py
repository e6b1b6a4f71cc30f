"""Accounts: what registers, reads and ends users."""

from __future__ import annotations

from typing import TypedDict

from jwt_auth_core.assemble.keys import user_codes
from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.account.change_profile import ChangeProfile
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.account.delete_account import DeleteAccount
from jwt_auth_core.flows.account.erase_users import EraseUsers
from jwt_auth_core.flows.account.export_account import ExportAccount
from jwt_auth_core.flows.account.list_users import ListUsers
from jwt_auth_core.flows.account.register import Register
from jwt_auth_core.flows.email_login.login_by_email import LoginByEmail
from jwt_auth_core.flows.email_login.request_login import RequestLogin
from jwt_auth_core.flows.letters.request_letter import RequestLetter
from jwt_auth_core.flows.letters.short_codes import ShortCodes
from jwt_auth_core.flows.user_limits import UserLimits
from jwt_auth_core.flows.verification.prove_address import ProveAddress
from jwt_auth_core.flows.verification.verify_email import VerifyEmail
from jwt_auth_core.users.directory import SqlDirectory
from jwt_auth_core.users.profile import SqlProfiles


class AccountFlows(TypedDict):
    """The use cases of this group, by their names in `Auth`."""

    register: Register
    send_verification: RequestLetter
    verify_email: VerifyEmail
    request_login: RequestLogin
    login_by_email: LoginByEmail
    current_user: CurrentUser
    list_users: ListUsers
    end_user: AccountAdmin
    change_profile: ChangeProfile
    export_account: ExportAccount
    delete_account: DeleteAccount
    erase_users: EraseUsers


def account_flows(parts: Parts) -> AccountFlows:
    """Return the use cases of this group.

    Raises:
        SettingsError: addresses have to be verified, and no letter can be sent; or a registration is quiet,
            and they need not be.
    """
    must_verify = parts.settings.email_verification != "off"
    if must_verify and not parts.mail.queue.is_configured:
        raise SettingsError(["EMAIL_VERIFICATION needs MAIL_URL: the links are in letters"])
    if parts.settings.registration == "quiet" and parts.settings.email_verification != "login":
        raise SettingsError(
            ["REGISTRATION=quiet needs EMAIL_VERIFICATION=login, or a login tells who is new"]
        )
    register = Register(
        parts.passwords,
        parts.stores.users,
        parts.address_limits,
        parts.journal,
        parts.settings.service_name,
        parts.clock,
        parts.welcome(),
        parts.mail.ask,
    )
    proofs, limits = parts.stores.proofs, UserLimits(parts.rate_limits)
    short_codes = ShortCodes(proofs, user_codes(parts.settings))
    prove_address = ProveAddress(proofs, parts.stores.verified, parts.void, parts.end_user)
    verify = VerifyEmail(
        passwords=parts.passwords,
        proofs=proofs,
        short_codes=short_codes,
        prove_address=prove_address,
        parts=parts.sessions,
        limits=limits,
        letters=parts.mail.queue,
    )
    login = LoginByEmail(
        proofs=proofs,
        short_codes=short_codes,
        prove_address=prove_address,
        open_session=parts.open_session,
        address_limits=parts.address_limits,
        user_limits=limits,
        account_limits=parts.account_limits,
        letters=parts.mail.queue,
    )
    return {
        "register": register,
        "send_verification": RequestLetter(parts.mail.ask, "verify"),
        "verify_email": verify,
        "request_login": RequestLogin(parts.mail.ask),
        "login_by_email": login,
        "current_user": parts.current_user,
        "list_users": ListUsers(SqlDirectory(parts.stores.database)),
        "end_user": parts.end_user,
        "change_profile": ChangeProfile(
            parts.current_user, SqlProfiles(parts.stores.database), parts.journal, parts.clock
        ),
        "export_account": ExportAccount(
            parts.stores.database,
            parts.current_user,
            parts.list_sessions,
            parts.fresh_login,
            parts.journal,
            parts.clock,
        ),
        "delete_account": DeleteAccount(
            parts.sessions, parts.current_user, parts.fresh_login, parts.end_user, parts.deletions
        ),
        "erase_users": parts.erase_users,
    }
