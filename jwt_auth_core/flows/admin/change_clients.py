"""Change service clients as an admin: add one, give it another secret, remove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, cast

from jwt_auth_core.flows.admin.admin_caller import AdminCaller
from jwt_auth_core.flows.clients.manage_clients import ManageClients
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Client, Secret

DAY_SECONDS: Final = 86_400
"""How long a secret is good beside the next one, where nothing else is said."""

MOST_OVERLAP_SECONDS: Final = 30 * DAY_SECONDS

_LISTS: Final = ("scopes", "resources", "may_exchange")


@dataclass(frozen=True, slots=True)
class NewClient:
    """Checked input of a new client."""

    client_id: str
    scopes: Sequence[str]
    resources: Sequence[str]
    may_exchange: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeClients:
    """What an admin does to service clients; each call asks first whether the caller may.

    Each raises what `AdminCaller.changes` raises, and UnavailableError where the store does not answer.
    """

    executor: ClassVar = Executor.STORE

    caller: AdminCaller
    manage: ManageClients

    def add(self, claims: Claims, values: Mapping[str, object], client: Client) -> Secret:
        """Add a service client; return its secret, which nobody has but whoever reads this.

        ``client_id`` is a text, ``scopes``, ``resources`` and ``may_exchange`` are lists or left out.

        Raises:
            InvalidInputError: names every field that is wrong; an id, a scope, a resource or an audience that
                cannot be.
            ClientExistsError: there is a client of this id.
        """
        with self.caller.changes(claims, client):  # who may not is told nothing of the input
            new = _new_client(values)
            return self.manage.add(
                new.client_id, scopes=new.scopes, resources=new.resources, may_exchange=new.may_exchange
            )

    def rotate(self, claims: Claims, client_id: str, values: Mapping[str, object], client: Client) -> Secret:
        """Give a client another secret; the one before is good for ``overlap_seconds``.

        That is a day where it is left out. With 0 the tokens that are out end as well.

        Raises:
            InvalidInputError: it is no number of seconds up to thirty days.
            ClientNotFoundError: there is no such client, or it was rotated at the same time.
            ClientHasKeysError: it proves itself by keys.
        """
        with self.caller.changes(claims, client):
            return self.manage.rotate(client_id, overlap_seconds=_overlap(values))

    def remove(self, claims: Claims, client_id: str, client: Client) -> None:
        """Remove a service client, and end its tokens.

        Raises:
            ClientNotFoundError: there is no such client.
        """
        with self.caller.changes(claims, client):
            self.manage.remove(client_id)


def _new_client(values: Mapping[str, object]) -> NewClient:
    fields = Fields(values)
    client_id = fields.text("client_id")
    scopes, resources, may_exchange = (fields.texts_if_given(name) or () for name in _LISTS)
    fields.refuse_unknown({"client_id", *_LISTS})
    fields.raise_problems()
    return NewClient(client_id, scopes, resources, may_exchange)


def _overlap(values: Mapping[str, object]) -> int:
    fields = Fields(values)
    seconds = values.get("overlap_seconds")
    if seconds is None:
        seconds = DAY_SECONDS
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        fields.note("overlap_seconds", "wrong_type", "must be a whole number")
    elif not 0 <= seconds <= MOST_OVERLAP_SECONDS:
        fields.note("overlap_seconds", "out_of_range", f"must be 0 to {MOST_OVERLAP_SECONDS}")
    fields.refuse_unknown({"overlap_seconds"})
    fields.raise_problems()
    return cast("int", seconds)
