"""Which of our files a request goes through. ``python -m tests.house.walks`` writes ``docs/walks.md``.

A real application answers real requests, and a profiler notes the file of every function of ours that is
entered. Everything was asked for once before, so that what is done only the first time does not count.
"""

from __future__ import annotations

import ast
import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from jwt_auth_asgi import BearerMiddleware, create_app
from jwt_auth_core import Auth, Client, Secret, Settings
from tests.cheap import cheap_passwords
from tests.house.sources import PACKAGES, ROOT, tree

PAGE = ROOT / "docs" / "walks.md"
ADA = {"email": "ada@example.com", "password": "correct tidal lantern", "first_name": "Ada", "last_name": "L"}
QUIET_SECONDS = (
    0.2  # for a thread that the machine has no time for; what is steady in the background is slower
)
WRITTEN_ONCE = "jwt_auth_core/records/"  # at the first use of a record, and in no later walk
KEY = "a key that only the walks through the code know"

TO_READ = {  # what a newcomer has to read to understand each walk; the rest serves it
    "login": (
        "jwt_auth_asgi/features/sessions/routes.py",
        "jwt_auth_asgi/features/service.py",
        "jwt_auth_core/flows/sessions/login.py",
        "jwt_auth_core/flows/sessions/open_session.py",
        "jwt_auth_core/passwords/hasher.py",
        "jwt_auth_core/sessions/session.py",
    ),
    "new token": (
        "jwt_auth_asgi/bearer.py",
        "jwt_auth_asgi/identity/verification.py",
        "jwt_auth_core/tokens/verifier.py",
        "jwt_auth_core/tokens/rules.py",
        "jwt_auth_core/revocations/revocations.py",
    ),
    "known token": (
        "jwt_auth_asgi/bearer.py",
        "jwt_auth_core/tokens/verifier.py",
        "jwt_auth_core/revocations/revocations.py",
    ),
}

HEAD = """# Two walks through the code

Which files answer a request, in the order in which they are first entered, and what each is, by its own
first sentence. What is bold is enough to understand the walk; the rest serves it. An application on
Starlette behind the middleware, on the embedded database, answers while a profiler notes every function of
ours that is entered: `python -m tests.house.walks` writes this page, and a test compares it with the code.
"""


@dataclass
class Walk:
    """The files that each kind of thread entered, in order."""

    threads: dict[str, dict[str, None]] = field(default_factory=dict)

    @property
    def files(self) -> set[str]:
        """All of them."""
        return {path for paths in self.threads.values() for path in paths}


class Tracer:
    """Notes the files of ours that are entered while it listens, in the loop's thread and in workers."""

    def __init__(self) -> None:
        self.walk: Walk | None = None
        self._noted_at = 0.0
        sys.setprofile(self._note)
        threading.setprofile(self._note)

    @contextmanager
    def walking(self) -> Iterator[Walk]:
        """Listen."""
        self.walk = walk = Walk()
        yield walk
        self.walk = None

    async def settle(self) -> None:
        """Wait until no worker is busy with the walk before: its threads go on after the answer."""
        for _ in range(100):  # what is steady in the background must not keep us
            if time.monotonic() - self._noted_at > QUIET_SECONDS:
                break
            await asyncio.sleep(QUIET_SECONDS / 10)

    def _note(self, frame: FrameType, event: str, _argument: Any) -> None:
        walk, code = self.walk, frame.f_code
        if threading.current_thread() is not threading.main_thread():
            self._noted_at = time.monotonic()
        if walk is None or event != "call" or code.co_name == "<module>":
            return
        path = code.co_filename.removeprefix(f"{ROOT}/")
        name = threading.current_thread().name
        where = name.split("-")[2] if name.startswith(("jwt-auth-hash-", "jwt-auth-store-")) else name
        if (
            path.startswith(PACKAGES)
            and not path.startswith(WRITTEN_ONCE)
            and where in {"MainThread", "hash", "store"}
        ):
            walk.threads.setdefault(where, {})[path] = None


async def _whoami(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.user.identity)


def _application(auth: Auth) -> BearerMiddleware:
    routes = [Mount("/auth", create_app(auth)), Route("/whoami", _whoami)]
    return BearerMiddleware(Starlette(routes=routes), auth)


async def _walks(auth: Auth, tracer: Tracer) -> dict[str, Walk]:
    walks: dict[str, Walk] = {}
    transport = httpx.ASGITransport(app=_application(auth))
    async with httpx.AsyncClient(transport=transport, base_url="https://app.example") as client:
        login = {name: ADA[name] for name in ("email", "password")}
        for _ in range(2):  # the second counts
            with tracer.walking() as walks["login"]:
                answer = await client.post("/auth/login", json=login)
            bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
            client.cookies.clear()  # every time the first login of a browser
            for name in ("new token", "known token"):
                await tracer.settle()
                with tracer.walking() as walks[name]:
                    assert (await client.get("/whoami", headers=bearer)).status_code == 200
    return walks


def walked() -> dict[str, Walk]:
    """Return the walks of a login and of two requests with its token."""
    tracer = Tracer()
    settings = Settings(jwt_key=Secret(KEY), database_url=Secret("sqlite://"))
    auth = Auth.from_settings(settings, passwords=cheap_passwords())
    auth.register(auth.register.parse(ADA), Client())
    try:
        return asyncio.run(_walks(auth, tracer))
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        auth.close()


TITLES = {
    "login": "`POST /auth/login`",
    "new token": "A request with a token that is new to this process",
    "known token": "A request with a token that was seen before",
}
THREADS = {
    "MainThread": "On the event loop",
    "hash": "In a thread that hashes",
    "store": "In a thread that asks the stores",
}


def page(walks: dict[str, Walk]) -> str:
    """Return the text of ``docs/walks.md``."""
    return "\n".join([HEAD, *(_section(name, walk) for name, walk in walks.items())])


def _section(name: str, walk: Walk) -> str:
    to_read = TO_READ[name]
    lines = [
        f"## {TITLES[name]}",
        "",
        f"{len(walk.files)} files are entered; {len(to_read)} to understand it.",
    ]
    for thread, paths in walk.threads.items():
        rows = [_row(path, is_bold=path in to_read) for path in paths]
        lines += ["", f"{THREADS[thread]}:", "", "| file | |", "| --- | --- |", *rows]
    return "\n".join([*lines, ""])


def _row(path: str, *, is_bold: bool) -> str:
    said = (ast.get_docstring(tree(ROOT / path)) or "").splitlines()[0].replace("``", "`").replace("|", "\\|")
    return f"| {f'**`{path}`**' if is_bold else f'`{path}`'} | {said} |"


if __name__ == "__main__":
    show: Callable[[str], Any] = print if "--show" in sys.argv else PAGE.write_text
    show(page(walked()))
