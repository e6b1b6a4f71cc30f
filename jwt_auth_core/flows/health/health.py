"""Health: the group of an `Auth` that says how it is; called, without asking a store."""

from __future__ import annotations

from collections.abc import Mapping

from jwt_auth_core.audit.audit import Audit
from jwt_auth_core.flows.health.readiness import Readiness
from jwt_auth_core.flows.health.report import Check, Status
from jwt_auth_core.outbox import Outbox
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.revocations import Revocations


@dataclass(frozen=True, slots=True)
class Known:
    """What a process knows of its parts without asking anybody."""

    revocation_check: str
    refuses_when_silent: bool
    revocations: Revocations
    rate_limits: RateLimits
    outbox: Outbox
    audit: Audit

    def facts(self) -> dict[str, dict[str, object]]:
        """Return the facts, part by part."""
        return {
            "revocations": {"check": self.revocation_check, **self.revocations.health()},
            "rate_limits": self.rate_limits.health(),
            "outbox": self.outbox.health(),
            "audit": self.audit.health(),
        }

    def checks(self) -> Mapping[str, Check]:
        """Return them with what they mean for whoever wants to be served."""
        facts = self.facts()
        return {
            "revocations": Check(self._of_revocations(facts["revocations"]), facts["revocations"]),
            "rate_limits": Check("pass" if facts["rate_limits"]["shared"] else "warn", facts["rate_limits"]),
            "outbox": Check("pass", facts["outbox"]),
            "audit": Check("pass" if facts["audit"]["failing_since"] is None else "warn", facts["audit"]),
        }

    def _of_revocations(self, facts: Mapping[str, object]) -> Status:
        # Where nobody has asked yet, the first who does starts it, and waits until it knows.
        if not self.revocations.is_started or not facts["is_silent"]:
            return "pass"
        return "fail" if self.refuses_when_silent else "warn"


@dataclass(frozen=True, slots=True)
class Health:
    """What an operator and a load balancer ask: ``auth.health()`` and ``auth.health.ready()``."""

    known: Known
    ready: Readiness

    def __call__(self) -> dict[str, object]:
        """Return what an operator wants to see, without asking a store; JSON can hold it."""
        return {**self.known.facts()}
