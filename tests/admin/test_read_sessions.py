"""The sessions of all users as an admin reads them, where many that were opened are over."""

from __future__ import annotations

import pytest

from jwt_auth_core.flows.admin.read_sessions import LOOKED_AT, SessionSearch
from tests.admin.test_remaining_admins import claims_of, user_of
from tests.flows.conftest import variables, world
from tests.sessions.test_session_index import sid

__all__ = ["variables", "world"]


@pytest.fixture
def claims(world):
    """Return the claims of an admin, the only one who is logged in; openings behind it are of no session."""
    admin = user_of(world, "ada", "auth:admin")
    claims = claims_of(world, "ada")
    world.now += 10
    with world.auth.database.transaction():
        for number in range(LOOKED_AT + 5):
            world.stores.session_index.add(sid(number), user_id=admin, now=world.now, ends_at=world.now + 100)
    return claims


def test_a_page_looks_at_so_many_and_goes_on(world, claims):
    """However many are over, a page costs no more; the next one begins where it ended."""
    read = world.auth.admin.sessions
    first = read(claims, SessionSearch())
    assert (first.sessions, first.cursor) == ([], (world.now, sid(5)))
    second = read(claims, SessionSearch(before=first.cursor))
    assert [one.session.session_id for one in second.sessions] == [claims.session_id]
    assert second.cursor is None


def test_reading_strikes_nothing(world, claims):
    """A store that has lost sessions may have them again."""
    world.auth.admin.sessions(claims, SessionSearch())
    assert len(world.stores.session_index.of_user(claims.subject, now=world.now)) == LOOKED_AT + 6
