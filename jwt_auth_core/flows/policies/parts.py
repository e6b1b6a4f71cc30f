"""What the policies of an `Auth` share: who writes refusals down, and which were lately."""

from __future__ import annotations

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.policies.lately import Lately
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyParts:
    """Made once, at assembly.

    ``issuer`` is that of our own access tokens: the subjects of others are no users here.
    """

    journal: Journal
    clock: Clock
    issuer: str | None
    lately: Lately
