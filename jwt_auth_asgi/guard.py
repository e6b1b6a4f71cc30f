"""What a guard says of itself, for whoever reads the routes of an application.

A guard is what refuses strangers before an endpoint runs: a dependency, a decorator, our own handlers.
The mark decides nothing about a request.
"""

from __future__ import annotations

from typing import Final, TypeVar

from jwt_auth_core.records import dataclass

T = TypeVar("T")

MARK: Final = "jwt_auth_guard"


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard by its name, the scopes that it asks for, and what login beyond."""

    name: str
    scopes: tuple[str, ...] = ()
    login: str = ""

    def __str__(self) -> str:
        asked = ", ".join(filter(None, (*self.scopes, self.login)))
        return f"{self.name}({asked})" if asked else self.name


OWN: Final = Guard("jwt-auth")
"""Stands on the routes of the auth app: who may do what there is said in each of them."""


def marked(thing: T, guard: Guard) -> T:
    """Return *thing*, which says of itself from now on that it is *guard*."""
    # With whose it is: what wraps a function takes its attributes along, and need not guard anything.
    setattr(thing, MARK, (guard, id(thing)))
    return thing


def guard_of(thing: object) -> Guard | None:
    """Return what *thing* says of itself; None when it is no guard of ours."""
    match getattr(thing, MARK, None):
        case (Guard() as guard, owner) if owner == id(getattr(thing, "__func__", thing)):
            return guard
        case _:
            return None
