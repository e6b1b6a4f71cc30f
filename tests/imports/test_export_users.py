"""Exporting, what is told of both, and what an import remembers."""

from __future__ import annotations

from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.events import UsersExported, UsersImported
from jwt_auth_core.flows.imports import import_users
from jwt_auth_core.imports.seen import Seen
from jwt_auth_core.vocabulary import Secret
from tests.imports.conftest import HASH, TOTP, of


def test_seen_knows_what_was_there():
    """However many that are."""
    seen = Seen()
    assert [seen.add(str(number)) for number in range(3000)] == [True] * 3000
    assert [seen.add(str(number)) for number in range(3000)] == [False] * 3000


def test_a_field_error_is_said_in_one_line():
    """Each with its field."""
    error = InvalidInputError([FieldError("a", "b", "must be c"), FieldError("d", "e", "must be f")])
    assert import_users.reason(error) == "a: must be c; d: must be f"


def test_an_export_is_read_back(world, monkeypatch):
    """With hashes, roles and secrets where that is asked for; page by page."""
    monkeypatch.setattr("jwt_auth_core.users.bulk.PAGE", 2)
    world.auth.roles.define("editor", {"posts:*"})
    first = of(1, password_hash=HASH, totp_secrets=(Secret(TOTP),), roles=frozenset({"e"}), is_verified=True)
    world.bring([first, of(2), of(3)], roles={"e": "editor"})
    whole = list(world.auth.imports.export(frozenset({"hashes", "factors"})))
    (one,) = [user for user in whole if user.email == "user1@example.com"]
    assert (len(whole), one.password_hash, one.is_verified) == (3, HASH, True)
    assert ([secret.reveal() for secret in one.totp_secrets], one.roles) == ([TOTP], {"editor"})
    bare = list(world.auth.imports.export())
    assert {(user.password_hash, user.totp_secrets) for user in bare} == {(None, ())}


def test_a_batch_is_one_event(world):
    """With its number of users and where they came from; none for a batch in which nobody is new."""  # LOG-3
    told = []
    world.auth.on(UsersImported, UsersExported)(told.append)
    world.bring([of(1), of(2)], source="django")
    world.bring([of(1), of(2)])
    list(world.auth.imports.export(frozenset({"hashes"})))
    assert [(one.name, getattr(one, "count", None)) for one in told] == [
        ("users_imported", 2),
        ("users_exported", None),
    ]
    assert (told[0].source, told[1].contents) == ("django", ("hashes",))
