"""What every store of users promises, continued: changed passwords, deleted users."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from jwt_auth_core.errors import UserNotFoundError
from tests.contracts.people import NOBODY, NOW, new


def change(users, user_id, **other):
    """Change the password of a user whom nobody changed before."""
    values = {"expected_hash": "a hash", "new_hash": "another", "expected_version": 0, "now": NOW, **other}
    return users.change_password(user_id, **values)


def test_a_password_is_changed_with_its_cut_off(users, ada):
    """Hash and cut-off change together, nothing else does."""
    # PW-10
    assert change(users, ada.user_id)
    expected = replace(ada, password_hash="another", sessions_valid_after=NOW, session_version=1)
    assert users.find(ada.user_id) == expected


def test_a_password_that_changed_meanwhile_is_left_alone(users, ada):
    """Without the expected hash neither of the two changes."""
    # PW-10
    assert not change(users, ada.user_id, expected_hash="old")
    assert users.find(ada.user_id) == ada


def test_a_user_whose_sessions_were_ended_meanwhile_is_left_alone(users, ada):
    """Without the expected version neither of the two changes: the new session's number is another's."""
    # PW-10
    users.cut_off(ada.user_id, now=NOW)
    ended = users.find(ada.user_id)
    assert not change(users, ada.user_id)
    assert users.find(ada.user_id) == ended


def test_a_changed_password_never_moves_the_cut_off_back(users, ada):
    """A later cut-off stays."""
    users.cut_off(ada.user_id, now=NOW + 5)
    assert change(users, ada.user_id, expected_version=1)
    assert users.find(ada.user_id).sessions_valid_after == NOW + 5


@pytest.mark.parametrize("user_id", [NOBODY, "42"])
def test_nobody_has_a_password_to_change(users, user_id):
    """An unknown user has no expected hash."""
    assert not change(users, user_id)


def test_of_many_changes_at_once_one_wins(users, ada):
    """Ten threads that know the same hash: one changes it."""
    # PW-10
    outcomes: list[bool] = []

    def go(number: int) -> None:
        outcomes.append(change(users, ada.user_id, new_hash=f"hash {number}"))

    threads = [threading.Thread(target=go, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 9 + [True]


def test_a_user_is_deleted(users, ada):
    """With everything that is kept of it; its address is free again."""
    eve = users.add(new("eve@example.com"))
    users.delete(ada.user_id)
    assert users.find(ada.user_id) is None
    assert users.find_by_email("ada@example.com") is None
    assert users.find(eve.user_id) == eve
    assert users.add(new("ada@example.com")).user_id != ada.user_id


@pytest.mark.parametrize("user_id", [NOBODY, "42"])
def test_nobody_is_deleted(users, ada, user_id):
    """An unknown id is told."""
    with pytest.raises(UserNotFoundError):
        users.delete(user_id)
    assert users.find(ada.user_id) == ada


def test_nobody_s_sessions_cannot_be_ended(users):
    """A cut-off is for a user who is there."""
    with pytest.raises(UserNotFoundError):
        users.cut_off(NOBODY, now=NOW)


def test_tokens_are_cut_off_alone(users, ada):
    """The number of tokens moves on, that of sessions stays; the moment never moves back."""
    users.cut_off_tokens(ada.user_id, now=NOW + 5)
    users.cut_off_tokens(ada.user_id, now=NOW)
    assert users.find(ada.user_id) == replace(ada, token_version=2, tokens_valid_after=NOW + 5)


@pytest.mark.parametrize("user_id", [NOBODY, "42"])
def test_nobody_has_tokens_or_an_account(users, user_id):
    """An unknown id is told."""
    with pytest.raises(UserNotFoundError):
        users.adopt(user_id)
    with pytest.raises(UserNotFoundError):
        users.cut_off_tokens(user_id, now=NOW)


def test_scopes_of_one_s_own_are_replaced(users, ada):
    """Without roles they are all there are."""
    users.set_scopes(ada.user_id, {"a", "b"})
    assert users.find(ada.user_id) == replace(ada, scopes=frozenset("ab"), own_scopes=frozenset("ab"))
