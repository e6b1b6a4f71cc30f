"""Read and change the service as an admin: roles, keys, service clients, and what waits in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from jwt_auth_core.api_keys.directory import OwnedKey, SqlKeyDirectory
from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.clients.client import ServiceClient
from jwt_auth_core.flows.admin.admin_caller import AdminCaller
from jwt_auth_core.flows.clients.manage_clients import ManageClients
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.keys.key import Key
from jwt_auth_core.outbox import Counts, Entry, MessageNotFoundError, Outbox
from jwt_auth_core.records import dataclass
from jwt_auth_core.roles import Role, RoleStore
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Client

MOST: Final = 200
"""How many messages or keys a page has at most."""


@dataclass(frozen=True, slots=True)
class Messages:
    """Some messages, the id of the last where there are more, and how many there are in all."""

    entries: Sequence[Entry]
    after: str | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Some API keys, and the id of the last where there are more."""

    keys: Sequence[OwnedKey]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadService:
    """Reads what is configured and what waits, for an admin; changes nothing.

    Each takes the claims of the admin's access token, and raises what `AdminCaller.reads` raises, and
    UnavailableError where the database does not answer.
    """

    executor: ClassVar = Executor.STORE

    caller: AdminCaller
    all_roles: RoleStore
    manage: ManageClients
    waiting: Outbox
    tokens: AccessTokens
    all_api_keys: SqlKeyDirectory

    def allow(self, claims: Claims) -> None:
        """Return where the caller may read: for what is known without asking the database."""
        self.caller.reads(claims)

    def roles(self, claims: Claims) -> Sequence[Role]:
        """Return every role, by name."""
        self.caller.reads(claims)
        return self.all_roles.all()

    def clients(self, claims: Claims) -> Sequence[ServiceClient]:
        """Return every service client, by id."""
        self.caller.reads(claims)
        return self.manage.all()

    def keys(self, claims: Claims) -> Sequence[Key]:
        """Return the keys of access tokens that this process knows, the newest first, which signs."""
        self.caller.reads(claims)
        return self.tokens.keys.keys

    def api_keys(self, claims: Claims, *, after: str, limit: int) -> KeyPage:
        """Return the API keys of all users behind an id, in the order of their ids."""
        self.caller.reads(claims)
        found = self.all_api_keys.page(after=after, most=limit + 1)
        page = found[:limit]
        return KeyPage(page, page[-1].key.key_id if len(found) > len(page) else None)

    def outbox(self, claims: Claims, *, only_dead: bool, after: str, limit: int) -> Messages:
        """Return what was not delivered yet, the oldest first, behind an id."""
        self.caller.reads(claims)
        store = self.waiting.store
        found = store.entries(only_dead=only_dead, after=after, most=limit + 1)
        page = found[:limit]
        return Messages(page, page[-1].message.id if len(found) > len(page) else None, store.counts())


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeService:
    """What an admin does to the outbox. Each raises what `AdminCaller.changes` does."""

    executor: ClassVar = Executor.STORE

    caller: AdminCaller
    waiting: Outbox
    journal: Journal

    def retry(self, claims: Claims, message_id: str, client: Client) -> None:
        """Have a message tried now, and as often as a new one.

        Raises:
            MessageNotFoundError: it is not there, or on its way at this moment.
            UnavailableError: the database does not answer.
        """
        with self.caller.changes(claims, client), self.journal.together():
            if not self.waiting.store.retry(message_id):
                raise MessageNotFoundError(message_id)
