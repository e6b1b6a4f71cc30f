"""What the tests of authenticator apps share: a user with one, whose clock the test holds."""

from __future__ import annotations

import pyotp

from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.vocabulary import Client
from tests.flows.conftest import PASSWORD

HERE = Client(limit_key="192.0.2.1")
KEYS = "the newest key that encrypts and seals, the older one that did so before"
NEWEST, OLDER = KEYS.split(", ")


class AppStory:
    """Ada, and what she does about her second factors; ``auth`` is that of a process."""

    def __init__(self, world, email="ada@example.com"):
        self.world, self.auth, self.email = world, world.auth, email
        self.ada = world.register(email)
        self.claims = self.claims_of(self.begin())

    def claims_of(self, grant):
        """Return what the access token of a grant says."""
        return self.auth.claims_of(grant.access_token)

    def begin(self, **more):
        """Log in with the password."""
        fields = {"email": self.email, "password": PASSWORD, **more}
        return self.auth.login(LoginAttempt.parse(fields), HERE)

    def go_on(self, challenge, **answer):
        """Show the second factor."""
        assert isinstance(challenge, Challenge)
        complete = self.auth.factors.complete_login
        return complete(complete.parse({"challenge": challenge.token.reveal(), **answer}), HERE)

    def log_in(self, app):
        """Do both, by a new code of an app; its claims are the current ones from now on."""
        self.world.now += 60
        grant = self.go_on(self.begin(), totp=self.code(app))
        self.claims = self.claims_of(grant)
        return grant

    def code(self, app, step=0):
        """Return what an app shows, so many steps from now."""
        return pyotp.TOTP(app.secret.reveal()).at(self.world.now, counter_offset=step)

    def enrol(self, **fields):
        """Set an app up, not confirmed yet."""
        enrol = self.auth.factors.enrol_totp
        return enrol(self.ada.user_id, enrol.parse(fields), self.claims)

    def confirm(self, code):
        """Confirm the app that waits."""
        confirm = self.auth.factors.confirm_totp
        return confirm(self.ada.user_id, confirm.parse({"code": code}), HERE, self.claims)

    def enrolled(self):
        """Return an app that counts, and the recovery codes."""
        app = self.enrol(name="phone")
        return app, self.confirm(self.code(app))

    @property
    def listed(self):
        """What is listed."""
        return self.auth.factors.list(self.ada.user_id)
