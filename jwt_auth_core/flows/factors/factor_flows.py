"""The group of use cases that an `Auth` holds: ``auth.factors.complete_login(...)``."""

from __future__ import annotations

from dataclasses import dataclass

from jwt_auth_core.flows.factors.complete_login import CompleteLogin


@dataclass(frozen=True, slots=True)
class FactorFlows:
    """What can be done with second factors."""

    complete_login: CompleteLogin
