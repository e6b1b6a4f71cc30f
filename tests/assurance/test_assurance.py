"""How sure it is who somebody is, and what is asked for where that is not enough."""

from __future__ import annotations

import pytest

from jwt_auth_core.assurance import AHEAD_SECONDS, NOTHING, Requirement, level_of

NOW = 1_800_000_000
FRESH = {"auth_time": NOW - 5, "amr": {"pwd"}, "acr": "aal1"}


def asked(requirement, **proof):
    """Return what a requirement asks of a caller, None where it is content."""
    error = requirement.check(**(FRESH | proof), now=NOW)
    return None if error is None else (error.max_age, error.acr_values, error.amr)


@pytest.mark.parametrize(
    ("methods", "level"),
    [
        ((), None),
        (("pwd",), "aal1"),
        (("otp",), "aal1"),
        (("recovery",), "aal1"),
        (("hwk",), "aal1"),
        (("pwd", "user"), "aal1"),
        (("pwd", "otp", "mfa"), "aal2"),
        (("hwk", "user"), "aal2"),
        (("swk", "user"), "aal2"),
    ],
)
def test_the_level_follows_from_the_methods(methods, level):
    """Two factors, or a passkey that verified its user, are level two; nothing is no level."""
    assert level_of(methods) == level


@pytest.mark.parametrize(
    ("age", "is_enough"),
    [(0, True), (300, True), (301, False), (-AHEAD_SECONDS, True), (-AHEAD_SECONDS - 1, False)],
)
def test_a_login_is_recent_until_it_is_older(age, is_enough):
    """To the second; one from further in the future than clocks disagree is as old as can be."""
    assert (asked(Requirement(max_age=300), auth_time=NOW - age) is None) is is_enough


def test_a_login_of_which_nobody_knows_when_is_as_old_as_can_be():
    """Tokens of before do not say."""
    assert asked(Requirement(max_age=10**9), auth_time=None) == (10**9, None, ())


@pytest.mark.parametrize(
    ("needed", "held", "is_enough"),
    [
        ("aal1", "aal1", True),
        ("aal1", "aal2", True),
        ("aal2", "aal2", True),
        ("aal2", "aal1", False),
        ("aal1", None, False),
        ("aal1", "phr", False),
        ("phr", "aal2", False),
        ("phr", "phr", True),
    ],
)
def test_level_two_covers_level_one(needed, held, is_enough):
    """Any other level is itself alone, such as those of another issuer."""
    assert (asked(Requirement(acr=needed), acr=held) is None) is is_enough


def test_every_method_is_needed():
    """Those that are missing are named."""
    needed = Requirement(amr=frozenset({"pwd", "otp", "mfa"}))
    assert asked(needed, amr={"otp", "pwd"}) == (None, "aal2", ("mfa",))
    assert asked(needed, amr={"otp", "pwd", "mfa", "user"}) is None


@pytest.mark.parametrize(
    ("needed", "proof", "answer"),
    [
        ({"max_age": 9, "acr": "aal2"}, {"acr": "aal2", "auth_time": 0}, (9, "aal2", ())),
        ({"max_age": 9, "acr": "aal2"}, {}, (9, "aal2", ())),
        ({"max_age": 9, "amr": {"otp"}}, {}, (9, "aal2", ("otp",))),
        ({"max_age": 9, "amr": {"pwd"}}, {"auth_time": 0}, (9, None, ())),
        ({"acr": "aal1", "amr": {"otp"}}, {}, (None, "aal2", ("otp",))),
        ({"acr": "phr", "amr": {"otp"}}, {"acr": "phr"}, (None, "phr", ("otp",))),
    ],
)
def test_the_answer_names_all_that_the_next_login_has_to_be(needed, proof, answer):
    """Also what this one was: the next would lose it."""
    assert asked(Requirement(**needed), **proof) == answer


def test_it_is_said_in_a_sentence():
    """For the problem document and for people."""
    error = Requirement(300, frozenset({"otp"}), "aal2").check(**FRESH, now=NOW)
    assert str(error) == "a login is needed that is at most 300 seconds old and by otp and of level aal2"
    assert error.code == "insufficient_user_authentication"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"max_age": 0}, ValueError),
        ({"max_age": 1.5}, TypeError),
        ({"max_age": True}, TypeError),
        ({"amr": "otp"}, TypeError),
        ({"amr": {""}}, ValueError),
        ({"amr": {"a b"}}, ValueError),
        ({"acr": ""}, ValueError),
        ({"acr": 'a"b'}, ValueError),
    ],
)
def test_what_cannot_be_asked_is_refused_when_it_is_written(wrong, error):
    """A guard that nobody could pass, or everybody, is a mistake of the one who wrote it."""
    with pytest.raises(error):
        Requirement(**wrong)


def test_nothing_is_asked_by_default():
    """Whoever calls is let in, and there is nothing to show."""
    assert asked(NOTHING) is None
    assert not NOTHING
    assert (str(NOTHING), str(Requirement(300, frozenset({"otp", "pwd"}), "aal2"))) == (
        "",
        "max_age=300, amr=otp pwd, acr=aal2",
    )
