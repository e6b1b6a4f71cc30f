"""The group of use cases that an `Auth` holds: ``auth.admin.users.search(...)``."""

from __future__ import annotations

from jwt_auth_core.flows.admin.change_clients import ChangeClients
from jwt_auth_core.flows.admin.change_users import ChangeUsers
from jwt_auth_core.flows.admin.create_user import CreateUser
from jwt_auth_core.flows.admin.impersonate import EndImpersonations, Impersonate
from jwt_auth_core.flows.admin.read_audit import ReadAudit
from jwt_auth_core.flows.admin.read_service import ChangeService, ReadService
from jwt_auth_core.flows.admin.read_sessions import ReadSessions
from jwt_auth_core.flows.admin.read_users import ReadUsers
from jwt_auth_core.flows.admin.show_impersonation import ShowImpersonation
from jwt_auth_core.flows.admin.show_user import ShowUser
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminFlows:
    """What an admin can do; all but ``show`` ask for the claims of an access token."""

    users: ReadUsers
    sessions: ReadSessions
    create: CreateUser
    change: ChangeUsers
    show: ShowUser
    audit: ReadAudit
    service: ReadService
    change_service: ChangeService
    change_clients: ChangeClients
    impersonate: Impersonate
    end_impersonations: EndImpersonations
    impersonation: ShowImpersonation
