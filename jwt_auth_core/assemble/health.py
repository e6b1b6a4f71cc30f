"""Health: what knows how a process is, and what it needs."""

from __future__ import annotations

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.flows.health.health import Health, Known
from jwt_auth_core.flows.health.readiness import Readiness


def health(parts: Parts) -> Health:
    """Return the group."""
    settings = parts.settings
    known = Known(
        revocation_check=settings.revocation_check,
        refuses_when_silent=(settings.revocation_check, settings.revocation_policy) == ("feed", "strict"),
        revocations=parts.revocations,
        rate_limits=parts.rate_limits,
        outbox=parts.outbox,
        audit=parts.trail,
    )
    return Health(known, Readiness(parts.stores.database, parts.stores.others, known.checks))
