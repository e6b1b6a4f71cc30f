"""Verify an address by the short code of a letter: few looks, counted alike for everybody."""

from __future__ import annotations

import pytest

from jwt_auth_core.one_time.proof import InvalidCodeError
from jwt_auth_core.rate_limits import RateLimitedError
from tests.flows.proofs import minted, verify, verify_by_code


@pytest.fixture
def ada(world):
    """Return a registered user."""
    return world.register()


def test_a_code_verifies(world, ada):
    """However it is typed."""
    code = minted(world, ada, "verify").code.text.reveal().lower().replace("-", " ")
    verify_by_code(world, code, user_id=ada.user_id)
    assert world.stores.verified.has(ada.user_id)


def test_three_wrong_codes_void_it(world, ada):
    """The right one is none any more; the link in the same letter is."""
    letter = minted(world, ada, "verify")
    for _ in range(3):
        with pytest.raises(InvalidCodeError):
            verify_by_code(world, "BBBB-BBBB")
    with pytest.raises(InvalidCodeError):
        verify_by_code(world, letter.code.text.reveal())
    verify(world, letter.token.text)


@pytest.mark.limited
@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_codes_are_counted_alike_for_everybody(world, email):
    """By the address that is said, whether anybody has it."""
    # RL-2, RL-5
    world.register()
    for _ in range(5):
        with pytest.raises(InvalidCodeError):
            verify_by_code(world, "BBBB-BBBB", email)
    with pytest.raises(RateLimitedError):
        verify_by_code(world, "BBBB-BBBB", email)


def test_the_work_is_the_same_for_everybody(world, monkeypatch):
    """The same statements, and something is written: whether there is a user, with a code or without."""
    # ENUM-2
    minted(world, world.register(), "verify")
    world.register("grace@example.com")
    texts, database = [], type(world.stores.database)
    query = database.query

    def noting(db, sql, *values, **how):
        texts.append(sql)
        return query(db, sql, *values, **how)

    monkeypatch.setattr(database, "query", noting)
    ran = {}
    for email in ("ada@example.com", "grace@example.com", "nobody@example.com"):
        with pytest.raises(InvalidCodeError):
            verify_by_code(world, "BBBB-BBBB", email)
        ran[email] = tuple(texts)
        texts.clear()
    assert len(set(ran.values())) == 1
    assert any("INSERT INTO auth_proofs" in text for text in ran["nobody@example.com"])


def test_a_code_of_one_user_is_nobody_elses(world, ada):
    """It goes with the address."""
    world.register("grace@example.com")
    code = minted(world, ada, "verify").code.text.reveal()
    for email in ("grace@example.com", "nobody@example.com"):
        with pytest.raises(InvalidCodeError):
            verify_by_code(world, code, email)
