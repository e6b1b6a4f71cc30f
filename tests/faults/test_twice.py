"""A proxy that delivers every POST twice: what may be done twice is, whatever else is refused harmlessly."""

from __future__ import annotations

import re
import time
from typing import Any

import pyotp
import pytest

from tests.end_to_end.serving import until
from tests.end_to_end.site import Site
from tests.end_to_end.visitor import Visitor, at_once, bearer, cookie, problem

pytestmark = pytest.mark.servers

STEP_SECONDS = 30
NEW = "green heron seven walks"
MAIL = {"MAIL_URL": "memory:", "MAIL_FROM": "no-reply@example.com", "PUBLIC_URL": "https://app.example"}


@pytest.fixture
def site(site_on, redis_url, migrated_url) -> Site:
    """Return a site on real stores, whose letters stay in the process."""
    stores = {"REDIS_URL": redis_url, "DATABASE_URL": migrated_url}
    return site_on(**stores, **MAIL, ENCRYPTION_KEYS="a key that encrypts what is enrolled twice")


def twice(visitor: Visitor, path: str, **request: Any) -> list[int]:
    """Send a request twice at the same moment; return the statuses, the better one first."""
    found = at_once(lambda _: visitor.http.post(path, **request), range(2))
    return sorted(answer.status_code for answer in found)


@pytest.mark.fault("F-32", "register, login, refresh and logout, each delivered twice at once and once more")
def test_a_session_that_is_asked_for_twice(site):
    """One user, two sessions that both live, either child of a refresh goes on, and over is over."""
    # F-32, RF-02
    ada = site.visitor()
    names = {"first_name": "Ada", "last_name": "Lovelace"}
    assert twice(ada, "/auth/register", json={**ada.credentials, **names}) == [201, 409]
    assert problem(ada.register()) == (409, "email_taken")
    tabs = [site.visitor(), site.visitor()]
    assert {answer.status_code for answer in at_once(Visitor.login, tabs)} == {200}
    for tab in tabs:
        assert set(twice(tab, "/auth/refresh", headers=cookie(tab.token))) <= {200, 409}
        for _ in range(2):
            assert tab.refresh().status_code == 200
        assert twice(tab, "/auth/logout", headers=cookie(tab.token)) == [200, 200]
        assert tab.logout().status_code == 200
    assert site.happened("refresh_reused") == 0
    site.settle()


@pytest.mark.fault("F-32", "a password reset, delivered twice at once and once more", ended=1)
def test_a_reset_that_is_asked_for_twice(site):
    """The link works once: one answer is yes, and the new password is good."""
    # F-32, RST-1
    ada = site.member()
    assert twice(ada, "/auth/password/forgot", json={"email": ada.email}) == [202, 202]
    mailer: Any = site.auth.mail.mailer
    until(lambda: (site.auth.outbox.run(), mailer.sent)[1])
    token = re.search(r"#token=(\S+)", mailer.sent[-1].letter.text)[1]
    asked = {"token": token, "new_password": NEW}
    assert twice(ada, "/auth/password/reset", json=asked) == [200, 400]
    assert problem(ada.http.post("/auth/password/reset", json=asked)) == (400, "invalid_code")
    assert problem(ada.refresh())[0] == 401
    found = ada.http.post("/auth/login", json={"email": ada.email, "password": NEW})
    assert found.status_code == 200
    site.settle()


@pytest.mark.fault("F-32", "a login's second factor, delivered twice at once and once more")
def test_a_code_that_is_presented_twice(site):
    """A code of an app opens one session, whatever is delivered after it."""
    # F-32, OTP-1
    ada = site.member()
    made = ada.http.post("/auth/factors/totp", headers=bearer(ada.access)).json()
    app, now = pyotp.TOTP(made["secret"]), int(time.time())
    confirmation = {"code": app.at(now)}
    confirmed = ada.http.post("/auth/factors/totp/confirm", json=confirmation, headers=bearer(ada.access))
    codes = confirmed.json()["recovery_codes"]
    for proof in ({"totp": app.at(now + STEP_SECONDS)}, {"recovery_code": codes[0]}):
        first, again = challenge(ada), challenge(ada)
        step = {"challenge": first, **proof}
        statuses = twice(ada, "/auth/login/second-factor", json=step)
        assert (statuses[0], statuses[1] >= 400) == (200, True)
        for token in (first, again):
            assert ada.http.post(
                "/auth/login/second-factor", json={**step, "challenge": token}
            ).is_client_error
    site.settle()


def challenge(visitor: Visitor) -> str:
    """Return the challenge of a login with the right password."""
    answer = visitor.login()
    assert problem(answer) == (401, "second_factor_required")
    found: str = answer.json()["challenge"]
    return found
