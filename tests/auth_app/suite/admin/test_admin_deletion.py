"""A user that an admin deletes: signed out at once, erased 30 days later, unless somebody takes it back."""

from __future__ import annotations

from jwt_auth_core.users.deletion import GRACE_SECONDS
from tests.auth_app.suite.admin.people import ADDRESS, USERS, bearer, by_admin, log_in
from tests.auth_app.suite.client import problem

DUE = "2027-02-14T08:00:00Z"


def test_a_deleted_user_is_out_at_once(ada, world, admin, mine, eve):
    """Its token is refused; the event names the admin."""
    theirs = bearer(log_in(ada))
    answer = ada.send("DELETE", f"{USERS}/{eve}", headers=mine)
    assert (answer.status_code, answer.json()) == (202, {"status": "deletion scheduled", "deletion_at": DUE})
    assert ada.get("/auth/me", headers=theirs).status_code == 401
    assert ada.get(f"{USERS}/{eve}", headers=mine).json()["deletion_at"] == DUE
    assert by_admin(world, "deletion_scheduled") == [(admin, eve, ADDRESS)]


def test_asked_for_again_the_time_stays(ada, world, mine, eve):
    """And nobody is told a second time."""
    ada.send("DELETE", f"{USERS}/{eve}", headers=mine)
    world.now += 60
    assert ada.send("DELETE", f"{USERS}/{eve}", headers=mine).json()["deletion_at"] == DUE
    assert len(by_admin(world, "deletion_scheduled")) == 1


def test_an_admin_takes_it_back(ada, world, admin, mine, eve):
    """The account is as before, and signed out; of what is no deletion there is nothing to take back."""
    ada.send("DELETE", f"{USERS}/{eve}", headers=mine)
    for changed in (True, False):
        answer = ada.post(f"{USERS}/{eve}/keep", headers=mine)
        assert answer.json() == {"status": "deletion undone", "changed": changed}
    assert by_admin(world, "deletion_undone") == [(admin, eve, ADDRESS)]
    assert log_in(ada).status_code == 200


def test_a_login_takes_it_back_unless_the_user_is_disabled(ada, world, mine, eve):
    """As after a deletion of her own."""
    ada.send("DELETE", f"{USERS}/{eve}", headers=mine)
    ada.post(f"{USERS}/{eve}/disable", headers=mine)
    assert log_in(ada).status_code == 401
    ada.post(f"{USERS}/{eve}/enable", headers=mine)
    assert log_in(ada).status_code == 200
    assert world.auth.end_user.find("eve@example.com").deletion_at is None


def test_in_the_end_the_user_is_gone(ada, world, mine, eve):
    """By the step that erases those who deleted themselves."""
    ada.send("DELETE", f"{USERS}/{eve}", headers=mine)
    world.now += GRACE_SECONDS
    world.auth.erase_users()
    fresh = bearer(ada.login())
    assert problem(ada.get(f"{USERS}/{eve}", headers=fresh)) == (404, "account_not_found")
    assert mine != fresh


def test_an_admin_does_not_delete_itself(ada, admin, mine):
    """That is what its own page is for; nor the last one, whoever asks."""
    assert problem(ada.send("DELETE", f"{USERS}/{admin}", headers=mine)) == (409, "own_account")


def test_who_is_not_there_is_not_deleted(ada, mine):
    """404 for an id that is nobody's."""
    answer = ada.send("DELETE", f"{USERS}/00000000-0000-4000-8000-000000000000", headers=mine)
    assert problem(answer) == (404, "account_not_found")
