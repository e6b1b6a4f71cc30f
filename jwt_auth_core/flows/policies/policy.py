"""A policy: a named function of caller and resource. What it refuses is written down under its name."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from typing import ClassVar, Final, Generic, TypeVar

from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.errors import AuthError
from jwt_auth_core.events import PolicyRefused
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.policies.parts import PolicyParts
from jwt_auth_core.policies.refusal import PolicyRefusedError
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import SessionId, UserId

R = TypeVar("R")

_LOGGER: Final = logging.getLogger("jwt_auth.policies")


@dataclass(frozen=True, slots=True)
class Policy(Generic[R]):
    """What `Auth.policy` makes of a function.

    Attributes:
        name: what a refusal, its audit and its explanation call it.
        rule: the function: the claims of the caller's access token and a resource in, True or False out.
    """

    executor: ClassVar = Executor.STORE

    name: str
    rule: Callable[[Claims, R], object]
    parts: PolicyParts

    def allows(self, caller: Claims, resource: R) -> bool:
        """Tell whether the caller may; nothing is written down.

        Raises:
            TypeError: the rule must be awaited, or says neither True nor False.
        """
        return self.verdict(self.rule(caller, resource))

    def check(self, caller: Claims, resource: R) -> None:
        """Let the caller pass, or refuse and write that down.

        Raises:
            PolicyRefusedError: the caller may not.
            TypeError: the rule must be awaited, or says neither True nor False.
        """
        if not self.allows(caller, resource):
            if (event := self.news(caller)) is not None:
                self.note(event)
            raise PolicyRefusedError(self.name)

    def explain(self, caller: Claims, resource: R) -> str:
        """Say in one sentence what the rule says and why, by its own docstring; for logs and consoles.

        Raises:
            TypeError: as `allows`.
        """
        word = "allows" if self.allows(caller, resource) else "refuses"
        said = (inspect.getdoc(self.rule) or "").partition("\n")[0]
        what = f"{self.name!r} {word} {caller.subject!r} this {type(resource).__name__}"
        return f"{what}: {said}" if said else what

    def verdict(self, found: object) -> bool:
        """Return what a rule said.

        Raises:
            TypeError: it must be awaited, or is neither True nor False.
        """
        if isinstance(found, bool):
            return found
        if inspect.iscoroutine(found):
            found.close()
        if inspect.isawaitable(found):
            msg = f"the policy {self.name!r} must be awaited: await authorize(request, policy, resource)"
            raise TypeError(msg)
        msg = f"the policy {self.name!r} says {type(found).__name__}, which is neither True nor False"
        raise TypeError(msg)

    def news(self, caller: Claims) -> PolicyRefused | None:
        """Return what tells of a refusal: one a minute, policy and caller, so that nobody fills the audit."""
        now = self.parts.clock()
        if not self.parts.lately.is_news((self.name, caller.issuer, caller.subject), now=now):
            return None
        is_ours = caller.issuer == self.parts.issuer
        return PolicyRefused(
            at=now,
            user_id=UserId(caller.subject) if is_ours else None,
            session=session_mark(SessionId(caller.session_id)) if caller.session_id and is_ours else None,
            policy=self.name,
        )

    def note(self, event: PolicyRefused) -> None:
        """Write a refusal down; what cannot be is refused all the same."""
        try:
            self.parts.journal(event)
        except AuthError as error:
            _LOGGER.warning("a refusal by the policy %r was not written down: %s", self.name, error)
