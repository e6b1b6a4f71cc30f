"""How users and what belongs to them are shown to an admin: JSON, no hash and no secret."""

from __future__ import annotations

import json
from typing import cast

from jwt_auth_core.api_keys.api_key import ApiKey
from jwt_auth_core.api_keys.directory import OwnedKey
from jwt_auth_core.audit.row import Row
from jwt_auth_core.audit.timeline import Part
from jwt_auth_core.clients.client import ServiceClient
from jwt_auth_core.factors.totp import TotpApp
from jwt_auth_core.flows.admin.read_sessions import OwnedSession
from jwt_auth_core.flows.admin.show_user import UserDetails
from jwt_auth_core.identities.identity import Identity
from jwt_auth_core.keys.jwks import Published
from jwt_auth_core.keys.key import Key
from jwt_auth_core.outbox import Entry
from jwt_auth_core.passkeys.passkey import Passkey
from jwt_auth_core.roles import Role
from jwt_auth_core.sessions.session import Session
from jwt_auth_core.timestamp import is_time, timestamp, timestamp_if_any
from jwt_auth_core.users.directory import Listed
from jwt_auth_core.users.user import User

Shown = dict[str, object]


def listed(user: Listed | User) -> Shown:
    """Return a user as lists have it."""
    return {
        "user_id": user.user_id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "disabled_at": timestamp_if_any(user.disabled_at),
    }


def details(found: UserDetails) -> Shown:
    """Return all that is known of a user but its sessions."""
    user = found.user
    return {
        **listed(user),
        "deletion_at": timestamp_if_any(user.deletion_at),
        "scopes": sorted(user.scopes),
        "own_scopes": sorted(user.own_scopes),
        "roles": [role(one) for one in found.roles],
        "sessions_ended_at": timestamp_if_any(user.sessions_valid_after),
        "tokens_ended_at": timestamp_if_any(user.tokens_valid_after),
        "passkeys": [_passkey(one) for one in found.passkeys],
        "identities": [_identity(one) for one in found.identities],
        "totp": [_app(one) for one in found.apps],
        "recovery_codes_left": found.recovery_codes,
        "api_keys": [api_key(one) for one in found.api_keys],
        "known_devices": found.devices,
        "wrong_passwords_in_a_row": found.standing.in_a_row,
        "password_is_stopped": found.standing.is_stopped,
    }


def _identity(one: Identity) -> Shown:
    return {
        "id": one.identity_id,
        "issuer": one.issuer,
        "subject": one.subject,
        "email": one.email,
        "name": one.name,
        "linked_at": timestamp(one.linked_at),
        "last_used_at": timestamp_if_any(one.last_used_at),
    }


def session(one: Session) -> Shown:
    """Return a session."""
    return {
        "session_id": one.session_id,
        "created_at": timestamp(one.created_at),
        "last_used_at": timestamp(one.last_used_at),
        "ends_at": timestamp(one.ends_at),
        "user_agent": one.client.user_agent,
        "address": one.client.address,
    }


def owned_session(one: OwnedSession) -> Shown:
    """Return a session with its owner."""
    owner = one.owner
    names = {"first_name": owner.first_name, "last_name": owner.last_name}
    return {**session(one.session), "user_id": owner.user_id, "email": owner.email, **names}


def api_key(one: ApiKey) -> Shown:
    """Return an API key."""
    return {
        "id": one.key_id,
        "name": one.name,
        "scopes": sorted(one.scopes),
        "created_at": timestamp(one.created_at),
        "expires_at": timestamp_if_any(one.expires_at),
        "last_used_at": timestamp_if_any(one.last_used_at),
    }


def owned_key(one: OwnedKey) -> Shown:
    """Return an API key with its owner."""
    return {**api_key(one.key), "user_id": one.key.user_id, "email": one.email}


def key(one: Key, *, is_newest: bool) -> Shown:
    """Return a key of access tokens: its names, and nothing that would verify or sign."""
    return {
        "key_id": one.key_id,
        "algorithm": one.algorithm,
        "signs": is_newest and one.can_sign,
        "is_public": isinstance(one, Published),
    }


def role(one: Role) -> Shown:
    """Return a role."""
    return {"name": one.name, "scopes": sorted(one.scopes)}


def client(one: ServiceClient) -> Shown:
    """Return a service client."""
    return {
        "client_id": one.client_id,
        "scopes": sorted(one.scopes),
        "resources": list(one.resources),
        "may_exchange": list(one.may_exchange),
        "created_at": timestamp(one.created_at),
        "has_keys": one.keys is not None,
        "previous_until": timestamp_if_any(one.previous_until),
    }


def event(row: Row) -> Shown:
    """Return a row of the audit, the facts as what they are."""
    facts = _facts(row.facts)
    return {
        "id": row.id,
        "event_id": row.event_id,
        "at": timestamp(row.at) if is_time(row.at) else None,
        "type": row.name,
        "outcome": row.outcome,
        "user_id": row.user_id,
        "actor": facts.pop("actor", None),
        "session": row.session,
        "address": row.address,
        "user_agent": row.user_agent,
        "reason": row.reason,
        "facts": facts,
    }


def part(one: Part) -> Shown:
    """Return a part of a timeline."""
    return {"at": timestamp(one.at), "success": one.success, "failure": one.failure}


def _facts(text: str | None) -> Shown:
    """Return the facts of a row; whoever may write into the database may have edited them."""
    try:
        found: object = json.loads(text or "{}")
    except ValueError:
        found = None
    return cast("Shown", found) if isinstance(found, dict) else {"unreadable": text}


def message(entry: Entry) -> Shown:
    """Return a message of the outbox: what it is about, and none of what it says."""
    one = entry.message
    return {
        "id": one.id,
        "kind": one.kind,
        "type": one.facts.get("type"),
        "recipient": one.recipient,
        "state": entry.state,
        "attempts": one.attempts,
        "created_at": timestamp(one.created_at),
        "due_at": None if entry.state == "dead" else timestamp(entry.due_at),
        "error": entry.error,
    }


def _passkey(one: Passkey) -> Shown:
    return {
        "id": one.passkey_id,
        "name": one.name,
        "created_at": timestamp(one.created_at),
        "last_used_at": timestamp_if_any(one.last_used_at),
    }


def _app(one: TotpApp) -> Shown:
    return {
        "id": one.factor_id,
        "name": one.name,
        "created_at": timestamp(one.created_at),
        "last_used_at": timestamp_if_any(one.last_used_at),
    }
