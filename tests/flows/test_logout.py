"""Log out: the session of a refresh token is over, whatever is asked again."""

import pytest

from jwt_auth_core.errors import RefreshInvalidError, SessionRevokedError, UserNotFoundError


def test_a_session_is_over(world):
    """After the logout its tokens are refused, the newest and the oldest."""
    world.register()
    first = world.login()
    second = world.refresh(first.refresh_token)
    world.auth.logout(second.refresh_token.reveal())
    assert isinstance(world.refresh(second.refresh_token), SessionRevokedError)
    assert isinstance(world.refresh(first.refresh_token), SessionRevokedError)


def test_the_database_remembers_it(world):
    """The end is written where the loss of the session store cannot reach it."""  # RF-06
    world.register()
    world.auth.logout(world.login().refresh_token.reveal())
    row = world.stores.database.query("SELECT reason FROM auth_revoked_sessions", fetch="one")
    assert row == {"reason": "logout"}


def test_it_may_be_repeated(world):
    """A second logout changes nothing and says nothing."""  # RF-12
    world.register()
    token = world.login().refresh_token.reveal()
    world.auth.logout(token)
    world.auth.logout(token)


@pytest.mark.parametrize("token", [None, "", "nonsense", "A" * 156, "\ud800"])
def test_what_is_no_token_is_logged_out_already(world, token):
    """Nothing to end is no error."""  # RF-12
    world.auth.logout(token)
    assert world.names() == []


def test_other_sessions_go_on(world):
    """Only the session of the token ends."""
    world.register()
    one, other = world.login(), world.login()
    world.auth.logout(one.refresh_token.reveal())
    assert world.refresh(other.refresh_token).session_id == other.session_id


def test_a_shown_session_has_its_record(world):
    """An operator sees id, generation and record of a token's session."""
    user = world.register()
    grant = world.refresh(world.login().refresh_token)
    shown = world.auth.show_session(grant.refresh_token.reveal())
    assert (shown.session_id, shown.generation) == (grant.session_id, 1)
    assert shown.session is not None
    assert shown.session.user_id == user.user_id


def test_a_forged_token_shows_nothing(world):
    """Without a valid MAC nothing is looked up."""
    with pytest.raises(RefreshInvalidError):
        world.auth.show_session("A" * 156)


@pytest.mark.parametrize("user_id", ["42", "", "not-a-uuid", "00000000-0000-4000-8000-000000000000"])
def test_a_subject_without_a_user_is_not_found(world, user_id):
    """Any subject may stand in a token; only stored users are found."""
    with pytest.raises(UserNotFoundError):
        world.auth.current_user(user_id)


def test_a_disabled_user_is_not_current(world):
    """Disabled is as good as gone."""
    user = world.register()
    world.stores.database.query("UPDATE auth_accounts SET disabled_at = 1")
    with pytest.raises(UserNotFoundError):
        world.auth.current_user(user.user_id)
