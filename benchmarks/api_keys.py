"""What a warm API key costs a request, beside an access token of the same user.

    python -m benchmarks.api_keys            # microseconds added to a request, medians of rounds
    python -m benchmarks.api_keys --check    # exits with 1 when a warm key adds more than 5

An `Auth` on embedded stores, driven without a server as in `benchmarks.middleware`: what is added to an
empty application, in processor time, of 50 keys that take turns and of as many access tokens. Warm: asked
for within the last second, as keys in use are; what another thread asks the store in between counts, too.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
from collections.abc import Sequence
from functools import partial

from benchmarks.measuring import interleaved, show, target
from benchmarks.middleware import App, drive, empty, scopes_of
from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core import Auth, Settings
from jwt_auth_core.vocabulary import Client

SECRET = "a secret for measuring, of forty-odd bytes length"
BUSY = 50  # as many keys as a user may have
MOST_MICROSECONDS = 5.0
FIELDS = {
    "email": "ada@example.com",
    "password": "correct tidal lantern",
    "first_name": "Ada",
    "last_name": "Lovelace",
}


def credentials(auth: Auth) -> tuple[list[str], list[str]]:
    """Return keys of a user, and access tokens."""
    register, create = auth.register, auth.api_keys.create
    ada = register(register.parse(FIELDS), Client(), scopes=frozenset({"reports:*"}))
    asked = create.parse({"name": "build"})
    keys = [create(ada.user_id, asked, Client()).key.reveal() for _ in range(BUSY)]
    tokens = [auth.tokens.issue(subject=ada.user_id, scopes={"reports:*"}) for _ in range(BUSY)]
    return keys, tokens


def added(app: App, texts: Sequence[str], requests: int) -> float:
    """Return what the middleware adds to a request with a credential that is warm."""
    many = (list(texts) * (requests // len(texts) + 1))[:requests]

    async def measured() -> float:
        await drive(app, scopes_of(texts))
        whole = await drive(app, scopes_of(many))
        return whole - await drive(empty, scopes_of(many))

    return asyncio.run(measured())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=2000, help="requests a round")
    parser.add_argument("--check", action="store_true", help="exit with 1 when the bound is exceeded")
    options = parser.parse_args()
    auth = Auth.from_settings(Settings.from_env({"JWT_KEY": SECRET, "DATABASE_URL": "sqlite://"}))
    keys, tokens = credentials(auth)
    app = BearerMiddleware(empty, auth)
    cases = {
        "API key": partial(added, app, keys, options.requests),
        "access token": partial(added, app, tokens, options.requests),
    }
    figures = {
        name: statistics.median(each) for name, each in interleaved(cases, rounds=options.rounds).items()
    }
    auth.close()
    rows = [{"credential, warm": name, "added us": round(figure, 2)} for name, figure in figures.items()]
    show("API keys", rows, title="Added to a request by a warm credential")
    is_within = target("S4", "us added by a warm API key", figures["API key"], at_most=MOST_MICROSECONDS)
    return 1 if options.check and not is_within else 0


if __name__ == "__main__":
    sys.exit(main())
