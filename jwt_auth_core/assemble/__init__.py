"""The composition root: settings become parts, parts become groups of use cases.

Drivers are imported here, and only when used. A capability is one file more, with a function that
makes its group of the `Parts`.
"""

from jwt_auth_core.assemble.account import account_flows
from jwt_auth_core.assemble.admin import admin_flows
from jwt_auth_core.assemble.api_keys import api_key_flows
from jwt_auth_core.assemble.clients import client_flows
from jwt_auth_core.assemble.clock import system_clock
from jwt_auth_core.assemble.email import email_flows
from jwt_auth_core.assemble.factors import factor_flows
from jwt_auth_core.assemble.health import health
from jwt_auth_core.assemble.identities import identity_flows
from jwt_auth_core.assemble.imports import import_flows
from jwt_auth_core.assemble.keys import access_tokens, refresh_tokens
from jwt_auth_core.assemble.mail import post_office
from jwt_auth_core.assemble.oauth import oauth_flows
from jwt_auth_core.assemble.outbox import event_queues, outbox
from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.assemble.passkeys import passkey_flows
from jwt_auth_core.assemble.password import password_flows, passwords
from jwt_auth_core.assemble.policies import policies
from jwt_auth_core.assemble.roles import role_flows
from jwt_auth_core.assemble.sessions import session_flows
from jwt_auth_core.assemble.storage import (
    Closing,
    Migration,
    Stores,
    open_database,
    revocations,
    stores,
)
from jwt_auth_core.assemble.tickets import ticket_flows
from jwt_auth_core.users.store import Users

__all__ = [
    "Closing",
    "Migration",
    "Parts",
    "Stores",
    "Users",
    "access_tokens",
    "account_flows",
    "admin_flows",
    "api_key_flows",
    "client_flows",
    "email_flows",
    "event_queues",
    "factor_flows",
    "health",
    "identity_flows",
    "import_flows",
    "oauth_flows",
    "open_database",
    "outbox",
    "passkey_flows",
    "password_flows",
    "passwords",
    "policies",
    "post_office",
    "refresh_tokens",
    "revocations",
    "role_flows",
    "session_flows",
    "stores",
    "system_clock",
    "ticket_flows",
]
