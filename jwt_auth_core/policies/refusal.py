"""The refusal of a policy, apart from policies themselves: whoever answers with it need know nothing else."""

from __future__ import annotations

from jwt_auth_core.errors import AuthError


class PolicyRefusedError(AuthError):
    """Raised when a policy of the application refuses what a caller wants; ``policy`` is its name."""

    code = "policy_refused"

    def __init__(self, policy: str) -> None:
        self.policy = policy
        super().__init__(f"refused by the policy {policy!r}")
