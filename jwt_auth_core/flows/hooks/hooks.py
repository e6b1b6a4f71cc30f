"""The hooks of an `Auth`: functions of the application, at most one at each place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from jwt_auth_core.hooks.bounded import Bounded
from jwt_auth_core.hooks.occasion import Registration, SignIn
from jwt_auth_core.hooks.refusal import RefusedError
from jwt_auth_core.tokens.claims import REGISTERED, ROLES
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Secret

BeforeRegister = Callable[[Registration], Awaitable[None] | None]
BeforeLogin = Callable[[SignIn], Awaitable[None] | None]
RESERVED: Final = frozenset((*REGISTERED, ROLES, "act", "may_act", "cnf"))
"""What no extra claim may be called: what we write, and what stands for another's rights."""

Extra = Mapping[str, object] | RefusedError | None
"""Claims of one user beside the registered ones; None for no more, a refusal for no token."""
ClaimsFor = Callable[[Sequence[User]], Awaitable[Sequence[Extra]] | Sequence[Extra]]
VerifyHash = Callable[[Secret, str], bool]

R = TypeVar("R", bound=BeforeRegister)
L = TypeVar("L", bound=BeforeLogin)
C = TypeVar("C", bound=ClaimsFor)
V = TypeVar("V", bound=VerifyHash)

BEFORE_REGISTER: Final = "before_register"
BEFORE_LOGIN: Final = "before_login"
CLAIMS_FOR: Final = "claims_for"
ON_UNKNOWN_HASH: Final = "on_unknown_hash"


class Hooks:
    """Where functions are registered, by decorators; a class because they come after it was made.

    Attributes:
        registration, login, claims, unknown_hash: what was registered; None so far.
    """

    __slots__ = ("_bounded", "claims", "login", "registration", "unknown_hash")

    def __init__(self) -> None:
        self.registration: BeforeRegister | None = None
        self.login: BeforeLogin | None = None
        self.claims: ClaimsFor | None = None
        self.unknown_hash: VerifyHash | None = None
        self._bounded = Bounded(ON_UNKNOWN_HASH)

    def before_register(self, hook: R) -> R:
        """Have a function asked before somebody is registered over HTTP: ``@auth.hooks.before_register``.

        It takes a `Registration`, and raises `RefusedError` where that shall not be: 403 ``refused``.

        Raises:
            ValueError: there is one already.
        """
        _refuse_second(self.registration, BEFORE_REGISTER)
        self.registration = hook
        return hook

    def before_login(self, hook: L) -> L:
        """Have a function asked before a first factor is looked at over HTTP.

        It takes a `SignIn`, and raises `RefusedError` where that shall not be: 403 ``refused``.

        Raises:
            ValueError: there is one already.
        """
        _refuse_second(self.login, BEFORE_LOGIN)
        self.login = hook
        return hook

    def claims_for(self, hook: C) -> C:
        """Have a function asked for extra claims of access tokens, before they are issued over HTTP.

        It takes all users that log in or refresh at the moment, and returns as many answers in their order:
        a mapping, None, or a `RefusedError` for one who shall get no token.

        Raises:
            ValueError: there is one already.
        """
        _refuse_second(self.claims, CLAIMS_FOR)
        self.claims = hook
        return hook

    def on_unknown_hash(self, hook: V) -> V:
        """Have a function asked whether a password fits a stored hash of a scheme that we do not know.

        It is called where passwords are hashed, and where it says True that login stores a hash of ours.

        Raises:
            TypeError: it must be awaited.
            ValueError: there is one already.
        """
        from inspect import iscoroutinefunction  # noqa: PLC0415 - takes longer to load than all the rest

        _refuse_second(self.unknown_hash, ON_UNKNOWN_HASH)
        if iscoroutinefunction(hook):
            msg = f"{ON_UNKNOWN_HASH} is called in a thread that hashes passwords, and cannot be awaited"
            raise TypeError(msg)
        self.unknown_hash = hook
        return hook

    def check_of(self, stored: str) -> Callable[[Secret], bool] | None:
        """Return what checks a hash that nobody else knows; None where no hook is there.

        Whatever the hook returns but True is no yes.
        """
        hook = self.unknown_hash
        return None if hook is None else partial(self._verify, hook, stored)

    def _verify(self, hook: VerifyHash, stored: str, password: Secret) -> bool:
        said: object = self._bounded(partial(hook, password, stored))
        return said is True


def _refuse_second(there: Callable[..., Any] | None, name: str) -> None:
    if there is not None:
        msg = f"there is a hook {name} already"
        raise ValueError(msg)
