"""A dependency that makes the `safe_query` calls of one request one transaction.

FastAPI runs sync dependencies and endpoints in threads, whose contexts are lost when they return; so
this one is async, enters in the request's own context, and waits for the database in threads.
"""

from collections.abc import AsyncGenerator
from functools import partial
from inspect import signature
from typing import Annotated, Any, Final

from anyio import CancelScope, CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync
from fastapi import Depends, WebSocket, WebSocketException
from fastapi import __version__ as fastapi_version
from fastapi.requests import HTTPConnection

from jwt_auth_asgi.websockets.connection import TRY_AGAIN_LATER
from jwt_auth_core import default
from jwt_auth_core.database.query import SharedTransaction
from jwt_auth_core.errors import AuthError
from jwt_auth_fastapi.dependencies import as_http

BEGINNING: Final = 40  # so many threads of a loop may wait for their turn; they are not the endpoints' own
_limiter: Final[RunVar[CapacityLimiter]] = RunVar("jwt_auth_beginning")

_ENDS_AFTER_THE_ANSWER: Final = ("0.118.", "0.119.", "0.120.")


class UnfitFastAPIError(RuntimeError):
    """Raised when FastAPI would answer before the transaction has ended."""

    def __init__(self) -> None:
        super().__init__(
            f"FastAPI {fastapi_version} would answer before the transaction is kept: "
            "install fastapi>=0.121 for in_transaction"
        )


async def _held(connection: HTTPConnection) -> AsyncGenerator[None]:
    if fastapi_version.startswith(_ENDS_AFTER_THE_ANSWER):
        raise UnfitFastAPIError
    transaction = await _begun(connection)
    transaction.enter()
    try:
        yield
    except BaseException:
        await _end(transaction, keep=False)
        raise
    else:
        await _kept(transaction, connection)
    finally:
        transaction.leave()


async def _begun(connection: HTTPConnection) -> SharedTransaction:
    try:
        transaction = default.shared_transaction()
    except AuthError as error:
        raise _refusal(error, connection) from error
    try:
        await run_sync(transaction.begin, limiter=_beginning())
    except AuthError as error:
        raise _refusal(error, connection) from error
    except BaseException:  # cancelled, while the thread goes on
        transaction.give_up()
        raise
    return transaction


async def _kept(transaction: SharedTransaction, connection: HTTPConnection) -> None:
    try:
        await _end(transaction, keep=True)
    except AuthError as error:
        raise _refusal(error, connection) from error


def _refusal(error: AuthError, connection: HTTPConnection) -> Exception:
    if isinstance(connection, WebSocket):
        return WebSocketException(TRY_AGAIN_LATER, "try again later")
    return as_http(error)


async def _end(transaction: SharedTransaction, *, keep: bool) -> None:
    # A limiter of its own, as FastAPI has it: whoever ends must not wait for those who wait to begin.
    with CancelScope(shield=True):
        await run_sync(partial(transaction.end, keep=keep), limiter=CapacityLimiter(1))


def _beginning() -> CapacityLimiter:
    limiter = _limiter.get(None)
    if limiter is None:
        limiter = CapacityLimiter(BEGINNING)
        _limiter.set(limiter)
    return limiter


# Since 0.121 a dependency may end with the endpoint, before the answer is sent; until 0.117 each one did.
_depends: Any = partial(Depends, scope="function") if "scope" in signature(Depends).parameters else Depends


async def in_transaction(_: Annotated[None, _depends(_held)]) -> None:
    """Make the `safe_query` calls of the request one transaction: all take effect, or none.

    For ``dependencies=[Depends(in_transaction)]`` on a route, sync or async: whatever runs after it, in
    the endpoint and in other dependencies, in any of their threads, is inside. It is kept when the
    endpoint returns, before the answer is sent, and undone when an exception leaves the endpoint.

    Raises:
        HTTPException: 503, when the database does not answer, or could not keep it.
    """
