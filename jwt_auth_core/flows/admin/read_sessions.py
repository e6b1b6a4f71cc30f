"""Read the sessions of all users as an admin: those that live, the newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import ClassVar, Final

from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.admin.admin_caller import AdminCaller
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.flows.sessions.session_validity import is_alive
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.session import Session, find_all
from jwt_auth_core.sessions.session_directory import LATEST, Opened, Place, SqlSessionDirectory
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.email import parse_email
from jwt_auth_core.users.user import is_uuid

MOST: Final = 200
"""How many sessions a page has at most."""

LOOKED_AT: Final = 1000
"""How many sessions that were opened one page looks at: most of them may be over, and it costs no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSearch:
    """Which sessions are wanted; ``before`` is the `SessionPage.cursor` of the page before.

    ``user_id`` and ``email`` name one user and do not go together. ``address`` is that from which the
    session was opened, ``since`` and ``until`` say when, in seconds; what was opened at ``until`` is not.
    """

    user_id: str | None = None
    email: str | None = None
    address: str | None = None
    since: int | None = None
    until: int | None = None
    before: Place | None = None
    limit: int = 50

    def check(self) -> None:
        """Refuse what does not go together, or has no limit that we know.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        problems: list[FieldError] = []
        if not 1 <= self.limit <= MOST:
            problems.append(FieldError("limit", "out_of_range", f"must be 1 to {MOST}"))
        if self.user_id is not None and not is_uuid(self.user_id):
            problems.append(FieldError("user", "invalid_id", "must be a UUID"))
        if self.address is not None and self.written is None:
            problems.append(FieldError("address", "no_address", "must be an IP address"))
        if self.user_id is not None and self.email is not None:
            problems.append(FieldError("email", "excluded", "does not go together with user"))
        if problems:
            raise InvalidInputError(problems)

    @property
    def written(self) -> str | None:
        """The address as sessions have it, however it is spelled; None where it is none."""
        try:
            return str(ip_address((self.address or "").strip()))
        except ValueError:
            return None

    @property
    def start(self) -> Place:
        """The place behind which the page begins."""
        until = (LATEST if self.until is None else self.until, "")
        return until if self.before is None else min(until, self.before)


@dataclass(frozen=True, slots=True)
class OwnedSession:
    """A session that lives, and whose it is."""

    session: Session
    owner: Opened


@dataclass(frozen=True, slots=True)
class SessionPage:
    """Some sessions, and the place behind which the next page begins; None where this is the last.

    It may have fewer than were asked for, or none, and go on all the same: the next ones were over.
    """

    sessions: Sequence[OwnedSession]
    cursor: Place | None


@dataclass(frozen=True, slots=True)
class ReadSessions:
    """Reads the live sessions of all users for an admin; changes nothing."""

    executor: ClassVar = Executor.STORE

    caller: AdminCaller
    directory: SqlSessionDirectory
    parts: SessionParts

    def __call__(self, claims: Claims, wanted: SessionSearch) -> SessionPage:
        """Return a page of sessions that live, the newest first.

        Raises what `AdminCaller.reads` raises, and:
            InvalidInputError: what is wanted does not go together, is no id, or no text of a database.
            UnavailableError: a store does not answer.
        """
        self.caller.reads(claims)
        wanted.check()
        user_id = wanted.user_id if wanted.email is None else self._of(wanted.email)
        if wanted.email is not None and user_id is None:
            return SessionPage((), None)
        found: list[OwnedSession] = []
        place: Place | None = wanted.start
        for some, place in self._opened(wanted, user_id):
            found += self._alive(some)
            if len(found) > wanted.limit or (place is not None and len(found) == wanted.limit):
                page = found[: wanted.limit]
                return SessionPage(page, page[-1].owner.place)
        return SessionPage(found, place)

    def _of(self, email: str) -> str | None:
        user = self.parts.users.find_by_email(parse_email(email).canonical)
        return None if user is None else user.user_id

    def _opened(
        self, wanted: SessionSearch, user_id: str | None
    ) -> Iterator[tuple[Sequence[Opened], Place | None]]:
        """Yield sessions that were opened, some at a time, each time with where to go on."""
        place: Place | None = wanted.start
        looked_at, most = 0, wanted.limit + 1
        while place is not None and looked_at < LOOKED_AT:
            some = self.directory.page(
                before=place,
                since=wanted.since or 0,
                user_id=user_id,
                address=wanted.written,
                now=self.parts.clock(),
                most=most,
            )
            looked_at += len(some)
            place = some[-1].place if len(some) == most else None
            most = min(MOST, LOOKED_AT - looked_at)
            yield some, place

    def _alive(self, some: Sequence[Opened]) -> list[OwnedSession]:
        standings = self.parts.users.read([(one.user_id, one.session_id) for one in some])
        sessions = find_all(self.parts.sessions, [one.session_id for one in some])
        rows = zip(some, sessions, standings, strict=True)
        return [OwnedSession(one, owner) for owner, one, standing in rows if one and is_alive(one, standing)]
