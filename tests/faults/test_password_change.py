"""A password change whose connection is cut at each step: both of its halves, or neither."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.users.email import parse_email
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import NewUser
from tests.faults.proxy import Cut, Proxy, proxied

pytestmark = pytest.mark.servers

NOW = 1_800_000_000
ADDRESS = parse_email("ada@example.com")
STEPS = [b"UPDATE users SET password_hash", b"UPDATE auth_accounts", b"COMMIT"]


@pytest.fixture
def proxy(migrated_url) -> Iterator[Proxy]:
    """Return a proxy before a database with our tables."""
    with proxied(migrated_url) as made:
        yield made


@pytest.fixture
def users(proxy) -> Iterator[SqlUsers]:
    """Return users reached through the proxy."""
    with closing(PostgresDatabase(proxy.url, pool_size=2)) as database:
        yield SqlUsers(database)


@pytest.fixture
def ada(users):
    """Return a stored user."""
    return users.add(NewUser(ADDRESS.stored, ADDRESS.canonical, "old", "Ada", "Lovelace"))


def halves(users, ada) -> tuple[str, int | None]:
    """Return what a change changes."""
    user = users.find(ada.user_id)
    return user.password_hash, user.sessions_valid_after


def change(users, ada) -> bool:
    """Change the password."""
    return users.change_password(
        ada.user_id, expected_hash="old", new_hash="new", expected_version=0, now=NOW
    )


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("where", Cut)
def test_a_cut_leaves_both_or_neither(users, ada, proxy, step, where):
    """Whichever message is lost on its way there or back."""
    # PW-10, F-13
    proxy.cut(where, step, keep=3)
    with pytest.raises(StoreUnavailableError):
        change(users, ada)
    is_done = step == b"COMMIT" and where is not Cut.BEFORE
    assert halves(users, ada) == (("new", NOW) if is_done else ("old", None))


@pytest.mark.parametrize("step", STEPS)
def test_a_retry_agrees(users, ada, proxy, step):
    """Who tries again finds it done, or does it."""
    # PW-10
    proxy.cut(Cut.AFTER, step)
    with pytest.raises(StoreUnavailableError):
        change(users, ada)
    change(users, ada)
    assert halves(users, ada) == ("new", NOW)
