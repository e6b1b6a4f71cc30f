"""The export: all that is kept of a user, and nothing that opens anything."""

import json

import pytest

from jwt_auth_core.assurance import InsufficientAuthenticationError
from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.flows.account.kept import EXPORTED, HIDDEN, LEFT_OUT
from jwt_auth_core.vocabulary import Client
from tests.flows.conftest import PASSWORD

_TABLES = {
    "sqlite": """
        SELECT m.name AS place, c.name AS column_name
        FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'
    """,
    "postgres": """
        SELECT table_name AS place, column_name FROM information_schema.columns
        WHERE table_schema = current_schema()
    """,
}


def columns(world):
    """Return the columns of each table that names a user."""
    found = {}
    for place, column in world.auth.database.query(_TABLES[world.auth.database.dialect], fetch="all"):
        found.setdefault(place, set()).add(column)
    return {place: names for place, names in found.items() if "user_id" in names}


def export(world, grant):
    """Export the account of a grant."""
    claims = world.auth.claims_of(grant.access_token)
    return world.auth.export_account(grant.user.user_id, Client(address="198.51.100.7"), claims)


@pytest.fixture
def ada(world):
    """Return what Ada's login granted, who may read topics."""
    world.register()
    world.auth.roles.define("reader", {"topics:read"})
    world.auth.roles.grant(world.login().user.user_id, "reader")
    return world.login()


def test_every_table_of_a_user_is_exported_or_left_out_for_a_reason(world):
    """Who adds one decides which."""
    assert set(columns(world)) == set(EXPORTED) | set(LEFT_OUT)
    assert not set(EXPORTED) & set(LEFT_OUT)


def test_every_column_is_exported_or_hidden(world):
    """Who adds one to an exported table decides which."""
    for place, names in columns(world).items():
        if place in EXPORTED:
            shown, hidden = selected(EXPORTED[place]), HIDDEN.get(place, frozenset())
            assert names - {"user_id"} - hidden <= shown, place
            assert not hidden & shown, place


def selected(sql):
    """Return the columns that a statement names."""
    return {one.strip() for one in sql.partition("SELECT")[2].partition("FROM")[0].split(",")}


def test_an_export_has_the_account(world, ada):
    """The profile, the roles, where somebody is logged in, and what happened, as JSON."""
    kept = json.loads(json.dumps(export(world, ada)))
    (user,), (account,) = kept["users"], kept["auth_accounts"]
    assert (user["email"], account["email_canonical"]) == ("ada@example.com", "ada@example.com")
    assert kept["auth_user_roles"] == [{"role": "reader"}]
    assert [one["session_id"] for one in kept["sessions"]][-1] == ada.session_id
    assert kept["sessions"][-1]["created_at"] == "2027-01-15T08:00:00Z"


def test_the_export_is_the_newest_event(world, ada):
    """With where it was asked from, and its time as a text."""
    newest, *others = export(world, ada)["auth_audit"]
    assert (newest["name"], newest["address"]) == ("account_exported", "198.51.100.7")
    assert newest["at"] == "2027-01-15T08:00:00Z"
    assert "user_registered" in [one["name"] for one in others]


def test_facts_are_objects(world, ada):
    """What an event says more is no text in a text."""
    named = {one["name"]: one["facts"] for one in export(world, ada)["auth_audit"]}
    assert named["role_granted"]["role"] == "reader"


def test_nothing_of_others_is_in_it(world, ada):
    """Whoever else has an account."""
    world.register("eve@example.com")
    eve = world.login("eve@example.com")
    text = json.dumps(export(world, ada))
    assert "eve@" not in text
    assert eve.user.user_id not in text


def test_nothing_opens_anything(world, ada):
    """No hash, no digest, no token: with everything that the database has of the user."""
    text = json.dumps(export(world, ada))
    assert ada.user.password_hash not in text
    assert ada.refresh_token.reveal() not in text
    assert PASSWORD not in text


def test_it_asks_for_a_fresh_login(world, ada):
    """Who found a browser open has a session, and no more."""
    world.now += world.settings.fresh_login_seconds + 1
    with pytest.raises(InsufficientAuthenticationError):
        world.auth.export_account(ada.user.user_id, Client(), None)
    with pytest.raises(InsufficientAuthenticationError):
        export(world, world.refresh(ada.refresh_token))


def test_who_is_gone_has_no_export(world, ada):
    """A token outlives its account by a second."""
    claims = world.auth.claims_of(ada.access_token)
    world.auth.end_user.delete(ada.user.user_id)
    with pytest.raises(UserNotFoundError):
        world.auth.export_account(ada.user.user_id, Client(), claims)
