"""Readiness: whether what this process needs is there; asked of the stores, once a second at most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import ClassVar

from jwt_auth_core.database import schema
from jwt_auth_core.database.query import Database
from jwt_auth_core.errors import AuthError
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.health.report import Check, Recent, Report
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class Readiness:
    """Asks each store once a second at most, however many probes come.

    Attributes:
        database: is asked which migrations are pending.
        others: what reaches whatever else is needed, by its name.
        known: what the process knows without asking anybody.
        recent: the last report.
    """

    executor: ClassVar = Executor.STORE

    database: Database
    others: Mapping[str, Callable[[], None]]
    known: Callable[[], Mapping[str, Check]]
    recent: Recent = field(default_factory=Recent)

    def __call__(self) -> Report:
        """Return how everything is, as of a second ago at most; never raises an error of ours."""
        return self.recent.get(self._look)

    def _look(self) -> Report:
        reached = {name: _reached(reach) for name, reach in self.others.items()}
        return Report({**self._of_database(), **reached, **self.known()})

    def _of_database(self) -> dict[str, Check]:
        try:
            names = schema.pending(self.database)
        except AuthError as error:
            return {"database": _failed(error)}
        status = Check("fail" if names else "pass", {"pending": names})
        return {"database": Check("pass", {}), "migrations": status}


def _reached(reach: Callable[[], None]) -> Check:
    try:
        reach()
    except AuthError as error:
        return _failed(error)
    return Check("pass", {})


def _failed(error: AuthError) -> Check:
    return Check("fail", {"code": error.code, "detail": str(error)})
