"""No log holds a secret: every run of the suite, whatever it tests, also tests this (LOG-1).

Each `Secret` longer than eleven characters and each access token and password hash made in the
run is remembered. Whatever any logger says during a test, at DEBUG and with its traceback, is
kept, and the test fails in which a record contains one of them. The ``taint`` fixture remembers
further secrets and checks further texts (a server's output, a dump of a store).
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import logging
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jwt_auth_core.vocabulary import Secret

SHORTEST = 12  # characters; a shorter secret may stand in a log by chance
VARIETY = 6  # different characters; "aaaaaaaaaaaa" is a test's filling, not a secret
MAKERS = (  # methods that return a secret as plain text
    ("jwt_auth_core.tokens.access", "AccessTokens", "issue"),
    ("jwt_auth_core.passwords.hasher", "Passwords", "hash"),
)
# The tests' own end of a wire.
CLIENTS = ("httpcore", "httpx", "hpack", "urllib3", "websockets.client", "authlib", "requests_oauthlib")

ANSWERED = (f"python-httpx/{httpx.__version__}", "198.51.100.7")
"""The name and the address of the tests' own client, which lists of sessions have."""

_FORMAT = logging.Formatter("%(name)s %(levelname)s %(message)s")


class Taint:
    """Remembers secrets and log records; tells which record holds a secret."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()
        self.texts: set[str] = set()
        self._by_head: dict[str, list[str]] = {}

    def __call__(self, secret: object) -> None:
        """Remember a text, bytes or Secret, where it is long and various enough to be recognised."""
        text = secret.reveal() if isinstance(secret, Secret) else secret
        text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        if isinstance(text, str) and len(text) >= SHORTEST and len(set(text)) >= VARIETY:
            if text not in self.secrets:
                self._by_head.setdefault(text[:SHORTEST], []).append(text)
            self.secrets.add(text)

    def keep(self, record: logging.LogRecord) -> None:
        """Keep what a logger says."""
        if not record.name.startswith(CLIENTS):
            self.texts.add(_FORMAT.format(record))

    def leaks(self, *texts: str) -> list[str]:
        """Return every text that contains a secret: of those given, else of the log."""
        whole = "\0".join(texts or self.texts)
        found = [secret for secret in self._perhaps_in(whole) if secret in whole]
        found = [secret for secret in found if secret not in _our_words()]
        return [text for text in texts or sorted(self.texts) if any(secret in text for secret in found)]

    def _perhaps_in(self, text: str) -> Iterator[str]:
        """Yield each secret whose beginning stands in a text: few of the many thousands of a whole run."""
        pieces = {text[place : place + SHORTEST] for place in range(len(text) - SHORTEST + 1)}
        for head in pieces & self._by_head.keys():
            yield from self._by_head[head]

    def check(self) -> None:
        """Fail where the log since the last check holds a secret, then begin anew."""
        leaks = self.leaks()
        self.texts.clear()
        if leaks:
            pytest.fail("a log record holds a secret:\n" + "\n".join(leaks), pytrace=False)


@functools.cache
def _our_words() -> str:
    """Return what is tried as a password and is none: Hypothesis takes it from the source of the packages.

    And whatever generates requests takes it from answers that say from where somebody is signed in.
    """
    root = Path(__file__).parents[1]
    texts = [path.read_text("utf-8") for path in root.glob("jwt_auth_*/**/*.py")]
    return "\0".join([*texts, *ANSWERED])


TAINT = Taint()


def _blinded() -> list[str]:
    """Switch our loggers on again; return those that somebody's logging configuration switched off."""
    loggers = logging.root.manager.loggerDict.items()
    off = [
        (name, one)
        for name, one in loggers
        if name.startswith("jwt_auth") and getattr(one, "disabled", False)
    ]
    for _, one in off:
        one.disabled = False  # type: ignore[union-attr]
    return [name for name, _ in off]


def _also(patch: pytest.MonkeyPatch, owner: type, name: str, note: Callable[..., None]) -> None:
    """Have ``note`` told of every call of a method: its result, then its arguments."""
    method = getattr(owner, name)

    @functools.wraps(method)
    def noting(*arguments: Any, **named: Any) -> Any:
        made = method(*arguments, **named)
        note(made, *arguments, **named)
        return made

    patch.setattr(owner, name, noting)


@pytest.fixture(scope="session", autouse=True)
def _tainted() -> Iterator[None]:
    level = logging.root.level
    with pytest.MonkeyPatch.context() as patch:
        # Not a handler of the root: what does not propagate (uvicorn's loggers) must be seen, too.
        _also(patch, logging.Logger, "callHandlers", lambda _made, _logger, record: TAINT.keep(record))
        _also(patch, Secret, "__init__", lambda _made, _secret, value: TAINT(value))
        for module, owner, name in MAKERS:
            with contextlib.suppress(ImportError):
                found = getattr(importlib.import_module(module), owner)
                _also(patch, found, name, lambda made, *_, **__: TAINT(made))
        logging.root.setLevel(logging.DEBUG)
        for name in CLIENTS:  # what they would say of each octet is not looked at
            logging.getLogger(name).setLevel(logging.WARNING)
        yield
        for name in CLIENTS:
            logging.getLogger(name).setLevel(logging.NOTSET)
        logging.root.setLevel(level)


@pytest.fixture
def taint() -> Taint:
    """Return the watch: ``taint(secret)`` remembers, ``taint.leaks(text)`` lists what holds a secret."""
    return TAINT


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, Any, Any]:
    """Fail the test in which a log record held a secret."""
    result = yield
    TAINT.check()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, Any, Any]:
    """Fail a test whose fixtures let a secret into the log, or which blinds this watch."""
    result = yield
    TAINT.check()
    assert _blinded() == [], "the test switched these loggers off for every test after it"
    return result
