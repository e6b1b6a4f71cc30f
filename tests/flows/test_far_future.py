"""Time is whole seconds: no year is the last one."""

import pytest

from jwt_auth_core.flows.sessions.grant import Grant

YEARS = {"2038": 2_147_483_648, "2106": 4_294_967_296, "10000": 253_402_300_800}


@pytest.mark.parametrize("now", YEARS.values(), ids=YEARS)
def test_sessions_and_tokens_outlive_every_calendar(world, now):
    """Log in, verify and refresh past 32 bits and past the year 9999."""  # F-23
    world.now = now
    world.register()
    grant = world.login()
    claims = world.auth.tokens.verify(grant.access_token)
    assert claims.issued_at == now
    assert now + 855 <= claims.expires_at <= now + 900  # a twentieth less at most, so that a herd ends apart
    assert isinstance(world.refresh(grant.refresh_token), Grant)


@pytest.mark.parametrize("now", YEARS.values(), ids=YEARS)
def test_a_logout_is_remembered_in_any_year(world, now):
    """Ends are recorded with the same whole seconds."""  # F-23
    world.now = now
    world.register()
    grant = world.login()
    world.auth.logout(grant.refresh_token.reveal())
    row = world.stores.database.query("SELECT revoked_at FROM auth_revoked_sessions", fetch="one")
    assert row == {"revoked_at": now}
