"""Admins: what reads, makes and changes users on their behalf."""

from __future__ import annotations

from jwt_auth_core.admin.sql import SqlAdmins
from jwt_auth_core.api_keys.directory import SqlKeyDirectory
from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.flows.account.delete_account import DeleteAccount
from jwt_auth_core.flows.account.list_users import ListUsers
from jwt_auth_core.flows.admin.admin_caller import AdminCaller
from jwt_auth_core.flows.admin.admin_flows import AdminFlows
from jwt_auth_core.flows.admin.change_clients import ChangeClients
from jwt_auth_core.flows.admin.change_users import ChangeUsers
from jwt_auth_core.flows.admin.create_user import CreateUser
from jwt_auth_core.flows.admin.impersonate import Impersonate
from jwt_auth_core.flows.admin.read_audit import ReadAudit
from jwt_auth_core.flows.admin.read_service import ChangeService, ReadService
from jwt_auth_core.flows.admin.read_sessions import ReadSessions
from jwt_auth_core.flows.admin.read_users import ReadUsers
from jwt_auth_core.flows.admin.remaining_admins import RemainingAdmins
from jwt_auth_core.flows.admin.show_impersonation import ShowImpersonation
from jwt_auth_core.flows.admin.show_user import ShowUser
from jwt_auth_core.flows.api_keys.list_api_keys import ListApiKeys
from jwt_auth_core.flows.clients.manage_clients import ManageClients
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.identities.manage_identities import ListIdentities
from jwt_auth_core.flows.passkeys.manage_passkeys import ListPasskeys
from jwt_auth_core.flows.roles.roles import Roles
from jwt_auth_core.sessions.session_directory import SqlSessionDirectory
from jwt_auth_core.users.directory import SqlDirectory
from jwt_auth_core.users.directory_walks import SqlWalks


def admin_flows(parts: Parts) -> AdminFlows:
    """Return the use cases of this group."""
    database, users, roles = parts.stores.database, parts.stores.users, parts.stores.roles
    reading = FreshLogin(parts.settings.admin.login_seconds, parts.clock)
    admins = SqlAdmins(database)
    caller = AdminCaller(parts.current_user, users, admins, reading, parts.fresh_login)
    show = ShowUser(
        roles=roles,
        list_sessions=parts.list_sessions,
        list_passkeys=ListPasskeys(parts.remove_passkey.parts),
        list_identities=ListIdentities(parts.remove_identity.parts),
        apps=parts.factors.apps,
        recovery=parts.factors.recovery,
        list_api_keys=ListApiKeys(parts.api_keys),
        devices=parts.account_limits.limits.devices,
        limits=parts.account_limits,
    )
    taken = frozenset(client_id for client_id, _ in parts.settings.oauth_clients)
    manage = ManageClients(parts.clients, parts.journal, parts.revocations, parts.clock, taken)
    return AdminFlows(
        users=ReadUsers(
            caller=caller,
            list_users=ListUsers(SqlDirectory(database)),
            walks=SqlWalks(database),
            show_user=show,
        ),
        sessions=ReadSessions(caller=caller, directory=SqlSessionDirectory(database), parts=parts.sessions),
        create=CreateUser(
            caller=caller,
            passwords=parts.passwords,
            users=users,
            journal=parts.journal,
            service_name=parts.settings.service_name,
            clock=parts.clock,
            welcome=parts.welcome(),
        ),
        change=ChangeUsers(
            caller=caller,
            remaining=RemainingAdmins(admins, users, roles),
            account=parts.end_user,
            deletion=DeleteAccount(
                parts.sessions, parts.current_user, parts.fresh_login, parts.end_user, parts.deletions
            ),
            reset=parts.reset_factors,
            roles=Roles(parts.sessions, roles),
            revoke=parts.revoke_session,
        ),
        show=show,
        audit=ReadAudit(caller, parts.trail, parts.clock),
        service=ReadService(
            caller=caller,
            all_roles=roles,
            manage=manage,
            waiting=parts.outbox,
            tokens=parts.tokens,
            all_api_keys=SqlKeyDirectory(database),
        ),
        change_service=ChangeService(caller=caller, waiting=parts.outbox, journal=parts.journal),
        change_clients=ChangeClients(caller=caller, manage=manage),
        impersonate=Impersonate(
            caller=caller,
            store=parts.end_impersonations.store,
            tokens=parts.tokens,
            parts=parts.sessions,
        ),
        end_impersonations=parts.end_impersonations,
        impersonation=ShowImpersonation(parts.end_impersonations.store, users),
    )
