"""What the original's documentation has people write runs as it stands, the names of imports apart.

On a PostgreSQL with the table that it documents. Two pieces cannot run as they stand, there as little as
here: the route calls itself in place of a function of the application, and one query asks for a column
that the documented table does not have.
"""

from __future__ import annotations

import sys
from contextlib import closing

import httpx
import pytest
from fastapi.testclient import TestClient
from psycopg2.extensions import parse_dsn

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.errors import QueryError
from tests.examples.serving import process
from tests.servers.postgres import execute

pytestmark = pytest.mark.servers

KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj"
LOGIN = {"email": "ada@example.com", "password": "a long and quiet river"}
ADA = {**LOGIN, "first_name": "Ada", "last_name": "Byron"}

USERS = """
CREATE TABLE users (
    user_id UUID PRIMARY KEY,
    email TEXT UNIQUE NOT NULL,
    password_hash TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
"""
IMPORTS = """
from fastapi import Depends, FastAPI
from fastapi.security import OAuth2PasswordBearer
from jwt_auth_core import safe_query
from jwt_auth_fastapi import auth_router as make_router, decode_access_token
auth_router = make_router()
"""
APPLICATION = """
app = FastAPI()
app.include_router(auth_router)
"""
ROUTE = """
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="/auth/login")

@app.get("/questions/topics")
def get_topics(token: str = Depends(oauth2_scheme)):
    user_id = decode_access_token(token)
    return get_topics(user_id)
"""
BY_EMAIL = 'results = safe_query("SELECT * FROM users WHERE email = %s", (email,))'
BY_ID = 'results = safe_query("SELECT * FROM users WHERE id = %s", (user_id,),fetch="one")'
OWN_FUNCTION = ROUTE.replace("return get_topics(user_id)", 'return {"topics of": user_id}')


@pytest.fixture
def folder(tmp_path, postgres_url):
    """Return a folder with the documented `.env`, whose database has the documented table."""
    execute(postgres_url, USERS)
    parts = parse_dsn(postgres_url)
    env = {
        "DB_USER": parts["user"],
        "DB_PASSWORD": parts.get("password", ""),
        "DB_HOST": parts["host"],
        "DB_PORT": parts.get("port", "5432"),
        "DB_NAME": parts["dbname"],
        "JWT_KEY": KEY,
    }
    (tmp_path / ".env").write_text("".join(f"{name}={text}\n" for name, text in env.items()))
    with closing(PostgresDatabase(postgres_url)) as database:
        migrate(database)
    return tmp_path


@pytest.fixture
def names(folder, monkeypatch, no_default):  # noqa: ARG001 - it makes one
    """Return where code runs in the folder, with nothing in the environment and Ada registered."""
    monkeypatch.chdir(folder)
    made = {"email": LOGIN["email"]}
    exec(IMPORTS + APPLICATION, made)  # noqa: S102 - what users write
    with TestClient(made["app"], base_url="https://testserver") as client:
        made["user_id"] = client.post("/auth/register", json=ADA).json()["user_id"]
        made["client"] = client
        yield made


def topics(names, route):
    """Return what the route answers to a caller who is logged in, and to a stranger."""
    exec(route, names)  # noqa: S102 - what users write
    token = names["client"].post("/auth/login", json=LOGIN).json()["access_token"]
    sent = {"authorization": f"Bearer {token}"}
    return [names["client"].get("/questions/topics", headers=headers) for headers in (sent, {})]


@pytest.mark.slow
def test_its_application_starts_by_its_command(folder):
    """`uvicorn app:app --reload` beside the `.env`; `/docs`, register and login answer."""
    (folder / "app.py").write_text(IMPORTS + APPLICATION)
    command = [sys.executable, "-m", "uvicorn", "app:app", "--reload", "--port", "0"]
    with process(command, directory=folder) as origin:
        assert httpx.get(f"{origin}/docs").status_code == 200
        assert httpx.post(f"{origin}/auth/register", json=ADA).status_code == 201
        assert httpx.post(f"{origin}/auth/login", json=LOGIN).json()["status"] == "logged in"


def test_its_query_by_address_returns_the_rows(names):
    """Without `fetch`, on the database of `.env`; each row by place, in the documented order."""
    exec(BY_EMAIL, names)  # noqa: S102 - what users write
    ((user_id, email, password_hash, first_name, last_name, created_at),) = names["results"]
    assert (str(user_id), email, first_name, last_name) == (names["user_id"], LOGIN["email"], "Ada", "Byron")
    assert password_hash.startswith("$argon2id$")
    assert created_at is not None


def test_its_route_knows_the_caller(names):
    """The token taken by FastAPI, decoded by the helper, handed to a function of the application."""
    known, stranger = topics(names, OWN_FUNCTION)
    assert known.json() == {"topics of": names["user_id"]}
    assert (stranger.status_code, stranger.json()) == (401, {"detail": "Not authenticated"})


def test_its_route_as_it_stands_takes_the_id_for_a_token(names):
    """It calls itself with the user's id, which is no token: 401 for everybody."""
    known, _ = topics(names, ROUTE)
    assert (known.status_code, known.json()) == (401, {"detail": "Invalid access token"})


def test_its_query_by_id_needs_a_column_that_its_table_lacks(names, postgres_url):
    """It raises on the documented table, where the id is `user_id`, and works beside an `id`."""
    with pytest.raises(QueryError):
        exec(BY_ID, names)  # noqa: S102 - what users write
    execute(postgres_url, "ALTER TABLE users ADD COLUMN id UUID; UPDATE users SET id = user_id")
    exec(BY_ID, names)  # noqa: S102 - what users write
    assert names["results"]["email"] == LOGIN["email"]
