"""Policies: a named function of caller and resource, whose refusals are written down under its name."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

import pytest

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.events import PolicyRefused
from jwt_auth_core.policies import Lately, lately
from jwt_auth_core.policies.refusal import PolicyRefusedError
from tests.flows.parts import down


@dataclass
class Post:
    """A resource."""

    author: str


@pytest.fixture
def edit(world):
    """Return a policy."""

    @world.auth.policy("posts.edit")
    def edit_post(caller, post):
        """Authors edit their own posts.

        And nobody else's.
        """
        return post.author == caller.subject

    return edit_post


@pytest.fixture
def caller(world):
    """Return the claims of a user who logged in."""
    world.register()
    claims = world.auth.tokens.verify(world.login().access_token)
    world.events.clear()
    return claims


def test_a_policy_decides(edit, caller):
    """By caller and resource; to ask leaves no trace."""
    assert edit.allows(caller, Post(caller.subject))
    assert not edit.allows(caller, Post("another"))


def test_a_refusal_has_the_name(edit, caller):
    """The error says which policy it was."""
    edit.check(caller, Post(caller.subject))
    with pytest.raises(PolicyRefusedError, match=r"refused by the policy 'posts\.edit'") as refused:
        edit.check(caller, Post("another"))
    assert (refused.value.policy, refused.value.code) == ("posts.edit", "policy_refused")


def test_a_refusal_is_audited(world, edit, caller):
    """Who, when, and by which policy; once a minute, however often they try."""
    for _ in range(3):
        with pytest.raises(PolicyRefusedError):
            edit.check(caller, Post("another"))
    (event,) = world.events
    assert isinstance(event, PolicyRefused)
    assert (event.user_id, event.policy, event.outcome) == (caller.subject, "posts.edit", "failure")
    assert event.session is not None
    world.now += 60
    with pytest.raises(PolicyRefusedError):
        edit.check(caller, Post("another"))
    rows = world.stores.database.query(
        "SELECT facts FROM auth_audit WHERE name = 'policy_refused'", fetch="all"
    )
    assert [row["facts"] for row in rows] == ['{"policy":"posts.edit"}'] * 2


def test_of_another_issuer_s_user_the_audit_names_nobody(world, edit, caller):
    """Its subject is no user here, whatever it looks like."""
    foreign = world.auth.tokens.verify(world.auth.tokens.issue(subject=caller.subject))
    object.__setattr__(foreign, "issuer", "https://id.example.com")
    with pytest.raises(PolicyRefusedError):
        edit.check(foreign, Post("another"))
    (event,) = world.events
    assert (event.user_id, event.session) == (None, None)


def test_a_token_without_a_session_names_none(world, edit, caller):
    """One of the application's own making."""
    own = world.auth.tokens.verify(world.auth.tokens.issue(subject=caller.subject))
    with pytest.raises(PolicyRefusedError):
        edit.check(own, Post("another"))
    (event,) = world.events
    assert (event.user_id, event.session) == (caller.subject, None)


def test_what_cannot_be_written_down_is_refused_all_the_same(world, edit, caller, monkeypatch, caplog):
    """A database that is down opens nothing."""
    monkeypatch.setattr(type(world.auth.audit), "append", down("database"))
    edit.parts.lately.is_news(("x", None, "y"), now=0)
    with caplog.at_level(logging.WARNING), monkeypatch.context() as broken:
        broken.setattr(type(edit.parts.journal), "__call__", down("database"))
        with pytest.raises(PolicyRefusedError):
            edit.check(caller, Post("another"))
    assert "'posts.edit' was not written down" in caplog.text


def test_a_policy_explains_itself(world, edit, caller):
    """By the first sentence of its docstring, where it has one."""
    said = edit.explain(caller, Post("another"))
    assert said == f"'posts.edit' refuses '{caller.subject}' this Post: Authors edit their own posts."
    anything = world.auth.policy("anything")(lambda _caller, _resource: True)
    assert anything.explain(caller, 7) == f"'anything' allows '{caller.subject}' this int"


def test_a_policy_is_called_as_its_function(world):
    """Where nobody gave it another name."""

    @world.auth.policy()
    def publish(_caller, _post):
        return True

    assert publish.name == "publish"


def test_only_true_lets_in(world, caller):
    """A rule that forgets to return, or returns what is merely no falsehood, is a mistake that shows."""
    for number, answer in enumerate((None, 1, "yes", Post("a"))):
        policy = world.auth.policy(f"p{number}")(lambda _caller, _resource, answer=answer: answer)
        with pytest.raises(TypeError, match="neither True nor False"):
            policy.check(caller, 7)


async def test_a_rule_that_must_be_awaited_is_no_yes(world, caller):
    """Whoever forgets to is told how; a coroutine is truthy."""

    @world.auth.policy()
    async def later(_caller, _resource):
        return True

    with pytest.raises(TypeError, match="must be awaited: await authorize"):
        later.check(caller, 7)
    future = asyncio.get_running_loop().create_future()
    with pytest.raises(TypeError, match="must be awaited"):
        later.verdict(future)


def test_an_error_of_the_rule_is_no_yes(world, caller):
    """It comes out as it is."""

    @world.auth.policy()
    def broken(_caller, _resource):
        raise StoreUnavailableError("database")

    with pytest.raises(StoreUnavailableError):
        broken.check(caller, 7)


def test_a_name_is_given_once(world, edit):
    """Two policies of one name could not be told apart in the audit."""
    with pytest.raises(ValueError, match=r"there is a policy 'posts\.edit' already"):
        world.auth.policy(edit.name)(edit.rule)
    with pytest.raises(ValueError, match="up to 64 letters"):
        world.auth.policy()(lambda _caller, _resource: True)
    with pytest.raises(TypeError, match="with its parentheses"):
        world.auth.policy(edit.rule)


def test_what_is_remembered_is_bounded(monkeypatch):
    """Too many callers are forgotten, and may be noted once more, as those of a clock that goes back."""
    monkeypatch.setattr(lately, "MOST", 2)
    noted = Lately()
    keys = [("p", None, str(number)) for number in range(3)]
    assert [noted.is_news(key, now=100) for key in (*keys[:2], keys[0], keys[2], keys[0])] == [
        True,
        True,
        False,
        True,
        True,
    ]
    assert noted.is_news(keys[2], now=99)
