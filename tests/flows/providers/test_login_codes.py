"""A login code, by which an application opens the session that a browser signed in for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.one_time.proof import InvalidCodeError
from jwt_auth_core.vocabulary import Client

CLIENT = Client("203.0.113.9", None, limit_key="203.0.113.9")


def test_an_application_has_a_code(world, browser):
    """Good once, for a minute, and with what it alone knows; its session is opened by that."""
    verifier = browser.begin_application()
    code = browser.code()
    attempt = world.auth.identities.sign_in.parse({"code": code.reveal(), "verifier": verifier})
    assert isinstance(world.auth.identities.sign_in.by_code(attempt, CLIENT), Grant)
    with pytest.raises(InvalidCodeError):
        world.auth.identities.sign_in.by_code(attempt, CLIENT)
    if world.settings.redis_url is None:  # whose clock nobody holds
        late = replace(attempt, code=browser.code())
        world.now += 61
        with pytest.raises(InvalidCodeError):
            world.auth.identities.sign_in.by_code(late, CLIENT)


@pytest.mark.parametrize("verifier", ["another verifier of forty-three characters!", "v" * 43, "short", ""])
def test_a_code_is_good_with_its_verifier_alone(world, browser, verifier):
    """Whoever saw the address of the browser has the code, and not that."""
    browser.begin_application()
    attempt = world.auth.identities.sign_in.parse({"code": browser.code().reveal(), "verifier": verifier})
    with pytest.raises(InvalidCodeError):
        world.auth.identities.sign_in.by_code(attempt, CLIENT)


def test_a_code_opens_what_the_identity_does_then(world, browser):
    """Nothing, where it was taken off or the user disabled."""
    verifier = browser.begin_application()
    sign_in = world.auth.identities.sign_in
    code = browser.code()
    user = world.auth.end_user.find("ada@example.com")
    world.auth.end_user.disable(user.user_id)
    with pytest.raises(InvalidCodeError):
        sign_in.by_code(sign_in.parse({"code": code.reveal(), "verifier": verifier}), CLIENT)
    world.auth.end_user.enable(user.user_id)
    browser.begin_application()
    code = browser.code()
    world.auth.identities.remove.all(user.user_id)
    with pytest.raises(InvalidCodeError):
        sign_in.by_code(sign_in.parse({"code": code.reveal(), "verifier": verifier}), CLIENT)
    with pytest.raises(InvalidCodeError):
        sign_in.by_code(sign_in.parse({"code": "login_code.", "verifier": verifier}), CLIENT)
