"""What the tests share. `auth` and its companions come with jwt-auth: nothing is imported for them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from examples.tests.notes_app import create_app
from jwt_auth_core import Auth


@pytest.fixture
def app(auth: Auth) -> FastAPI:
    """Return the application with the `auth` of the test: a key, users and a clock of its own."""
    return create_app(auth)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Return a client of the application, which has started."""
    with TestClient(app) as started:
        yield started


@pytest.fixture
def served(auth: Auth) -> Iterator[str]:
    """Return the URL of the application in a process of its own, with the key and the users of `auth`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = {
        "JWT_KEY": auth.settings.jwt_key.reveal(),
        "DATABASE_URL": auth.settings.database_url.reveal(),
        "COOKIE_SECURE": "false",
    }
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "examples.tests.notes_app:from_env",
        f"--port={port}",
    ]
    with subprocess.Popen(command, env={**os.environ, **settings}) as process:
        while not _answers(url) and process.poll() is None:
            time.sleep(0.1)
        yield url
        process.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.TransportError:
        return False
