"""The use cases as the edge awaits them, each where its executor says.

What hashes a password has threads of its own; refreshes go to the stores together, on the event loop
where the session store can; everything else takes one visit to a thread, in which it may call the
stores several times. What the edge asks of a request's scope (client, scheme, caller) stands here, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Concatenate, Final, ParamSpec, TypeVar, Unpack

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import CrossSiteError
from jwt_auth_asgi.executors.batcher import Batcher
from jwt_auth_asgi.executors.hook_runner import let_be
from jwt_auth_asgi.executors.pool import Pool, cores
from jwt_auth_asgi.features.address_counts import AddressCounts
from jwt_auth_asgi.features.hooked import Hooked
from jwt_auth_asgi.features.probe import Probe
from jwt_auth_asgi.features.start_up import StartUp
from jwt_auth_asgi.http import client_address, csrf
from jwt_auth_asgi.http.client_key import client_key, network_of
from jwt_auth_asgi.http.cookies.acting_cookie import ActingCookie
from jwt_auth_asgi.http.cookies.browser_cookie import BrowserCookie
from jwt_auth_asgi.http.cookies.device_cookie import DeviceCookie
from jwt_auth_asgi.http.cookies.proof_cookie import ProofCookie
from jwt_auth_asgi.http.cookies.refresh_cookie import RefreshCookie
from jwt_auth_asgi.http.unconfigured_proxy import UNCONFIGURED_PROXY
from jwt_auth_asgi.http.waiting_sessions import WaitingSessions
from jwt_auth_asgi.identity.caller import Accepted, bearer, caller
from jwt_auth_asgi.identity.identity import AuthenticatedUser
from jwt_auth_asgi.identity.revocation_check import revocation_check
from jwt_auth_asgi.identity.verification import Verification
from jwt_auth_asgi.telemetry.events import count_refreshes, watch_events
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import AuthError, OverloadedError, RefreshInvalidError
from jwt_auth_core.flows.address_limits import REFRESH, TOKEN, note_proxy
from jwt_auth_core.flows.executor import Executor, executor_of
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.refresh import Where
from jwt_auth_core.rate_limits.rule import RateLimitedError
from jwt_auth_core.sessions.session import SessionBusyError
from jwt_auth_core.steps import Steps
from jwt_auth_core.vocabulary import Client, Secret, UserId

P = ParamSpec("P")
R = TypeVar("R")

_Asked = tuple[Secret, Where]

HASH_NICENESS: Final = 3
"""Half the weight of the event loop's thread: that has a core to itself when it needs one, and beside a busy
neighbour process hashes still have half a share. By 10 they had a tenth, and logins were answered 503."""
STORE_THREADS: Final = 4
STORE_QUEUE: Final = 256
OUTSIDE_THREADS: Final = 8
OUTSIDE_QUEUE: Final = 56
BUSY_PAUSES: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 0.73)
"""How long a session that is in use is left alone before it is asked for again: two seconds in all."""
REFRESH_QUEUE: Final = 4096  # some half a second of refreshes; one waits as a future and 200 bytes


class Service:
    """One `Auth` behind its threads, and what the edge derives from its settings once.

    A class because it owns the threads; they start at their first work.
    """

    def __init__(self, auth: Auth) -> None:
        settings = auth.settings
        self.auth = auth
        self.cookie = RefreshCookie.from_settings(settings)
        self.acting_cookie = ActingCookie.from_settings(settings)
        self.waiting = WaitingSessions()
        self.registration_cookie = ProofCookie.of_registration(settings)
        self.binding_cookie = ProofCookie.of_login(settings)
        self.browser_cookie = BrowserCookie.from_settings(settings)
        self.device_cookie = DeviceCookie.from_settings(settings)
        self.csrf = csrf.CsrfRule.from_settings(settings)
        self.realm = settings.service_name
        self._proxies = settings.trusted_proxy_count
        self._revocation_check = revocation_check(auth)
        self.verification = Verification(auth.tokens, self._revocation_check.check)
        # More threads than cores make every hash slower and the memory larger (speed.md, lever 3).
        threads = min(cores(), settings.hash_threads or cores())
        self._hashing = Pool("hash", threads=threads, waiting=settings.hash_queue, niceness=HASH_NICENESS)
        self._refreshing: Batcher[_Asked, Grant] = Batcher(
            "refresh", partial(_refresh, auth), waiting=REFRESH_QUEUE
        )
        self._storing = Pool("store", threads=STORE_THREADS, waiting=STORE_QUEUE)
        # They wait more than they work.
        self._asking = Pool("outside", threads=OUTSIDE_THREADS, waiting=OUTSIDE_QUEUE)
        self._start_up = StartUp(auth.check)
        self.probe = Probe(auth, self._start_up)
        self._counts = AddressCounts(auth.rate_limits, self._storing)
        self.hooked = Hooked(auth)
        watch_events(auth.subscribers)

    async def check_capacity(self, scope: Scope, *, limits: Collection[str] = ()) -> None:
        """Raise what a register or login would be refused by: under a herd, before parsing.

        At once, unless more are refused than any herd has: then a little later.

        Raises:
            OverloadedError: the queue is full.
            RateLimitedError: one of the *limits*, which count addresses, has just refused this one.
        """
        if limits and self._counts:
            key = client_key(scope, trusted_proxy_count=self._proxies)
            await self._counts.refuse_again(key.text, rules=limits)
        if not self._hashing.is_full:  # only then does it matter who asks
            return
        try:
            address = client_address.address(scope, trusted_proxy_count=self._proxies)
            self._hashing.check_capacity(network_of(address))
        except OverloadedError:
            await self._counts.pace.keep()
            raise

    def run(self, use_case: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> asyncio.Future[R]:
        """Call a use case where its executor says; raises what it raises, or OverloadedError.

        It takes its place in the queue when this is called, not when it is awaited: of a herd that arrives
        at once, all but the first hear of a full queue before they are even parsed. Where passwords are
        hashed, the networks of the clients take turns.
        """
        client = next((one for one in arguments if isinstance(one, Client)), None)
        future = self._submit(executor_of(use_case), partial(use_case, *arguments, **named), client)
        return self.hooked.completing(future, self._take_back) if self.hooked.has_claims else future

    def run_for(
        self,
        user_id: str,
        use_case: Callable[Concatenate[UserId, P], R],
        *arguments: P.args,
        **named: P.kwargs,
    ) -> asyncio.Future[R]:
        """Do the same for a user who is there and enabled, which is asked in the same thread."""

        def call() -> R:
            return use_case(self.auth.current_user(user_id).user_id, *arguments, **named)

        return self._submit(executor_of(use_case), call, None)

    def _take_back(self, grant: Grant) -> asyncio.Future[None]:
        return self.run(self.auth.take_back, grant)

    def _submit(self, executor: Executor, call: Callable[[], R], client: Client | None) -> asyncio.Future[R]:
        if executor is not Executor.HASH:  # a batch that is made is one visit to a store like any other
            return (self._asking if executor is Executor.OUTSIDE else self._storing).submit(call)
        address = client_address.parse_address(None if client is None else client.address)
        future = self._hashing.submit(call, owner=network_of(address))
        if client is not None and client.limit_key is not None:
            future.add_done_callback(partial(self._note, client.limit_key))
        return future

    def _note(self, key: str, future: asyncio.Future[R]) -> None:
        """Remember whom a limit refused, for the rest of the herd."""
        error = None if future.cancelled() else future.exception()
        if isinstance(error, RateLimitedError):
            self._counts.note(key, error)

    async def refresh(self, token: Secret | None, scope: Scope) -> Grant:
        """Exchange a refresh token; raises what `Refresh` answers or raises, or OverloadedError.

        One that belongs to no session, or none at all, counts for the address that it came from; those that
        do are counted by session, where they are exchanged.
        """
        refusal = None  # made when it is needed: nearly every token is good
        if token is not None:
            asked = (token, partial(self.client, scope))
            try:
                try:
                    grant = await self._refreshing.ask(asked)
                except SessionBusyError:
                    grant = await self._refresh_when_free(asked)
            except RefreshInvalidError as error:
                refusal = error
            else:
                if self.hooked.has_claims:
                    await self.hooked.claim(grant)
                return grant
        client = self.client(scope)
        await self._counts.count(REFRESH, client.limit_key, client, times=client.crowd)
        raise refusal or RefreshInvalidError()

    async def _refresh_when_free(self, asked: _Asked) -> Grant:
        """Ask again while somebody else holds the session, a moment by itself; the others go on."""
        for seconds in BUSY_PAUSES[:-1]:
            await asyncio.sleep(seconds)
            with suppress(SessionBusyError):
                return await self._refreshing.ask(asked)
        await asyncio.sleep(BUSY_PAUSES[-1])
        return await self._refreshing.ask(asked)

    async def count_token(self, name: str | None, client: Client) -> None:
        """Count a request of the token endpoint: of a client that has proven its name, else of an address.

        A mere name is anybody's, and one who bears it would shut out all others.

        Raises:
            RateLimitedError: there were too many.
        """
        if name is None:
            await self._counts.count(TOKEN, client.limit_key, client, times=client.crowd)
        else:
            await self._counts.count(TOKEN, f"client:{name}", client)

    def client(self, scope: Scope) -> Client:
        """Return where a request came from, and what limits count it by."""
        found = client_address.client(scope, trusted_proxy_count=self._proxies)
        key = client_key(scope, trusted_proxy_count=self._proxies)
        if UNCONFIGURED_PROXY.note(key):
            self._note_proxy()
        return replace(found, limit_key=key.text, crowd=key.factor)

    def _note_proxy(self) -> None:
        # In a thread already, or too busy: in a minute again.
        with suppress(RuntimeError, OverloadedError):
            noting = self._storing.submit(partial(note_proxy, self.auth.rate_limits))
            noting.add_done_callback(let_be)

    def scheme(self, scope: Scope) -> str:
        """Return the scheme by which a request came to the first of the proxies that are ours."""
        return client_address.scheme(scope, trusted_proxy_count=self._proxies)

    def refuse_cross_site(self, scope: Scope) -> None:
        """Raise CrossSiteError when another site's page is behind a request that our cookie rides on."""
        if self.is_cross_site(scope):
            raise CrossSiteError

    def is_cross_site(self, scope: Scope) -> bool:
        """Tell whether another site's page is behind a request, as the rule for cookies has it."""
        return not self.csrf.allows(csrf.provenance(scope, trusted_proxy_count=self._proxies))

    async def caller(self, scope: Scope, **accepted: Unpack[Accepted]) -> AuthenticatedUser:
        """Return who calls; raises what `caller` raises, and when the token was revoked."""
        await self._revocation_check.settle()
        return await self._unrevoked(caller(scope, self.verification, self.cookie.access, **accepted))

    async def is_granted(self, needed: str, scope: Scope) -> bool:
        """Tell whether a user's or client's access token grants a scope, on a path that refuses no token."""
        try:
            user = bearer(scope, self.verification, self.cookie.access, is_exempt=True)
            await self._revocation_check.settle()
            return (await self._unrevoked(user)).claims.allows(needed)
        except AuthError:
            return False

    async def _unrevoked(self, user: AuthenticatedUser) -> AuthenticatedUser:
        # Whoever put the caller into the scope may know nothing of sessions.
        self._revocation_check.check_memory(user)
        await self._revocation_check.check_stores(user)
        return user

    async def start(self) -> None:
        """Check the configuration and the stores; one that is out of reach is waited for meanwhile.

        Raises:
            AuthError: what no waiting helps: a password that a store refuses, a schema that is not there.
        """
        await self._storing.run(self._start_up.begin)
        await self._revocation_check.settle()

    def serve(self) -> None:
        """Have what a serving process does in the background go on; cheap when it does."""
        self.auth.outbox.start()

    def rest(self) -> None:
        """End the threads after the work that waits; later work starts new ones."""
        pools = (self._hashing, self._refreshing, self._storing, self._asking, self.probe, self.hooked)
        for threads in (*pools, self._start_up):
            threads.close()
        self._revocation_check.rest()
        self.auth.outbox.rest()

    def close(self) -> None:
        """End the threads after the work that waits, and give every connection back."""
        self.rest()
        self.auth.close()


def _refresh(auth: Auth, asked: Sequence[_Asked]) -> Steps[Sequence[Grant | AuthError]]:
    texts, wheres = [token.reveal() for token, _ in asked], [where for _, where in asked]
    answers = yield from auth.refresh.steps(texts, wheres)
    count_refreshes(sum(isinstance(one, Grant) for one in answers))
    return answers
