"""Read the audit as an admin: what happened last, or all since a time; by user and by event; and how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from jwt_auth_core.audit.audit import Audit
from jwt_auth_core.audit.row import Row
from jwt_auth_core.audit.search import Wanted
from jwt_auth_core.audit.timeline import Part, Parts, parts_of
from jwt_auth_core.flows.admin.admin_caller import AdminCaller
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Clock

MOST: Final = 200
"""How many rows a page has at most."""

AT_ONCE: Final = 1000
"""How many rows an export reads at once."""

USUAL_SECONDS: Final = 7 * 24 * 3600
"""How long a timeline is where nobody says since when."""


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows, and the id behind which the next page begins; None where this is the last."""

    rows: Sequence[Row]
    cursor: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """How many events succeeded and failed in each part of a time."""

    parts: Parts
    counts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class ReadAudit:
    """Reads the audit for an admin; changes nothing.

    Each takes the claims of the admin's access token, and raises what `AdminCaller.reads` raises.
    """

    executor: ClassVar = Executor.STORE

    caller: AdminCaller
    audit: Audit
    clock: Clock

    def newest(self, claims: Claims, wanted: Wanted, *, before: int | None, limit: int) -> RowPage:
        """Return a page of rows, the newest first; ``before`` is the `RowPage.cursor` of the page before.

        Raises:
            UnavailableError: the database does not answer.
        """
        self.caller.reads(claims)
        found = self.audit.newest_of(wanted, before=before, most=limit + 1)
        page = found[:limit]
        return RowPage(page, page[-1].id if len(found) > len(page) else None)

    def export(self, claims: Claims, wanted: Wanted, *, after: int = 0) -> RowPage:
        """Return a thousand rows, the oldest first, and where to go on.

        Raises:
            UnavailableError: the database does not answer.
        """
        self.caller.reads(claims)
        found = self.audit.oldest_of(wanted, after=after, most=AT_ONCE)
        return RowPage(found, found[-1].id if len(found) == AT_ONCE else None)

    def timeline(self, claims: Claims, wanted: Wanted) -> Timeline:
        """Return how many there were since a time, until another; of a user, of an event.

        Raises:
            UnavailableError: the database does not answer.
        """
        self.caller.reads(claims)
        end = self.clock() + 1  # nothing has happened later
        until = end if wanted.until is None else min(wanted.until, end)
        since = until - USUAL_SECONDS if wanted.since is None else min(wanted.since, end)
        parts = parts_of(max(0, since), until)
        return Timeline(parts, self.audit.counts(wanted, parts))
