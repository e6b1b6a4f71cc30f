"""Workers whose clocks are past the last day of many a calendar, on real stores."""

from __future__ import annotations

import pytest

from tests.databases import SHARED
from tests.end_to_end.visitor import Visitor

# The last second of 32 bits with a sign, without one, and of the year 9999.
YEARS = {"2038": 2_147_483_647, "2106": 4_294_967_295, "10000": 253_402_300_799}
STEPS = 3


class Late:
    """A clock that stands just before such a moment, and steps over it."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@pytest.fixture(params=SHARED)
def stores(request, tmp_path) -> dict[str, str]:
    """Return the variables of one storage world and of the other."""
    if request.param == "sqlite":
        return {"DATABASE_URL": f"sqlite:///{tmp_path}/auth.sqlite3"}
    names = {"DATABASE_URL": "migrated_url", "REDIS_URL": "redis_url"}
    return {name: request.getfixturevalue(fixture) for name, fixture in names.items()}


@pytest.mark.fault("F-23", "a worker's clock steps over the ends of 2038, 2106 and 9999")
@pytest.mark.parametrize("now", YEARS.values(), ids=YEARS)
def test_nobody_notices_the_end_of_a_calendar(site_on, stores, now):
    """Register, log in, refresh, read and log out before it, at it and after it."""
    # F-23
    clock = Late(now)
    site = site_on(parts={"clock": clock}, **stores)
    ada = site.member()
    for _ in range(STEPS):
        clock.now += 1
        for use in (Visitor.refresh, Visitor.topics, Visitor.me):
            assert use(ada).status_code == 200
    assert ada.logout().status_code == 200
    assert ada.login().status_code == 200
    site.settle()
