"""`transaction()` around the yield of a dependency of one's own: right, or refused."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack

import pytest
from fastapi import Depends, FastAPI

from jwt_auth_core import safe_query, transaction
from tests.fastapi.noted import ADD, notes, post


def sync_held() -> Generator[None]:
    """Do what looks right, and loses its context."""
    with transaction():
        yield


class Unit:
    """What a user wraps around `transaction`."""

    def __enter__(self) -> None:
        self._block = transaction()
        self._block.__enter__()

    def __exit__(self, *raised: object) -> None:
        self._block.__exit__(*raised)


def unit_held() -> Generator[None]:
    """Do it in a class of one's own."""
    with Unit():
        yield


def stack_held() -> Generator[None]:
    """Do it in a stack."""
    with ExitStack() as stack:
        stack.enter_context(transaction())
        yield


def prepared() -> Generator[None]:
    """Begin and end before the endpoint runs, which is right."""
    with transaction():
        safe_query(ADD, ("prepared",))
        safe_query("DELETE FROM notes WHERE body = %s", ("prepared",))
    yield


async def async_held() -> AsyncGenerator[None]:
    """Do it in the request's own context, which its threads may not use."""
    with transaction():
        yield


@pytest.mark.parametrize(
    ("held", "endpoint", "status"),
    [
        (sync_held, "sync", 500),
        (sync_held, "async", 500),
        (unit_held, "sync", 500),
        (stack_held, "async", 500),
        (prepared, "sync", 200),
        (async_held, "sync", 500),
        (async_held, "async", 200),
    ],
)
@pytest.mark.usefixtures("database")
async def test_a_dependency_of_ones_own_is_right_or_refused(held, endpoint, status):
    """`transaction()` around a yield holds the endpoint's rows, or says so before one is written."""
    app = FastAPI()

    def write() -> None:
        safe_query(ADD, ("one",))

    async def write_on_the_loop() -> None:
        safe_query(ADD, ("one",))

    route = app.post("/", dependencies=[Depends(held)])
    route({"sync": write, "async": write_on_the_loop}[endpoint])
    assert await post(app, "/") == [status]
    assert notes() == (["one"] if status == 200 else [])
