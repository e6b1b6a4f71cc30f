"""A change whose answer was lost: the connection broke, and the transaction may have been kept or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.errors import AuthError, UnavailableError
from jwt_auth_core.events import Event

R = TypeVar("R")


def do_or_find(
    do: Callable[[], R],
    done: Callable[[], R | None],
    *,
    refusal: type[AuthError],
    journal: Journal,
    event: Event,
) -> R:
    """Do something that goes once, and tell what came of it, also where the answer was lost.

    Asked again, the database first ends what it has begun: then ``do`` does it, or is refused, because it was
    done; then ``done`` returns what came of it, None where that is not so, and the ``event``, which was kept
    with the change by a transaction that could not say so, is told.

    Raises:
        AuthError: the ``refusal``; nothing was changed.
        UnavailableError: the database does not answer, nor did it when asked again.
    """
    try:
        return do()
    except UnavailableError:
        try:
            return do()
        except refusal:
            found = done()
            if found is None:
                raise
            journal.tell(event)
            return found
