"""Erasure: 30 days after a deletion nothing names the user, and everything else is as it was."""

from __future__ import annotations

import pytest
import redis

from jwt_auth_core.audit import trail
from jwt_auth_core.errors import InvalidCredentialsError, UserNotFoundError
from jwt_auth_core.events import RoleGranted, UserDeleted
from jwt_auth_core.flows.account.erase_users import AGAIN_SECONDS, AT_ONCE, SOON_SECONDS, Eraser
from jwt_auth_core.flows.api_keys.create_api_key import ApiKeyRequest
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.users.deletion import GRACE_SECONDS, LATE_SECONDS, ErasureRefusedError, SqlDeletions
from tests import dumps
from tests.flows.conftest import PASSWORD, World
from tests.flows.deleted import HERE, MAILED, delete, later
from tests.flows.parts import between, down, is_over


@pytest.fixture
def variables():
    """Return a configuration with mail and seals."""
    return MAILED


@pytest.fixture
def ada(world):
    """Return what Ada's login granted."""
    world.register()
    return world.login()


def everything(world: World):
    """Return all that is kept, whatever it is: rows, the users' too, and what Redis has."""
    users = [str(row) for row in world.auth.database.query("SELECT * FROM users", fetch="all")]
    url = world.settings.redis_url
    return [*users, *dumps.rows(world.auth.database), *(dumps.keys(url.reveal()) if url else ())]


def naming(world: World, *texts: str):
    """Return what names one of the texts, but for the feed of minutes and the note of a day."""
    passing = ("auth_revocations: ", "auth_erasures: ", "revocations", "jwt-auth")
    return [
        one for one in everything(world) if any(text in one for text in texts) and not one.startswith(passing)
    ]


def test_nothing_names_the_user_afterwards(world):
    """Neither its id nor its addresses, of mail and of the network, nor its browser, whatever it did."""
    user = world.register()
    world.auth.login(LoginAttempt.parse({"email": "ada@example.com", "password": PASSWORD}), HERE)
    grant = world.login()
    claims = world.auth.claims_of(grant.access_token)
    world.auth.api_keys.create(user.user_id, ApiKeyRequest("of Ada", None, None), HERE, claims=claims)
    world.auth.mail.ask("verify", user.email, HERE, language="en")
    world.auth.logout(world.login().refresh_token.reveal(), HERE)
    with pytest.raises(InvalidCredentialsError):
        world.login(password="a wrong pass phrase")
    texts = user.user_id, "ada@example.com", "198.51.100.77", "browser of Ada"
    assert naming(world, *texts)
    delete(world, world.login())
    assert later(world) == 1
    assert [one for one in naming(world, *texts) if not one.startswith("auth_outbox: ")] == []


def test_others_keep_what_is_theirs(world, ada):
    """And the address is free for somebody new."""
    eve = world.register("eve@example.com")
    grant = world.login("eve@example.com")
    delete(world, ada)
    later(world)
    assert world.auth.end_user.find("eve@example.com").user_id == eve.user_id
    assert world.login("eve@example.com").user.user_id == grant.user.user_id
    assert "user_registered" in [row.name for row in world.auth.audit.rows() if row.user_id == eve.user_id]
    assert world.register().user_id != ada.user.user_id


def test_the_audit_has_a_pseudonym_and_stays_whole(world, ada):
    """All that the user did is told of one and the same; seals of before and after are good."""
    world.auth.audit.seal()
    delete(world, ada)
    heard = []
    world.auth.on(UserDeleted)(heard.append)
    later(world)
    world.auth.audit.seal()
    rows = {row.name: row for row in world.auth.audit.rows()}
    (pseudonym,) = {row.user_id for row in rows.values()}
    assert pseudonym.startswith("erased-")
    assert {"user_registered", "login_succeeded", "deletion_scheduled", "user_deleted", "user_erased"} == set(
        rows
    )
    assert [event.user_id for event in heard] == [ada.user.user_id]
    report = world.auth.audit.verify()
    assert (report.findings, report.erased) == ((), 2)


def test_what_was_written_meanwhile_is_found_a_day_later(world, ada):
    """By its id, under the same pseudonym; then nobody knows whose that was."""
    delete(world, ada)
    later(world)
    world.auth.end_user.parts.journal(UserDeleted(at=world.now, user_id=ada.user.user_id, client=HERE))
    assert later(world, LATE_SECONDS - 1) == 0
    assert naming(world, ada.user.user_id)
    later(world, 1)
    assert naming(world, ada.user.user_id) == []
    assert not any(ada.user.user_id in row for row in dumps.rows(world.auth.database))
    assert len({row.user_id for row in world.auth.audit.rows()}) == 1


def test_an_operator_erases_at_once(world, ada):
    """Sessions end, and the user is gone, once."""
    world.auth.erase_users.at_once(ada.user)
    assert is_over(world.auth, ada)
    assert [one for one in naming(world, ada.user.user_id) if "outbox" not in one] == []
    with pytest.raises(UserNotFoundError):
        world.auth.erase_users.at_once(ada.user)


def test_of_two_who_erase_at_once_one_does(world, ada, monkeypatch):
    """The other finds nobody, and says so to an operator."""
    between(monkeypatch, SqlDeletions, "claim", lambda: world.auth.erase_users.at_once(ada.user))
    with pytest.raises(UserNotFoundError):
        world.auth.erase_users.at_once(ada.user)
    assert world.names().count("user_deleted") == 1


def test_a_user_to_whom_others_refer_is_tried_again_later(world, ada, caplog):
    """The log says what is in the way; others who are due do not wait for it."""
    eve = world.register("eve@example.com")
    kind = "UUID" if world.auth.database.dialect == "postgres" else "TEXT"
    world.auth.database.query(f"CREATE TABLE posts (author {kind} REFERENCES users (user_id))")
    world.auth.database.query("INSERT INTO posts VALUES (%s)", (ada.user.user_id,))
    delete(world, ada)
    delete(world, world.login("eve@example.com"))
    assert later(world) == 1
    assert f"user {ada.user.user_id} cannot be erased" in caplog.text
    assert world.stores.users.find(eve.user_id) is None
    with pytest.raises(InvalidCredentialsError):  # its time is over all the same
        world.login()
    world.auth.database.query("DELETE FROM posts")
    assert later(world, AGAIN_SECONDS - 1) == 0
    assert later(world, 1) == 1
    world.auth.database.query("DROP TABLE posts")


def test_redis_that_is_down_puts_it_off(world, ada, monkeypatch, caplog):
    """Nothing is half done, others do not wait for it, and minutes later it is done."""
    delete(world, ada)
    with monkeypatch.context() as patch:
        patch.setattr(type(world.stores.sessions), "forget", down("sessions"))
        assert later(world) == 0
    assert "is erased later" in caplog.text
    assert world.auth.end_user.find("ada@example.com")
    assert later(world, SOON_SECONDS) == 1


def test_a_process_that_serves_erases(world, ada, monkeypatch, caplog):
    """It looks now and then; a store that is down is named once in the log, until it is back."""
    delete(world, ada)
    world.now += GRACE_SECONDS
    eraser = Eraser(world.auth.erase_users)
    with monkeypatch.context() as patch:
        patch.setattr(SqlDeletions, "due", down("database"))
        assert (eraser._step(), eraser._step()) == (None, None)
    assert caplog.text.count("nobody was erased") == 1
    assert eraser._step() is None
    with pytest.raises(UserNotFoundError):
        world.auth.end_user.find("ada@example.com")


def test_many_are_erased_one_step_after_the_other(world, monkeypatch):
    """A step that was full is followed by the next at once."""
    eraser = Eraser(world.auth.erase_users)
    monkeypatch.setattr(type(world.auth.erase_users), "__call__", lambda _self: AT_ONCE)
    assert eraser._step() == 0.0
    eraser.start()
    eraser.close()


def test_redis_keeps_no_tombstone(world, ada):
    """What was ended long before goes with the rest."""
    url = world.settings.redis_url
    world.auth.logout(ada.refresh_token.reveal(), HERE)
    delete(world, world.login())
    later(world)
    if url is not None:
        with redis.Redis.from_url(url.reveal()) as client:
            assert list(client.scan_iter("refresh:*")) == []


def test_an_operator_is_told_what_refers_to_a_user(world, ada):
    """And that the account is shut until then."""
    kind = "UUID" if world.auth.database.dialect == "postgres" else "TEXT"
    world.auth.database.query(f"CREATE TABLE posts (author {kind} REFERENCES users (user_id))")
    world.auth.database.query("INSERT INTO posts VALUES (%s)", (ada.user.user_id,))
    with pytest.raises(ErasureRefusedError, match="ON DELETE CASCADE"):
        world.auth.erase_users.at_once(ada.user)
    assert is_over(world.auth, ada)
    world.auth.database.query("DROP TABLE posts")
    assert later(world, 0) == 1


def test_what_an_admin_did_to_others_names_a_pseudonym(world, ada, monkeypatch):
    """Nor from where; the row of the other one stays theirs, and the audit stays whole."""
    eve = world.register("eve@example.com")
    told = RoleGranted(at=world.now, user_id=eve.user_id, client=HERE, role=f"made by {ada.user.user_id}")
    world.auth.end_user.parts.journal(told)
    world.auth.audit.seal()
    monkeypatch.setattr(trail, "LOOKED_THROUGH", 2)
    world.auth.erase_users.at_once(ada.user)
    (row,) = [one for one in world.auth.audit.rows() if one.name == "role_granted"]
    assert (row.user_id, row.address) == (eve.user_id, None)
    assert "made by erased-" in row.facts
    assert world.auth.audit.verify().findings == ()


def test_rows_that_were_pruned_meanwhile_are_none(world, ada):
    """They were found before the transaction, and are gone in it."""
    world.auth.audit.erase(ada.user.user_id, "erased-1", told=[10_000])
    assert {row.user_id for row in world.auth.audit.rows()} == {"erased-1"}


def test_a_letter_to_an_address_that_was_never_shown_to_be_ones_own_goes_too(world, ada):
    """And what somebody else is written there stays."""
    queue = world.auth.mail.queue
    queue("email_confirm", ada.user.user_id, language="en", address="eve@example.com")
    eve = world.register("eve@example.com")
    kept = queue("password_changed", eve.user_id, language="en", address="eve@example.com")
    world.auth.erase_users.at_once(ada.user)
    letters = world.auth.outbox.store.entries(kind="letter")
    assert [entry.message.id for entry in letters] == [kept]
