"""The query of an admin's list: each parameter at most once, none that is unknown, cursors opaque."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from starlette.requests import Request

from jwt_auth_core.encoding import b64url_decode, b64url_encode
from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.admin.read_users import UserSearch
from jwt_auth_core.users.directory import State

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
            return b64url_decode(text).decode()
        except ValueError:
            self._note("cursor", "invalid_cursor", "must be the `next` of an answer")
            return ""

    def state(self) -> State | None:
        """Return the ``state`` that is wanted."""
        text = self.text("state")
        if text is not None and text not in _STATES:
            self._note("state", "unknown", f"must be {' or '.join(_STATES)}")
        return _STATES.get(text or "")

    def check(self) -> None:
        """Raise InvalidInputError with every problem, if there is one."""
        if self.problems:
            raise InvalidInputError(self.problems)

    def _note(self, name: str, code: str, message: str) -> None:
        self.problems.append(FieldError(name, code, message))


def cursor_of(place: str | None) -> str | None:
    """Return what a client sends back for the next page."""
    return None if place is None else b64url_encode(place.encode())


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
        state=query.state(),
        after=query.cursor(),
        limit=query.number("limit", 50),
    )
    query.check()
    return wanted
