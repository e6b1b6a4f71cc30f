"""Litestar's response cache answers before an endpoint is asked: what guards it inside guards nothing."""

from typing import Any

import pytest
from litestar import Litestar, get
from litestar.config.response_cache import ResponseCacheConfig
from litestar.connection import ASGIConnection, Request
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotAuthorizedException

from jwt_auth_asgi import BearerMiddleware, require
from jwt_auth_asgi.testing.examination import examine
from tests.asgi.drive import bearer
from tests.guards.fetch import fetch
from tests.testing.apps.parts import tokens


@require()
async def ours(_connection: ASGIConnection[Any, Any, Any, Any], _handler: Any) -> None:
    """Guard as Litestar has it: before the cache."""


def theirs(connection: ASGIConnection[Any, Any, Any, Any], _handler: Any) -> None:
    """Guard by what the application knows."""
    if not connection.scope["user"].is_authenticated:
        raise NotAuthorizedException


def by_caller(request: Request[Any, Any, Any]) -> str:
    """Have each caller their own answers."""
    return f"{request.url.path} {request.scope['user'].identity}"


async def plain() -> str:
    return "a secret"


@require()
async def guarded() -> str:
    return "a secret"


async def depending(secret: NamedDependency[str]) -> str:
    return secret


def built(endpoint: Any, options: dict[str, Any], around: dict[str, Any]) -> BearerMiddleware:
    """Return an application with one route, which has a response cache unless options say otherwise."""
    config = ResponseCacheConfig(**{"key_builder": around["keys"]} if "keys" in around else {})
    app = Litestar(
        [get("/", **{"cache": True} | options)(endpoint)],
        openapi_config=None,
        logging_config=None,
        response_cache_config=config,
    )
    return BearerMiddleware(app, tokens, rules=around.get("rules", ()))


CASES = [
    (guarded, {"cache": False}, {}, "guarded", 401),
    (guarded, {}, {}, "open", 200),
    (guarded, {"cache": 60}, {}, "open", 200),
    (guarded, {"guards": [ours]}, {}, "guarded", 401),
    (guarded, {}, {"rules": [("/", "authenticated")]}, "guarded", 401),
    (guarded, {"cache_key_builder": by_caller}, {}, "unknown", 401),
    (guarded, {}, {"keys": by_caller}, "unknown", 401),
    (guarded, {"guards": [theirs]}, {}, "unknown", 401),
    (plain, {"guards": [theirs]}, {}, "refused", 401),
    (depending, {"dependencies": {"secret": Provide(guarded)}}, {}, "unknown", 200),
    (plain, {}, {}, "open", 200),
]


@pytest.mark.parametrize(("endpoint", "options", "around", "state", "status"), CASES)
def test_it_is_told_what_strangers_get_from_the_cache(endpoint, options, around, state, status):
    """As they do once somebody has asked; where nobody can say, it is unknown, and says why."""
    app = built(endpoint, options, around)
    (finding,) = examine(app, tokens).findings
    assert finding.state.value == state
    assert ("response cache" in finding.note) is (state in {"open", "unknown"} and endpoint is not plain)
    assert fetch(app, "/", bearer(tokens.issue(subject="ada"))).status_code == 200
    assert fetch(app, "/").status_code == status
