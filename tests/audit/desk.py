"""What the tests of the audit share: a database, an `Audit` on it, and hands that change rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jwt_auth_core.audit.audit import Audit
from jwt_auth_core.database.query import Database
from jwt_auth_core.events import LoggedIn
from jwt_auth_core.vocabulary import Client, Secret, UserId

NEW = Secret("the newest key of the audit's tests, 1")
OLD = Secret("another key that the audit had before")
STRANGE = Secret("a key that the audit never had at all")


@dataclass
class Desk:
    """A database with an audit, and a clock that the test holds."""

    database: Database
    now: int = 1_800_000_000
    secrets: tuple[Secret, ...] = (NEW,)
    audits: list[Audit] = field(default_factory=list)

    def audit(self, *secrets: Secret) -> Audit:
        """Return an `Audit` as a process has it, whose thread does nothing during the test."""
        made = Audit(self.database, secrets, clock=lambda: self.now)
        made._repeating.is_closed = True
        self.audits.append(made)
        return made

    def write(self, count: int = 1, audit: Audit | None = None) -> None:
        """Write that many rows."""
        by = audit or self.audit(*self.secrets)
        for _ in range(count):
            by.append(
                LoggedIn(at=self.now, user_id=UserId("u"), session="5e", client=Client("192.0.2.7", "curl"))
            )

    def seal(self) -> list[Any]:
        """Seal what waits."""
        return self.audit(*self.secrets).seal()

    def found(self, **words: Any) -> list[tuple[str, int | None, int | None]]:
        """Return what a verification finds."""
        report = self.audit(*self.secrets).verify(**words)
        return [(one.fault, one.row, one.seal) for one in report.findings]

    def ids(self) -> list[int]:
        """Return the ids of the rows."""
        return [row.id for row in self.audit().rows()]

    def sql(self, text: Any, *values: object) -> None:
        """Do what a stranger with access to the database does."""
        self.database.query(text, values)
