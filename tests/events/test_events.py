"""Events: typed records with names that stay."""

import json
import re
from dataclasses import FrozenInstanceError, fields

import pytest

from jwt_auth_core import events
from jwt_auth_core.events import Event, EventName, LoggedIn, LoginFailed
from tests.house.sources import files

NAMES = """
    api_key_created api_key_revoked client_added client_removed client_secret_rotated
    deletion_scheduled deletion_undone user_erased
    email_change_asked email_change_undone email_changed email_verified password_reset
    identity_linked identity_removed impersonation_began impersonation_ended
    logged_out logged_out_everywhere login_failed login_succeeded password_change_failed password_changed
    account_exported passkey_added passkey_removed
    password_reopened password_stopped policy_refused profile_changed rate_limited
    factor_added factor_removed factors_reset recovery_code_used recovery_codes_renewed
    reauthenticated reauthentication_failed
    refresh_refused refresh_resync refresh_reused refresh_succeeded role_defined
    role_granted role_revoked scopes_changed second_factor_failed session_ended session_revoked
    token_exchanged token_revoked user_deleted user_disabled user_enabled user_registered
    users_exported users_imported
"""
KINDS = [kind for kind in vars(events).values() if isinstance(kind, type) and Event in kind.__mro__[1:]]


def test_no_event_changes_its_name():
    """Whoever reads a log or keeps records finds the same words in every version."""
    assert sorted(EventName) == sorted(NAMES.split())
    assert json.dumps(EventName.LOGGED_OUT) == '"logged_out"'


def test_every_name_is_one_type():
    """A name has a class, a class has a name of its own."""
    assert sorted(kind.name for kind in KINDS) == sorted(EventName)


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_names_the_same_things(kind):
    """Whoever subscribes to all of them finds the same fields in each."""
    assert [field.name for field in fields(kind)][:5] == ["at", "user_id", "session", "client", "reason"]
    assert kind.outcome == (
        "failure" if kind.name.endswith(("failed", "limited", "refused", "reused")) else "success"
    )


def test_every_event_happens():
    """A name that nothing reports would be waited for in vain."""
    code = "".join(path.read_text("utf-8") for path in files("jwt_auth_core/audit", "jwt_auth_core/flows"))
    made = set(re.findall(r"\b[A-Z]\w+", code.replace("import", "")))
    assert {kind.__name__ for kind in KINDS} - made == set()


def test_an_event_does_not_change():
    """Several subscribers receive one and the same record."""
    event = LoggedIn(at=1)
    with pytest.raises(FrozenInstanceError):
        event.at = 2
    assert event == LoggedIn(at=1) != LoginFailed(at=1)
