"""One transaction a request: `in_transaction`."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import Depends, FastAPI, HTTPException, WebSocket, WebSocketDisconnect, WebSocketException
from fastapi.testclient import TestClient

from jwt_auth_core import default, safe_query, transaction
from jwt_auth_core.database import transactions as transactions_of_the_core
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_fastapi import in_transaction, transactions
from tests.end_to_end.serving import threaded
from tests.fastapi.noted import ADD, notes, post

COLOURS = ["sync", "async"]


def sync_user() -> None:
    """Write in a thread of its own, as a dependency that comes later."""
    safe_query(ADD, ("of the dependency",))


async def async_user() -> None:
    """Write on the loop, as a dependency that comes later."""
    safe_query(ADD, ("of the dependency",))


USERS = {"sync": sync_user, "async": async_user}


def build() -> FastAPI:
    """Return an application with the four combinations of dependency and endpoint."""
    app = FastAPI()
    for colour, user in USERS.items():

        @app.post(f"/{colour}/sync", dependencies=[Depends(in_transaction), Depends(user)])
        def write(fail: str = "") -> list[str]:
            return written(fail=bool(fail))

        @app.post(f"/{colour}/async", dependencies=[Depends(in_transaction), Depends(user)])
        async def write_on_the_loop(fail: str = "") -> list[str]:
            return written(fail=bool(fail))

    return app


def written(*, fail: bool) -> list[str]:
    """Write as an endpoint does, with a savepoint; see all of it, and fail if asked to."""
    with transaction():
        safe_query(ADD, ("of the endpoint",))
    if fail:
        raise HTTPException(418)
    return notes()


@pytest.mark.parametrize("endpoint", COLOURS)
@pytest.mark.parametrize("user", COLOURS)
@pytest.mark.usefixtures("database")
async def test_a_request_that_succeeds_is_kept_whole(user, endpoint):
    """What a dependency and the endpoint wrote, in whatever thread, is kept together."""
    assert await post(build(), f"/{user}/{endpoint}") == [200]
    assert notes() == ["of the dependency", "of the endpoint"]


@pytest.mark.parametrize("endpoint", COLOURS)
@pytest.mark.parametrize("user", COLOURS)
@pytest.mark.usefixtures("database")
async def test_a_request_that_fails_keeps_nothing(user, endpoint):
    """An exception that leaves the endpoint undoes what the dependency wrote as well."""
    assert await post(build(), f"/{user}/{endpoint}?fail=true") == [418]
    assert notes() == []


@pytest.mark.usefixtures("database")
def test_it_is_kept_before_the_answer_is_sent():
    """A client of a real server that has its answer finds its rows."""
    with threaded(build()) as site:
        assert httpx.post(f"{site.origin}/sync/async").json() == ["of the dependency", "of the endpoint"]
        assert notes() == ["of the dependency", "of the endpoint"]
        assert httpx.post(f"{site.origin}/async/sync").status_code == 500  # unique


@pytest.mark.usefixtures("database")
async def test_requests_at_once_wait_for_one_another_in_threads():
    """More requests than connections, each with an await inside its transaction, all succeed."""
    app = FastAPI()

    @app.post("/{name}", dependencies=[Depends(in_transaction)])
    async def write(name: str) -> None:
        safe_query(ADD, (name,))
        await asyncio.sleep(0)
        safe_query(ADD, (name + "'",))

    assert await post(app, *(f"/{number}" for number in range(12))) == [200] * 12
    assert len(notes()) == 24


@pytest.mark.usefixtures("database")
async def test_what_cannot_be_kept_is_not_answered_with_success():
    """A statement that failed and was caught spoils the request: 503, and nothing is kept."""
    app = FastAPI()

    @app.post("/", dependencies=[Depends(in_transaction)])
    def write() -> None:
        safe_query(ADD, ("once",))
        with pytest.raises(Exception, match="exists"):
            safe_query(ADD, ("once",))

    assert await post(app, "/") == [503]
    assert notes() == []


@pytest.mark.usefixtures("database")
async def test_a_transaction_that_cannot_begin_is_a_503(monkeypatch):
    """The endpoint does not run where there is no database to ask."""
    gone = StoreUnavailableError("postgresql")
    monkeypatch.setattr(type(default.default_auth().database), "opened", _raising(gone))
    assert await post(build(), "/sync/sync", "/async/async") == [503, 503]
    monkeypatch.undo()


async def test_settings_that_are_missing_are_a_503(monkeypatch):
    """Where there is no `Auth` to be made, the client may try again later."""
    monkeypatch.setattr(default, "shared_transaction", _raising(StoreUnavailableError("settings")))
    assert await post(build(), "/sync/sync") == [503]


def _raising(error: Exception):
    def fail(*_arguments: object, **_options: object) -> None:
        raise error

    return fail


@pytest.mark.usefixtures("database")
async def test_a_request_that_is_cancelled_while_it_waits_leaves_nothing_open():
    """Whoever leaves before the transaction has begun does not keep it from others."""
    held = transactions._held(None)
    waiting = asyncio.ensure_future(anext(held))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await post(build(), "/async/async") == [200]
    assert default.default_auth().database._held == {}


@pytest.mark.parametrize(("path", "status"), [("/input", 422), ("/output", 500), ("/refused", 403)])
@pytest.mark.usefixtures("database")
async def test_a_failure_beside_the_endpoint_keeps_nothing(path, status):
    """Input or output of another shape and a later dependency's refusal undo what was written before."""
    app = FastAPI(dependencies=[Depends(in_transaction), Depends(sync_user)])

    def refuse() -> None:
        raise HTTPException(403)

    app.get("/input")(lambda number: number)  # required
    app.get("/output", response_model=int)(lambda: "no number")
    app.get("/refused", dependencies=[Depends(refuse)])(lambda: None)
    assert await get(app, path) == status
    assert notes() == []


async def get(app: FastAPI, path: str) -> int:
    """Return the status of one request."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return (await client.get(path)).status_code


@pytest.mark.usefixtures("database")
async def test_requests_in_one_context_leave_nothing_behind():
    """A client that calls the application in its own context, request after request, collects no blocks."""
    before = transactions_of_the_core._OPEN.get()  # of tests that never leave theirs
    for _ in range(2):
        assert await post(build(), "/sync/async?fail=true") == [418]
    assert transactions_of_the_core._OPEN.get() == before


@pytest.mark.usefixtures("database")
def test_a_websocket_is_one_transaction():
    """What it wrote is kept when its endpoint returns, and undone when that raises."""
    app = FastAPI()

    @app.websocket("/{name}", dependencies=[Depends(in_transaction)])
    async def write(websocket: WebSocket, name: str) -> None:
        await websocket.accept()
        safe_query(ADD, (name,))
        await websocket.receive_text()
        if name == "bad":
            raise WebSocketException(4000)

    for name in ("good", "bad"):
        with TestClient(app).websocket_connect(f"/{name}") as connection:
            connection.send_text("end")
    assert notes() == ["good"]


@pytest.mark.usefixtures("database")
def test_a_websocket_without_a_database_is_asked_to_try_again(monkeypatch):
    """It is closed before it is accepted."""
    app = FastAPI()
    app.websocket("/", dependencies=[Depends(in_transaction)])(sync_user)
    monkeypatch.setattr(default, "shared_transaction", _raising(StoreUnavailableError("settings")))
    with pytest.raises(WebSocketDisconnect) as refused, TestClient(app).websocket_connect("/"):
        pass
    assert refused.value.code == 1013


@pytest.mark.parametrize("dependencies", [[], [Depends(in_transaction)]])
def test_openapi_does_not_show_it(dependencies):
    """It asks nothing of the client: no parameter, no body, no further answer."""
    app = FastAPI()
    app.get("/", dependencies=dependencies)(notes)
    assert set(app.openapi()["paths"]["/"]["get"]) == {"summary", "description", "operationId", "responses"}
    assert set(app.openapi()["paths"]["/"]["get"]["responses"]) == {"200"}


async def test_a_version_that_answers_first_is_refused(monkeypatch):
    """Three versions of FastAPI end dependencies only after the answer: said before anything is written."""
    monkeypatch.setattr(transactions, "fastapi_version", "0.119.1")
    with pytest.raises(transactions.UnfitFastAPIError, match=r"fastapi>=0\.121"):
        await anext(transactions._held(None))
