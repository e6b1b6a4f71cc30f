"""A provider on another site, and a server whose users sign in there."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import quietly
from tests.examples.serving import process
from tests.identities.issuer import Issuer, serving, variables_of

KEYS = "a key that encrypts what the tests of providers keep"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """Return a provider at 127.0.0.1, which is another site than localhost."""
    with serving() as made:
        yield made


@contextmanager
def served(issuer: Issuer, directory: Path, variables: Mapping[str, str]) -> Iterator[str]:
    """Serve the pages at localhost to users of the provider; yield the origin."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    origin = f"http://localhost:{port}"
    env = {**variables_of(issuer), **variables, "PUBLIC_URL": origin, "ENCRYPTION_KEYS": KEYS}
    command = [str(Path(sys.executable).with_name("jwt-auth")), "serve", "--pages", "--development"]
    with process([*command, "--port", str(port)], directory=directory, env=env):
        yield origin


@pytest.fixture
def elsewhere(issuer: Issuer) -> tuple[str, ...]:
    """Return the one place of another site: where its user agrees."""
    return (f"{issuer.url}/authorize?", f"{issuer.url}/favicon.ico")


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which nothing is said to the console but answers that refuse something."""
    yield from quietly(page)
