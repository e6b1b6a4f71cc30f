"""Second factors: which kinds there are, and what is done with them."""

from __future__ import annotations

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.flows.factors.complete_login import CompleteLogin
from jwt_auth_core.flows.factors.factor_flows import FactorFlows
from jwt_auth_core.flows.factors.factor_guesses import FactorGuesses


def factor_flows(parts: Parts) -> FactorFlows:
    """Return the use cases of this group."""
    return FactorFlows(
        CompleteLogin(
            factors=parts.factors,
            challenges=parts.stores.challenges,
            open_session=parts.open_session,
            guesses=FactorGuesses(parts.account_limits.limits),
        )
    )
