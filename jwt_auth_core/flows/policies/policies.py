"""The policies of an `Auth`, each by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

from jwt_auth_core.flows.policies.parts import PolicyParts
from jwt_auth_core.flows.policies.policy import Policy
from jwt_auth_core.tokens.claims import Claims

R = TypeVar("R")

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,63}")


class Policies:
    """Makes policies; a class because it knows which names are taken."""

    def __init__(self, parts: PolicyParts) -> None:
        self._parts = parts
        self._by_name: dict[str, Policy[object]] = {}

    def __call__(self, name: str | None = None) -> Callable[[Callable[[Claims, R], object]], Policy[R]]:
        """Return a decorator that makes a policy of a function; see `Auth.policy`."""
        given: object = name
        if callable(given):
            raise TypeError("write @auth.policy() with its parentheses")

        def decorate(rule: Callable[[Claims, R], object]) -> Policy[R]:
            called = getattr(rule, "__name__", "") if name is None else name
            return self._added(Policy(str(called), rule, self._parts))

        return decorate

    def _added(self, policy: Policy[R]) -> Policy[R]:
        if not _NAME.fullmatch(policy.name):
            msg = f"a policy is called by up to 64 letters, digits and _ . : -, not {policy.name!a}"
            raise ValueError(msg)
        if policy.name in self._by_name:
            msg = f"there is a policy {policy.name!r} already; give this one another name"
            raise ValueError(msg)
        self._by_name[policy.name] = policy  # type: ignore[assignment] # of any resource
        return policy
