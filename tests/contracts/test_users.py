"""What every store of users promises: in memory, in SQLite, in PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from jwt_auth_core.errors import EmailTakenError, InvalidInputError, InvalidValueError, UserNotFoundError
from jwt_auth_core.users.email import parse_email
from jwt_auth_core.users.memory import MemoryUsers
from jwt_auth_core.users.standing import PURGED_AT_ONCE, Standing
from jwt_auth_core.users.user import is_user_id
from jwt_auth_core.vocabulary import SessionId
from tests.contracts.people import NOBODY, NOW, new


def session(number: int) -> SessionId:
    """Return a session id."""
    return SessionId(f"{number:032x}")


def end(users, number: int, *, now: int = NOW, expires_at: int = NOW + 100, **facts) -> None:
    """End a session."""
    users.end_session(
        session(number), **{"user_id": None, "reason": "logout", **facts}, now=now, expires_at=expires_at
    )


def ended(users, *numbers: int) -> list[bool]:
    """Tell which sessions are ended."""
    return [s.session_ended for s in users.read([(NOBODY, session(n)) for n in numbers])]


def test_a_user_is_found_as_it_was_added(users):
    """The new user has an id in canonical form and all that it was given."""
    user = users.add(new("Ada@Example.com", scopes=frozenset({"b", "a:read"})))
    assert is_user_id(user.user_id)
    assert (user.email, user.first_name, user.last_name) == ("Ada@example.com", "Ada", "Lovelace")
    assert (user.scopes, user.disabled_at, user.sessions_valid_after) == ({"b", "a:read"}, None, None)
    assert users.find(user.user_id) == user
    assert users.find_settled(user.user_id) == user


def test_a_user_is_found_by_its_identity(users, ada):
    """Every spelling of an address with one identity finds the same user."""
    # ID-1
    assert users.find_by_email(parse_email("aDA@eXample.com").canonical) == ada
    assert users.find_by_email(parse_email("adb@example.com").canonical) is None


def test_an_identity_is_compared_byte_by_byte(users, ada):
    """A store does no matching of its own: only the canonical text finds the user."""
    # ID-1
    assert users.find_by_email(ada.email) is None
    assert users.find_by_email("ADA@EXAMPLE.COM") is None
    assert users.find_by_email("ada@example.co_") is None
    assert users.find_by_email("%") is None


@pytest.mark.parametrize("address", ["ada@example.com", "ADA@EXAMPLE.COM"])
def test_an_identity_is_taken_once(users, ada, address):
    """Another spelling of a taken address is taken too, and nothing of the new user is stored."""
    # ID-1
    with pytest.raises(EmailTakenError):
        users.add(new(address, first_name="Eve"))
    assert users.find_by_email("ada@example.com") == ada


def test_of_many_registrations_at_once_one_wins(users):
    """Fifty threads add one address: one user is stored, the others are told that it is taken."""
    # ID-2
    outcomes: list[str] = []

    def add() -> None:
        try:
            outcomes.append(users.add(new("ada@example.com")).user_id)
        except EmailTakenError:
            outcomes.append("taken")

    threads = [threading.Thread(target=add) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [outcome for outcome in outcomes if outcome != "taken"]
    assert len(outcomes) == 50
    assert users.find_by_email("ada@example.com").user_id == winner


@pytest.mark.parametrize(
    "user_id", [NOBODY, "42", "", "' OR 1=1 --", NOBODY.upper(), "{" + NOBODY + "}", "\0"]
)
def test_nobody_is_found_by_another_id(users, ada, user_id):
    """An id that is nobody's, whatever it looks like, finds nobody and changes nothing."""
    assert users.find(user_id) is None
    assert users.find_settled(user_id) is None
    assert users.read([(user_id, session(1))]) == [Standing(None, session_ended=False)]
    assert not users.replace_password_hash(user_id, expected_hash=ada.password_hash, new_hash="x")
    with pytest.raises(UserNotFoundError):
        users.disable(user_id, now=NOW)


@pytest.mark.parametrize("field", ["first_name", "last_name", "password_hash", "email"])
@pytest.mark.parametrize("text", ["'; DROP TABLE users; --", 'a"b', "\\'", "%s", "Zoë 漢字 😀", "\x1b[31m"])
def test_any_text_is_kept_as_it_is(users, field, text):
    """Each text field takes every text that a database can hold, and means nothing by it."""
    # SQL-1
    user = users.add(new("ada@example.com", **{field: text}))
    assert getattr(users.find(user.user_id), field) == text


def test_a_hash_is_replaced_once(users, ada):
    """The swap happens only while the hash is the expected one, so of two at once one wins."""
    assert users.replace_password_hash(ada.user_id, expected_hash="a hash", new_hash="better")
    assert not users.replace_password_hash(ada.user_id, expected_hash="a hash", new_hash="worse")
    assert users.find(ada.user_id).password_hash == "better"


def test_a_hash_is_in_no_repr(ada):
    """Neither record shows its password hash (LOG-4)."""
    # LOG-4
    assert "a hash" not in repr(ada) + repr(new("ada@example.com"))


def test_standings_come_in_order(users, ada):
    """Each pair gets its user and whether that session was ended; pairs may repeat, and be unknown."""
    end(users, 1)
    pairs = [
        (ada.user_id, session(2)),
        (NOBODY, session(1)),
        (ada.user_id, session(1)),
        (ada.user_id, session(2)),
    ]
    fine, over = Standing(ada, session_ended=False), Standing(ada, session_ended=True)
    assert users.read(pairs) == [fine, Standing(None, session_ended=True), over, fine]


def test_no_pairs_no_standings(users):
    """Nothing asked, nothing answered."""
    assert users.read([]) == []


def test_many_standings_at_once(users, ada):
    """A batch of hundreds is one question."""
    pairs = [(ada.user_id if n % 2 else NOBODY, session(n)) for n in range(500)]
    assert [standing.user is not None for standing in users.read(pairs)] == [bool(n % 2) for n in range(500)]


def test_ending_a_session_twice_is_ending_it_once(users, ada):
    """The record is kept, whoever ends the session how often (RF-12)."""
    # RF-12
    end(users, 1, user_id=ada.user_id)
    end(users, 1, reason="reuse", expires_at=NOW + 5)
    assert ended(users, 1, 2) == [True, False]
    end(users, 2, now=NOW + 50)  # past the second call's expiry, which changed nothing
    assert ended(users, 1) == [True]


def test_ended_sessions_are_forgotten_when_their_time_has_come(users):
    """A record is kept until the session would have ended by itself, and then a while longer at most."""
    end(users, 1, expires_at=NOW + 10)
    end(users, 2, now=NOW + 9)
    assert ended(users, 1) == [True]
    end(users, 3, now=NOW + 10, expires_at=NOW + 20)
    assert ended(users, 1, 2, 3) == [False, True, True]


def test_forgetting_is_bounded(users):
    """One call forgets a bounded number of records, so that none takes long."""
    for number in range(PURGED_AT_ONCE + 5):
        end(users, number, expires_at=NOW + 1)
    numbers = range(PURGED_AT_ONCE + 5)
    end(users, 999, now=NOW + 1)
    assert ended(users, *numbers).count(True) == 5
    end(users, 999, now=NOW + 1)
    assert ended(users, *numbers).count(True) == 0


def test_scopes_are_replaced(users, ada):
    """The new scopes are the only ones."""
    users.set_scopes(ada.user_id, ["topics:read", "admin", "admin"])
    assert users.find(ada.user_id).scopes == {"topics:read", "admin"}
    users.set_scopes(ada.user_id, ())
    assert users.find(ada.user_id).scopes == frozenset()


@pytest.mark.parametrize("scope", ["", "a b", "a\n", 'a"b', "a\\b", "é", "\0"])
def test_a_scope_has_no_spaces(users, ada, scope):
    """A text that would be two scopes, or none, is refused (RFC 6749 section 3.3)."""
    with pytest.raises(InvalidInputError, match="scopes"):
        users.set_scopes(ada.user_id, [scope])
    with pytest.raises(InvalidInputError, match="scopes"):
        users.add(new("eve@example.com", scopes=frozenset({scope})))


def test_a_user_is_disabled_and_enabled(users, ada):
    """The first time is kept; both may be repeated, and what began before each stays over."""
    assert users.disable(ada.user_id, now=NOW) == 1
    assert users.disable(ada.user_id, now=NOW + 5) == 2
    assert users.find(ada.user_id).disabled_at == NOW
    assert users.find_by_email("ada@example.com").disabled_at == NOW
    users.enable(ada.user_id)
    users.enable(ada.user_id)
    assert users.find(ada.user_id) == replace(ada, sessions_valid_after=NOW + 5, session_version=3)


def test_enabling_who_is_enabled_ends_nothing(users, ada):
    """An operator may say it once too often."""
    users.enable(ada.user_id)
    assert users.find(ada.user_id) == ada


def test_the_cut_off_never_moves_back(users, ada):
    """Once sessions before a time are over they stay over; each time has a number of its own (RF-11)."""
    # RF-11
    for number, (now, after) in enumerate([(NOW, NOW), (NOW + 5, NOW + 5), (NOW + 1, NOW + 5)], start=1):
        assert users.cut_off(ada.user_id, now=now) == number
        assert users.find(ada.user_id).sessions_valid_after == after
    (standing,) = users.read([(ada.user_id, session(1))])
    assert standing.user == users.find(ada.user_id) == users.find_by_email("ada@example.com")
    assert (standing.user.sessions_valid_after, standing.user.session_version) == (NOW + 5, 3)


def test_a_cut_off_that_expects_another_version_changes_nothing(users, ada):
    """Whoever was slower hears so."""
    # RF-11
    assert users.cut_off(ada.user_id, now=NOW, expected_version=0) == 1
    assert users.cut_off(ada.user_id, now=NOW + 9, expected_version=0) is None
    assert users.find(ada.user_id) == replace(ada, sessions_valid_after=NOW, session_version=1)


def test_of_many_cut_offs_at_once_one_acts(users, ada):
    """Ten threads that expect the same version: one moves it."""
    # RF-11
    with ThreadPoolExecutor(10) as threads:
        act = partial(users.cut_off, ada.user_id, now=NOW, expected_version=0)
        outcomes = [one.result() for one in [threads.submit(act) for _ in range(10)]]
    assert sorted(outcomes, key=str) == [1, *[None] * 9]
    assert users.find(ada.user_id).session_version == 1


def test_changes_touch_one_user(users, ada):
    """What is changed for one is changed for nobody else."""
    eve = users.add(new("eve@example.com"))
    users.set_scopes(eve.user_id, ["admin"])
    users.disable(eve.user_id, now=NOW)
    users.cut_off(eve.user_id, now=NOW)
    assert users.find(ada.user_id) == ada


@pytest.mark.parametrize("field", ["first_name", "last_name", "password_hash", "email", "canonical"])
@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_a_text_that_no_database_holds(users, field, text):
    """NUL and half a surrogate pair are refused with a clear error in every text field."""
    # SQL-3
    if isinstance(users, MemoryUsers):
        return  # a dictionary holds them
    with pytest.raises(InvalidValueError):
        users.add(new("ada@example.com", **{field: text}))


def test_whoever_ends_a_session_first_is_told(users):
    """The others learn that it was over already."""  # LOG-3
    words = {"user_id": None, "reason": "reuse", "now": NOW, "expires_at": NOW + 100}
    assert [users.end_session(session(1), **words) for _ in range(2)] == [True, False]
    assert users.end_session(session(2), **words)
