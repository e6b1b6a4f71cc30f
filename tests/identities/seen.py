"""A provider as settings make it, and a browser that comes back from it."""

from __future__ import annotations

from jwt_auth_core.assemble.providers import providers
from jwt_auth_core.identities.provider import (
    Answer,
    Question,
)
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret
from tests.identities.issuer import variables_of

KEY = "a key that only the tests of the providers know"
NOW = 1_800_000_000
QUESTION = Question(
    state="oauth_state.of-this-browser",
    nonce="n-0S6_WzA2Mj",
    verifier=Secret("dBjftJeZ4CVP-mBxVWqQnWJgUGHSlTH6LGtIWZqMxyz"),
    redirect_uri="https://app.example/auth/oauth/acme/callback",
)


class Clock:
    """Seconds, as the test has them."""

    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


def seen(issuer, clock=None, name="acme", **more):
    """Return a provider as settings make it."""
    variables = {"JWT_KEY": KEY, **variables_of(issuer, name), **more}
    made = providers(Settings.from_env(variables), clock=lambda: NOW)[name]
    if clock is not None:
        made._clock = clock
    return made


def sent(issuer, provider, question=QUESTION):
    """Return what a browser comes back with whose user agreed."""
    back = issuer.authorize(provider.url(question))
    return Answer(code=Secret(back["code"]), issuer=back.get("iss"))
