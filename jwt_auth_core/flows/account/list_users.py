"""List users: whoever operates the service looks for some of many, a page at a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import ClassVar, Final

from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import is_storable
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.directory import Listed, SqlDirectory, State
from jwt_auth_core.vocabulary import Email

MOST: Final = 1000
"""How many users a page has at most."""


@dataclass(frozen=True, slots=True)
class ListUsers:
    """Reads users a page at a time, however many there are.

    A row that another application wrote is listed once it was adopted.
    """

    executor: ClassVar = Executor.STORE

    directory: SqlDirectory

    def __call__(
        self, prefix: str = "", *, after: str = "", limit: int = 50, state: State | None = None
    ) -> Sequence[Listed]:
        """Return users whose address begins with a text, by address; ``after`` is the ``place`` of the last.

        Raises:
            InvalidInputError: no database holds such a text, or a page has 1 to 1000 users.
            UnavailableError: the database does not answer.
        """
        check_texts(limit, prefix=prefix, after=after)
        return self.directory.by_address(beginning(prefix), after=after, limit=limit, state=state)

    def of_role(self, role: str, *, after: str = "", limit: int = 50) -> Sequence[Listed]:
        """Return users who have a role, by their ids; ``after`` is the ``place`` of the last.

        Raises:
            InvalidInputError: no database holds such a text, or a page has 1 to 1000 users.
            UnavailableError: the database does not answer.
        """
        check_texts(limit, role=role, after=after)
        return self.directory.of_role(role, after=after, limit=limit)


def beginning(prefix: str) -> Email:
    """Return how an e-mail identity begins whose address begins so."""
    return Email(unicodedata.normalize("NFC", prefix.strip(" ")).lower())


def check_texts(limit: int, **texts: str) -> None:
    """Refuse what no database holds, and pages that are too long.

    Raises:
        InvalidInputError: names every offending field at once.
    """
    message = "must not contain NUL or lone surrogates"
    problems = [
        FieldError(name, "invalid_character", message)
        for name, text in texts.items()
        if not is_storable(text)
    ]
    if not 1 <= limit <= MOST:
        problems.append(FieldError("limit", "out_of_range", f"must be 1 to {MOST}"))
    if problems:
        raise InvalidInputError(problems)
