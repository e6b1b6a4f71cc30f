"""What the hooks of an application have a say in: registrations, logins, and the claims of access tokens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

from jwt_auth_asgi.executors.hook_runner import HookRunner
from jwt_auth_asgi.executors.worker_threads import settle
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import AuthError
from jwt_auth_core.flows.account.register import RegisterAttempt
from jwt_auth_core.flows.hooks.hooks import BEFORE_LOGIN, BEFORE_REGISTER, CLAIMS_FOR, RESERVED
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.hooks.occasion import Registration, SignIn
from jwt_auth_core.hooks.refusal import HookFailedError
from jwt_auth_core.users.email import Address
from jwt_auth_core.vocabulary import Client

R = TypeVar("R")

_Waiting = list[tuple[Grant, asyncio.Future[None]]]

_TakeBack = Callable[[Grant], Awaitable[None]]

_LOGGER: Final = logging.getLogger("jwt_auth.hooks")


class Hooked:
    """The hooks of one `Auth` behind their threads; a class because it owns those.

    Where nothing is registered, nothing is awaited.
    """

    def __init__(self, auth: Auth) -> None:
        self._hooks = auth.hooks
        self._register, self._login = HookRunner(BEFORE_REGISTER), HookRunner(BEFORE_LOGIN)
        self._claims = HookRunner(CLAIMS_FOR)
        self._waiting: dict[asyncio.AbstractEventLoop, _Waiting] = {}
        self._flushing: set[asyncio.Task[None]] = set()

    @property
    def has_claims(self) -> bool:
        """Tell whether access tokens are to have extra claims."""
        return self._hooks.claims is not None

    @property
    def has_registration(self) -> bool:
        """Tell whether somebody has a say in registrations."""
        return self._hooks.registration is not None

    async def before_register(self, attempt: RegisterAttempt, client: Client) -> None:
        """Ask whether somebody may register; raises RefusedError, or UnavailableError."""
        await self.before_registration(attempt.address, attempt.first_name, attempt.last_name, client)

    async def before_registration(
        self, address: Address, first_name: str, last_name: str, client: Client
    ) -> None:
        """Ask the same of somebody whom a provider vouches for."""
        if self._hooks.registration is not None:
            asked = Registration(address.stored, first_name, last_name, client)
            await self._register(self._hooks.registration, asked)

    async def before_login(self, email: str | None, client: Client, *, method: str = "pwd") -> None:
        """Ask whether somebody may try to log in; raises RefusedError, or UnavailableError."""
        if self._hooks.login is not None:
            await self._login(self._hooks.login, SignIn(email or None, method, client))

    async def claim(self, grant: Grant) -> None:
        """Put the extra claims into a grant, together with all that come in this turn of the loop.

        Raises:
            RefusedError: the hook refuses this user, or all.
            UnavailableError: the hook failed, or its claims cannot stand in a token.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        waiting = self._waiting.setdefault(loop, [])
        waiting.append((grant, done))
        if len(waiting) == 1:
            task = loop.create_task(self._flush(loop))
            self._flushing.add(task)
            task.add_done_callback(self._flushing.discard)
        await done

    def completing(self, opening: asyncio.Future[R], take_back: _TakeBack) -> asyncio.Future[R]:
        """Return the future of what a use case returns; where that is a grant, with the extra claims.

        The login of one that gets none is taken back: nothing is issued.
        """
        task = asyncio.ensure_future(self._completed(opening, take_back))
        task.add_done_callback(lambda _: opening.cancel())  # of one that was cancelled before it began, too
        return task

    async def _completed(self, opening: asyncio.Future[R], take_back: _TakeBack) -> R:
        opened = await opening
        if isinstance(opened, Grant):
            try:
                await self.claim(opened)
            except AuthError:
                await self._take_back(opened, take_back)
                raise
        return opened

    def close(self) -> None:
        """End the threads after the calls that wait now; a later call starts new ones."""
        for runner in (self._register, self._login, self._claims):
            runner.close()

    async def _take_back(self, grant: Grant, take_back: _TakeBack) -> None:
        try:
            await take_back(grant)
        except AuthError as error:
            _LOGGER.warning("a session without tokens was not ended: %s", error)

    async def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        await asyncio.sleep(0)  # whoever else is ready in this turn of the loop comes along
        batch = self._waiting.pop(loop)
        try:
            answers = await self._asked([grant for grant, _ in batch])
        except AuthError as error:
            answers = [error] * len(batch)
        for (grant, done), extra in zip(batch, answers, strict=True):
            settle(done, _claimed(grant, extra))

    async def _asked(self, grants: Sequence[Grant]) -> Sequence[object]:
        hook = self._hooks.claims
        assert hook is not None  # noqa: S101 - or nobody waits here
        found: object = await self._claims(hook, tuple(grant.user for grant in grants))
        answers = list(cast("Sequence[object]", found)) if isinstance(found, list | tuple) else []
        if len(answers) != len(grants):
            _LOGGER.error("the hook %s must return a list, with one answer a user", CLAIMS_FOR)
            raise HookFailedError(CLAIMS_FOR)
        return answers


def _free(extra: Mapping[str, object]) -> Mapping[str, object]:
    """Return claims whose names are free; raises ValueError when one is not."""
    if taken := RESERVED.intersection(extra):
        raise ValueError(", ".join(sorted(taken)))
    return extra


def _claimed(grant: Grant, extra: Any) -> AuthError | None:
    """Have the token of a grant say what the hook answered; return why that cannot be."""
    if isinstance(extra, AuthError):
        return extra
    try:
        if extra:
            grant.access_token = grant.issue(extra=_free(extra))
    except Exception as error:  # noqa: BLE001 - or nobody of the batch would ever be answered
        # The sentence names claims and limits, never a value.
        _LOGGER.error("the hook %s returned what no token can hold: %s", CLAIMS_FOR, error)  # noqa: TRY400
        return HookFailedError(CLAIMS_FOR)
    return None
