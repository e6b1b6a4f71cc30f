"""The signing key changes while people are logged in, worker by worker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.site import Site
from tests.end_to_end.visitor import Visitor, problem

pytestmark = pytest.mark.servers

OLD, NEW = "the key of the days before, long enough", "the key of the days to come, as long"


@pytest.fixture
def worker_with(site_on, redis_url, migrated_url) -> Callable[..., Site]:
    """Return what starts a worker with a key and previous keys, on stores that all share."""

    def start(key: str, *previous: str) -> Site:
        stores = {"REDIS_URL": redis_url, "DATABASE_URL": migrated_url}
        return site_on(**stores, JWT_KEY=key, JWT_PREVIOUS_KEYS=",".join(previous))

    return start


def at(site: Site, visitor: Visitor) -> Visitor:
    """Return the visitor at another worker."""
    other = site.visitor()
    other.token, other.access = visitor.token, visitor.access
    return other


def goes_on(visitor: Visitor) -> None:
    """Both tokens are good here."""
    assert visitor.topics().status_code == 200
    assert visitor.refresh().status_code == 200
    assert visitor.topics().status_code == 200


@pytest.mark.fault("F-24", "three processes in turn, with the old key, both, the new one")
def test_a_rotation_in_two_rounds_logs_nobody_out(worker_with):
    """First every worker learns to verify the new key, then every worker signs with it."""
    # F-24
    before, between, after = worker_with(OLD), worker_with(OLD, NEW), worker_with(NEW, OLD)
    ada = before.member()
    for site in (between, before, between, after, between, after):
        ada = at(site, ada)
        goes_on(ada)


@pytest.mark.fault("F-24", "the old key is removed at once", ended=1)
def test_a_key_that_was_removed_early(worker_with):
    """Its tokens are refused as any forged one, by 401 and never by an error; a login mends it."""
    # F-24
    ada = at(worker_with(NEW), worker_with(OLD).member())
    assert problem(ada.topics()) == (401, "token_invalid")
    assert problem(ada.refresh()) == (401, "refresh_invalid")
    assert ada.token is None
    assert ada.login().status_code == 200
    goes_on(ada)


@pytest.mark.fault("F-24", "one process lacks the new key", ended=1)
def test_a_worker_that_was_forgotten(worker_with):
    """One that does not know the new key yet refuses its tokens; elsewhere they are as good as before."""
    # F-24
    after = worker_with(NEW, OLD)
    ada = after.member()
    lost = at(worker_with(OLD), ada)
    assert problem(lost.topics()) == (401, "token_invalid")
    assert problem(lost.refresh()) == (401, "refresh_invalid")
    goes_on(ada)
