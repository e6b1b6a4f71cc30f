"""Service clients: what manages and authenticates them, and issues their tokens."""

from __future__ import annotations

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.clients.assertions import SqlAssertions
from jwt_auth_core.flows.clients.authenticate_assertion import AuthenticateAssertion
from jwt_auth_core.flows.clients.authenticate_client import AuthenticateClient
from jwt_auth_core.flows.clients.client_flows import ClientFlows
from jwt_auth_core.flows.clients.exchange_token import ExchangeToken
from jwt_auth_core.flows.clients.issue_client_token import IssueClientToken
from jwt_auth_core.flows.clients.manage_clients import ManageClients


def client_flows(parts: Parts) -> ClientFlows:
    """Return the use cases of this group."""
    taken = frozenset(client_id for client_id, _ in parts.settings.oauth_clients)
    return ClientFlows(
        ManageClients(parts.clients, parts.journal, parts.revocations, parts.clock, taken),
        AuthenticateClient(parts.clients, parts.clock),
        AuthenticateAssertion(parts.clients, SqlAssertions(parts.stores.database), parts.clock),
        IssueClientToken(parts.tokens),
        ExchangeToken(parts.tokens, parts.recheck, parts.journal, parts.clock),
    )
