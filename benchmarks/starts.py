"""What starting costs: from the process's start to the first verified token (S16).

    python -m benchmarks.starts            # 15 rounds

Milliseconds of processor time of a new interpreter, less those of one that does nothing. Rows "without" have
the optional accelerators hidden: who verifies few tokens does not need them.
"""

from __future__ import annotations

import argparse
import compileall
import os
import tempfile
from functools import partial

from benchmarks.footprint import BARE, PACKAGES, over_bare, start
from benchmarks.measuring import interleaved, show, target

KEY = "k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g"
PLAIN = "import sys; sys.modules.update(dict.fromkeys(('msgspec', 'hiredis', 'nacl')))"
TOKEN = f"""
from jwt_auth_core import AccessTokens, KeyRing
tokens = AccessTokens(KeyRing.from_secret({KEY!r}))
token = tokens.issue(subject="42")
tokens.verify(token)
"""
REQUEST = """
from jwt_auth_asgi import BearerMiddleware
async def app(scope, receive, send): pass
request = {"type": "http", "path": "/", "headers": [(b"authorization", b"Bearer " + token.encode())]}
try: BearerMiddleware(app, tokens)(request, None, None).send(None)
except StopIteration: pass
"""
APP = f"""
from jwt_auth_asgi import create_app
from jwt_auth_core import Auth
create_app(Auth.from_env({{"JWT_KEY": {KEY!r}}}))
"""
PYJWT = f"""
import jwt
token = jwt.encode({{"sub": "42", "exp": 4_000_000_000, "iat": 1}}, {KEY!r}, "HS256")
jwt.decode(token, {KEY!r}, ["HS256"])
"""
STARLETTE = """
from starlette.authentication import AuthenticationBackend
from starlette.middleware.authentication import AuthenticationMiddleware
"""
STARTS = {
    BARE: "pass",
    "core": TOKEN,
    "core, without": PLAIN + TOKEN,
    "PyJWT": PYJWT,
    "middleware": TOKEN + REQUEST,
    "middleware, without": PLAIN + TOKEN + REQUEST,
    "Starlette's middleware with PyJWT": PYJWT + STARLETTE,
    "asyncio alone": "import asyncio",
    "auth app": APP,
    "auth app, without": PLAIN + APP,
    "import starlette.applications": "import starlette.applications",
    "what the auth app stands on": "import starlette.applications, sqlite3, argon2, msgspec",
    "what it stands on, without": "import starlette.applications, sqlite3, argon2",
}
BOUNDS = (  # of what, at most
    ("core", "PyJWT", 0.35),
    ("middleware", "Starlette's middleware with PyJWT", 0.6),
    ("auth app", "import starlette.applications", 1.6),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    for package in PACKAGES:  # as pip leaves it; where nobody writes bytecode, each start would compile
        compileall.compile_dir(package, quiet=1)
    with tempfile.TemporaryDirectory() as folder:  # where the embedded file would be
        os.environ["PYTHONPATH"] = os.getcwd()  # noqa: PTH109 - ours may be installed, and need not be
        os.chdir(folder)
        cases = {name: partial(start, words) for name, words in STARTS.items()}
        found = interleaved(cases, rounds=options.rounds)
        os.chdir("/")
    bare, over = over_bare(found)
    rows = [{"start": name, "ms over bare Python": round(figure, 1)} for name, figure in over.items()]
    show("S16", rows, title=f"To the first verified token; bare Python {bare:.1f} ms")
    for ours, peer, most in BOUNDS:
        for name in (ours, f"{ours}, without"):
            target("S16", f"start: {name}, of {peer}", over[name] / over[peer], at_most=most)


if __name__ == "__main__":
    main()
