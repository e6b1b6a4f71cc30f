"""Fixtures for the tests of applications: found by pytest where this distribution is installed.

Loaded whenever pytest starts, also in projects that never ask for a fixture: nothing but pytest is
imported before one does.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def auth_clock() -> Any:
    """Return the clock of `auth`: it stands still, and ``auth_clock.shift(minutes=16)`` moves it."""
    from jwt_auth_asgi.testing.clock import AuthClock  # noqa: PLC0415 - see above

    return AuthClock()


@pytest.fixture
def auth(auth_clock: Any, tmp_path: Path) -> Iterator[Any]:
    """Return an Auth of the test's own; override it by a fixture that returns your application's."""
    from jwt_auth_asgi.testing.throwaway import throwaway_auth  # noqa: PLC0415 - see above

    made = throwaway_auth(tmp_path, auth_clock)
    yield made
    made.close()


@pytest.fixture
def auth_headers(auth: Any) -> Any:
    """Return what makes the headers of a caller: ``auth_headers(scopes={"topics:write"})``."""
    from jwt_auth_asgi.testing.headers import headers_for  # noqa: PLC0415 - see above

    return partial(headers_for, auth)


@pytest.fixture
def auth_events(auth: Any) -> Iterator[Any]:
    """Return a list of the events of `auth`, which fills while the test runs."""
    from jwt_auth_asgi.testing.recorder import recorded  # noqa: PLC0415 - see above

    with recorded(auth) as heard:
        yield heard


@pytest.fixture
def auth_mail(auth: Any) -> Any:
    """Return the letters of `auth`: ``auth_mail.last("ada@example.com").link``."""
    from jwt_auth_asgi.testing.mailbox import Mailbox  # noqa: PLC0415 - see above

    return Mailbox(auth)
