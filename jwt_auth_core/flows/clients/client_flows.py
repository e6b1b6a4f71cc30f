"""The group of use cases that an `Auth` holds: ``auth.clients.manage.add(...)``."""

from __future__ import annotations

from jwt_auth_core.flows.clients.authenticate_assertion import AuthenticateAssertion
from jwt_auth_core.flows.clients.authenticate_client import AuthenticateClient
from jwt_auth_core.flows.clients.exchange_token import ExchangeToken
from jwt_auth_core.flows.clients.issue_client_token import IssueClientToken
from jwt_auth_core.flows.clients.manage_clients import ManageClients
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class ClientFlows:
    """What can be done with service clients."""

    manage: ManageClients
    authenticate: AuthenticateClient
    authenticate_assertion: AuthenticateAssertion
    issue_token: IssueClientToken
    exchange_token: ExchangeToken
