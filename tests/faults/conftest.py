"""Sites over stores that a test may harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.end_to_end.site import Site, serving, settings
from tests.faults.proxy import Proxy, proxied
from tests.servers.valkey import Valkey

SiteOn = Callable[..., Site]


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    """Return what closes whatever a test opens."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def site_on(closing: ExitStack) -> SiteOn:
    """Return what starts a site on stores named by variables, with parts of the test's own."""

    def start(framework: str = "fastapi", parts: dict[str, Any] | None = None, **variables: str) -> Site:
        return closing.enter_context(serving(settings(**variables), framework=framework, **(parts or {})))

    return start


@pytest.fixture
def redis_proxy(closing: ExitStack, redis_url: str) -> Proxy:
    """Return a proxy before the shared Redis-protocol server."""
    return closing.enter_context(proxied(redis_url))


@pytest.fixture
def postgres_proxy(closing: ExitStack, migrated_url: str) -> Proxy:
    """Return a proxy before a fresh PostgreSQL database."""
    return closing.enter_context(proxied(migrated_url))


@pytest.fixture
def mortal(site_on: SiteOn, own_valkey: Valkey) -> Site:
    """Return a site whose Redis-protocol server the test may kill, stop and empty."""
    return site_on(REDIS_URL=own_valkey.url)
