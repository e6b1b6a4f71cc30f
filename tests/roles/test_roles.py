"""Roles: defined, granted and taken away; what they grant is in the next token."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_core.errors import InvalidInputError, UserNotFoundError
from jwt_auth_core.events import RoleDefined, RoleGranted, RoleRevoked
from jwt_auth_core.roles import Role, RoleNotFoundError
from jwt_auth_core.vocabulary import Client
from tests.contracts.people import NOBODY
from tests.flows.parts import process


def claims_of(world, grant):
    """Return what the access token of a grant says."""
    return world.auth.tokens.verify(grant.access_token)


@pytest.fixture
def ada(world):
    """Return a registered user in a world that has two roles."""
    world.auth.roles.define("editor", {"posts:*", "media:read"})
    world.auth.roles.define("author", {"posts:write", "media:read"})
    return world.register()


def test_a_role_s_scopes_are_in_the_token(world, ada):
    """With the next login, and its name in the claim of roles."""
    assert world.auth.roles.grant(ada.user_id, "editor")
    claims = claims_of(world, world.login())
    assert (claims.scopes, claims.roles) == ({"posts:*", "media:read"}, {"editor"})
    assert claims.allows("posts:publish")


def test_a_refresh_looks_them_up_anew(world, ada):
    """Granted, defined otherwise: the next token of an open session knows."""
    session = world.login()
    world.auth.roles.grant(ada.user_id, "editor")
    world.auth.roles.grant(ada.user_id, "author")
    refreshed = world.refresh(session.refresh_token)
    assert claims_of(world, refreshed).scopes == {"posts:*", "posts:write", "media:read"}
    world.auth.roles.define("editor", {"media:write"})
    claims = claims_of(world, world.refresh(refreshed.refresh_token))
    assert (claims.scopes, claims.roles) == (
        {"media:write", "posts:write", "media:read"},
        {"editor", "author"},
    )


def test_scopes_of_one_s_own_stay_one_s_own(world, ada):
    """What a user was granted itself is told apart, and is not lost with a role that grants it too."""
    world.auth.end_user.set_scopes(ada.user_id, {"media:read"})
    world.auth.roles.grant(ada.user_id, "editor")
    user = world.auth.end_user.find("ada@example.com")
    assert (user.own_scopes, user.scopes) == ({"media:read"}, {"media:read", "posts:*"})
    world.auth.roles.revoke(ada.user_id, "editor")
    assert world.auth.current_user(ada.user_id).scopes == {"media:read"}


def test_a_role_without_scopes_is_a_name(world, ada):
    """It stands in the token all the same."""
    world.auth.roles.define("guest", ())
    world.auth.roles.grant(ada.user_id, "guest")
    claims = claims_of(world, world.login())
    assert (claims.scopes, claims.roles) == (frozenset(), {"guest"})


@pytest.mark.usefixtures("ada")
def test_one_text_is_no_scopes_of_a_role(world):
    """The star of ``posts:*`` is not taken for a scope of its own, which would grant everything."""
    with pytest.raises(TypeError, match="scopes is a collection of texts, not one text"):
        world.auth.roles.define("editor", "posts:*")
    assert [role.text for role in world.auth.roles.list()] == ["media:read posts:write", "media:read posts:*"]


@pytest.mark.usefixtures("ada")
def test_the_roles_are_listed_by_name(world):
    """With what each grants now."""
    assert world.auth.roles.define("author", {"posts:write"}) == Role("author", frozenset({"posts:write"}))
    assert [(role.name, role.text) for role in world.auth.roles.list()] == [
        ("author", "posts:write"),
        ("editor", "media:read posts:*"),
    ]


def test_each_change_is_an_event_and_each_repetition_none(world, ada):
    """In the audit, with the role's name; what changed nothing did not happen."""
    world.events.clear()
    for _ in range(2):
        world.auth.roles.define("editor", {"posts:*"})
        world.auth.roles.grant(ada.user_id, "editor")
    for _ in range(2):
        world.auth.roles.revoke(ada.user_id, "editor")
    defined, granted, revoked = world.events
    assert defined == RoleDefined(at=world.now, role="editor", scopes=("posts:*",))
    assert granted == RoleGranted(at=world.now, user_id=ada.user_id, role="editor")
    assert revoked == RoleRevoked(at=world.now, user_id=ada.user_id, role="editor")
    row = world.stores.database.query("SELECT facts FROM auth_audit WHERE name = 'role_revoked'", fetch="one")
    assert row["facts"] == '{"role":"editor"}'


def test_a_change_that_cannot_be_audited_is_none(world, ada):
    """Role and audit are of one transaction."""
    world.stores.database.query("ALTER TABLE auth_audit RENAME TO gone")
    with pytest.raises(Exception, match="auth_audit"):
        world.auth.roles.grant(ada.user_id, "editor")
    world.stores.database.query("ALTER TABLE gone RENAME TO auth_audit")
    assert world.auth.current_user(ada.user_id).roles == frozenset()


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("user_id", [NOBODY, "42"])
def test_nobody_has_a_role(world, user_id):
    """An unknown user is told."""
    for change in (world.auth.roles.grant, world.auth.roles.revoke):
        with pytest.raises(UserNotFoundError):
            change(user_id, "editor")


def test_a_role_that_nobody_defined_is_told(world, ada):
    """So that a slip of the pen grants nothing, and takes nothing away in silence."""
    for change in (world.auth.roles.grant, world.auth.roles.revoke):
        with pytest.raises(RoleNotFoundError, match="no role 'editr'"):
            change(ada.user_id, "editr")


@pytest.mark.parametrize("name", ["", "two words", "-x", "r" * 65, 'a"b', "é"])
def test_a_role_s_name_is_a_word(world, name):
    """It stands in tokens and on command lines."""
    with pytest.raises(InvalidInputError, match="role"):
        world.auth.roles.define(name, ())


@pytest.mark.parametrize("scopes", [{"a b"}, {"s" * 1001}], ids=["two", "long"])
def test_a_role_s_scopes_are_scopes(world, scopes):
    """Words as everywhere, and not too long together."""
    with pytest.raises(InvalidInputError, match="scopes"):
        world.auth.roles.define("editor", scopes)


def test_the_roles_of_a_user_fit_into_a_token(world, ada):
    """Whoever would make them too long is refused: by a grant, or by what a role is given."""
    for name in ("one", "two", "three"):
        world.auth.roles.define(name, {name[0] * 900})
    world.auth.roles.grant(ada.user_id, "one")
    world.auth.roles.grant(ada.user_id, "two")
    with pytest.raises(InvalidInputError, match="over 2000 characters"):
        world.auth.roles.grant(ada.user_id, "three")
    world.auth.roles.define("three", ())
    world.auth.roles.grant(ada.user_id, "three")
    with pytest.raises(InvalidInputError, match="a user that has 'three'"):
        world.auth.roles.define("three", {"3" * 900})
    assert len(claims_of(world, world.login()).roles) == 3


def test_the_scopes_of_a_user_fit_into_a_token(world, ada):
    """A login that could issue no token would lock its user out."""
    with pytest.raises(InvalidInputError, match="at most 2000 characters"):
        world.auth.end_user.set_scopes(ada.user_id, {"s" * 2001})
    world.auth.end_user.set_scopes(ada.user_id, {"s" * 2000})
    world.auth.roles.define("one", {"o" * 950})
    world.auth.roles.define("two", {"t" * 950})
    for name in ("one", "two"):
        world.auth.roles.grant(ada.user_id, name)
    assert claims_of(world, world.login()).roles == {"one", "two"}


def test_of_many_grants_at_once_none_is_too_many(world, ada):
    """Ten threads, ten roles of which two fit: two are granted."""
    for number in range(10):
        world.auth.roles.define(f"role{number}", {str(number) * 900})
    refused: list[str] = []

    def go(number: int) -> None:
        try:
            world.auth.roles.grant(ada.user_id, f"role{number}")
        except InvalidInputError as error:
            refused.append(error.errors[0].code)

    threads = [threading.Thread(target=go, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["too_many_roles"] * 8
    assert len(world.auth.current_user(ada.user_id).roles) == 2


def test_another_process_sees_them(world, ada):
    """Defined and granted in one, in the tokens of the other."""
    with process(world) as other:
        other.roles.define("helper", {"help:read"})
        other.roles.grant(ada.user_id, "helper")
        assert claims_of(world, world.login()).roles == {"helper"}
        assert [role.name for role in world.auth.roles.list()] == ["author", "editor", "helper"]


def test_a_user_that_is_deleted_takes_its_roles_along(world, ada):
    """No row is left."""
    world.auth.roles.grant(ada.user_id, "editor")
    world.auth.end_user.delete(ada.user_id)
    assert not world.stores.database.query("SELECT 1 FROM auth_user_roles")


def test_nothing_more_is_asked_for_them(world, ada, monkeypatch):
    """A login and a refresh of a user with roles make as many statements as those of one without."""
    counts: list[int] = []
    for _ in range(2):
        session = world.login()
        counts.append(
            statements(world, monkeypatch, lambda s=session: (world.login(), world.refresh(s.refresh_token)))
        )
        world.auth.roles.grant(ada.user_id, "editor")
    assert counts[0] == counts[1] > 0


def statements(world, monkeypatch, act):
    """Return how many statements the database is asked for meanwhile."""
    seen: list[str] = []
    kind = type(world.stores.database)

    def counted(original):
        def call(self, statement, *arguments):
            seen.append(statement.text)
            return original(self, statement, *arguments)

        return call

    with monkeypatch.context() as patch:
        for name in ("run", "answer", "running"):
            patch.setattr(kind, name, counted(getattr(kind, name)))
        act()
    return len(seen)


def test_a_user_whom_another_application_wrote_may_have_a_role(world):
    """It gets its account by that, where nobody adopted it yet."""
    world.auth.roles.define("editor", {"posts:*"})
    world.register()
    db = world.stores.database
    db.query("DELETE FROM auth_accounts")
    row = db.query("SELECT user_id FROM users", fetch="one")
    world.auth.roles.grant(row["user_id"], "editor")
    assert claims_of(world, world.login()).roles == {"editor"}
    assert world.auth.register(world.auth.register.parse({**NEW}), Client()).roles == frozenset()


NEW = {
    "email": "eve@example.com",
    "password": "a long enough pass phrase",
    "first_name": "E",
    "last_name": "V",
}
