"""The story of a user who has a second factor: words that are good once."""

from __future__ import annotations

from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.vocabulary import Client
from tests.factors.words import Words, enrol, with_words
from tests.flows.conftest import PASSWORD

HERE = Client(limit_key="192.0.2.1")


class Story:
    """Ada, who has words for second factors."""

    def __init__(self, world):
        self.world, self.words, self.ada = world, Words(), world.register()
        self.auth = with_words(world.auth, self.words)
        enrol(self.auth, self.ada.user_id)

    def begin(self, **more):
        """Log in with the password."""
        return self.auth.login(
            LoginAttempt.parse({"email": self.ada.email, "password": PASSWORD, **more}), HERE
        )

    def finish(self, challenge, word="blue", **more):
        """Go on with a word."""
        fields = {"challenge": challenge.token.reveal(), "word": word, **more}
        complete = self.auth.factors.complete_login
        return complete(complete.parse(fields), HERE)
