"""A folder with a `.env` and an application: what users of such software begin with."""

import sys
from pathlib import Path

import httpx
import pytest

from tests.examples.serving import process, served

pytestmark = pytest.mark.slow

KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj"
APP = """
from fastapi import FastAPI
from jwt_auth_asgi import BearerMiddleware
from jwt_auth_fastapi import auth_router

app = FastAPI()
app.add_middleware(BearerMiddleware)
app.include_router(auth_router())
"""
ADA = {"email": "ada@example.com", "password": "a long and quiet river", "first_name": "A", "last_name": "B"}


@pytest.fixture
def folder(tmp_path):
    """Return a folder that has an application and a `.env`, as the README shows it."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / ".env").write_text(f"JWT_KEY={KEY}\nDATABASE_URL=sqlite:///here.db\n")
    return tmp_path


def register(origin: str, folder: Path) -> None:
    """Register somebody, who must arrive in the database that `.env` names."""
    assert httpx.post(f"{origin}/auth/register", json=ADA).status_code == 201
    assert (folder / "here.db").exists()


@pytest.mark.parametrize("options", [[], ["--reload"]])
def test_uvicorn_starts_on_it(folder, options):
    """`uvicorn app:app` needs nothing else, with --reload too."""
    with served("app:app", directory=folder, options=options) as origin:
        register(origin, folder)


@pytest.mark.parametrize("flag", [[], ["--dotenv"]])
def test_our_own_command_starts_on_it(folder, flag):
    """`jwt-auth serve app:app` serves the same, the flag given or not."""
    command = [str(Path(sys.executable).parent / "jwt-auth"), "serve", *flag, "--port", "0", "app:app"]
    with process(command, directory=folder) as origin:
        register(origin, folder)
