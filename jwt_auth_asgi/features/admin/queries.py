"""The query of an admin's list: each parameter at most once, none that is unknown, cursors opaque."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request

from jwt_auth_core.encoding import b64url_decode, b64url_encode
from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.admin.read_sessions import SessionSearch
from jwt_auth_core.flows.admin.read_users import UserSearch
from jwt_auth_core.flows.fields import is_storable
from jwt_auth_core.sessions.session import is_session_id
from jwt_auth_core.sessions.session_directory import Place
from jwt_auth_core.users.directory import State

_ID: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_NO_CURSOR: Final = "must be the `next` of an answer"
_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_STATES: Final[Mapping[str, State]] = {"enabled": "enabled", "disabled": "disabled"}
LONGEST: Final = 1000
"""How many characters a parameter has at most."""


class Query:
    """The parameters of one request; a class because it collects the problems of all of them.

    A name that is not ``known`` is a problem, too: a filter that is misspelt would show everything.
    """

    def __init__(self, request: Request, known: Collection[str]) -> None:
        self.problems: list[FieldError] = []
        self._texts: dict[str, str] = {}
        for name, text in request.query_params.multi_items():
            if name not in known:
                self._note("query", "unknown", f"takes {', '.join(sorted(known))}")
            elif name in self._texts:
                self._note(name, "repeated", "stands once")
            elif len(text) > LONGEST:
                self._note(name, "too_long", f"must be at most {LONGEST} characters long")
            else:
                self._texts[name] = text

    def text(self, name: str) -> str | None:
        """Return a parameter; None where it is left out or empty."""
        return self._texts.get(name) or None

    def number(self, name: str, otherwise: int) -> int:
        """Return a parameter that is a number."""
        text = self._texts.get(name)
        if text is None:
            return otherwise
        if not _NUMBER.fullmatch(text):
            self._note(name, "not_a_number", "must be a number")
            return otherwise
        return int(text)

    def cursor(self) -> str:
        """Return the place that ``cursor`` names; empty where there is none."""
        text = self._texts.get("cursor", "")
        try:
            place = b64url_decode(text).decode()
        except ValueError:
            place = None
        if place is not None and is_storable(place):
            return place
        self._note("cursor", "invalid_cursor", _NO_CURSOR)
        return ""

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """Return a parameter that is one of some words."""
        text = self.text(name)
        if text is None or text in choices:
            return text
        self._note(name, "unknown", f"must be {' or '.join(choices)}")
        return None

    def limit(self, most: int) -> int:
        """Return how many are wanted, 50 where nothing is said."""
        limit = self.number("limit", 50)
        if not 1 <= limit <= most:
            self._note("limit", "out_of_range", f"must be 1 to {most}")
        return limit

    def id_cursor(self) -> int | None:
        """Return the id that ``cursor`` names; None where there is none."""
        text = self.cursor()
        if not text:
            return None
        if not _ID.fullmatch(text):
            self._note("cursor", "invalid_cursor", _NO_CURSOR)
            return None
        return int(text)

    def place_cursor(self) -> Place | None:
        """Return the place among sessions that ``cursor`` names; None where there is none."""
        text = self.cursor()
        if not text:
            return None
        opened_at, _, session_id = text.partition(".")
        if not _ID.fullmatch(opened_at) or not is_session_id(session_id):
            self._note("cursor", "invalid_cursor", _NO_CURSOR)
            return None
        return int(opened_at), session_id

    def time(self, name: str) -> int | None:
        """Return a parameter that is a date or a time, in seconds since the epoch."""
        text = self.text(name)
        if text is None:
            return None
        try:
            # What a form or an unquoted URL makes of a plus sign is a space.
            read = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
            return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())
        except (ValueError, OverflowError):
            self._note(name, "no_time", "must be a date or a time, as 2026-11-28T12:00:00Z")
            return None

    def check(self) -> None:
        """Raise InvalidInputError with every problem, if there is one."""
        if self.problems:
            raise InvalidInputError(self.problems)

    def _note(self, name: str, code: str, message: str) -> None:
        self.problems.append(FieldError(name, code, message))


def cursor_of(place: str | None) -> str | None:
    """Return what a client sends back for the next page."""
    return None if place is None else b64url_encode(place.encode())


def session_search(request: Request) -> SessionSearch:
    """Return which sessions a request wants.

    Raises:
        InvalidInputError: names every offending parameter at once.
    """
    query = Query(request, ("user", "email", "address", "since", "until", "cursor", "limit"))
    wanted = SessionSearch(
        user_id=query.text("user"),
        email=query.text("email"),
        address=query.text("address"),
        since=query.time("since"),
        until=query.time("until"),
        before=query.place_cursor(),
        limit=query.number("limit", 50),
    )
    query.check()
    return wanted


def user_search(request: Request) -> UserSearch:
    """Return which users a request wants.

    Raises:
        InvalidInputError: names every offending parameter at once.
    """
    query = Query(request, ("prefix", "id", "role", "state", "cursor", "limit"))
    wanted = UserSearch(
        prefix=query.text("prefix"),
        user_id=query.text("id"),
        role=query.text("role"),
        state=_STATES.get(query.choice("state", _STATES) or ""),
        after=query.cursor(),
        limit=query.number("limit", 50),
    )
    query.check()
    return wanted
