"""The other examples as their users run them: uvicorn, python -m, the clients that they show."""

from __future__ import annotations

import json
import re
from contextlib import closing

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from jwt_auth_core import Secret
from jwt_auth_core.database.postgres import PostgresDatabase
from tests.cheap import cheap_passwords
from tests.end_to_end.site import PLAIN
from tests.examples.serving import run, served
from tests.no_tls import NO_TLS
from tests.servers.postgres import execute

pytestmark = pytest.mark.slow

CREDENTIALS = {"email": "ada@example.com", "password": "purple-otter-9-sings"}
ADA = {**CREDENTIALS, "first_name": "Ada", "last_name": "Lovelace"}
SAY = """
import json, sys
from examples.websocket import say
host, fields = sys.argv[1:]
print(say("hello", host=host, **json.loads(fields)))
"""
USERS = """CREATE TABLE users (
    user_id UUID PRIMARY KEY, email TEXT UNIQUE NOT NULL, password_hash TEXT NOT NULL,
    first_name TEXT NOT NULL, last_name TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
)"""


def write_row(url, email):
    """Add a user as an application does that knows nothing of ours."""
    hashed = cheap_passwords().hash(Secret(CREDENTIALS["password"]))
    with closing(PostgresDatabase(url)) as db:
        db.query("INSERT INTO users VALUES (gen_random_uuid(), %s, %s, 'Ada', 'Byron')", (email, hashed))


@pytest.fixture
def client():
    """Return a client that keeps cookies."""
    with httpx.Client(trust_env=False, verify=NO_TLS) as client:
        yield client


@pytest.fixture(scope="module")
def echo(tmp_path_factory):
    """Return the origin of the websocket example."""
    with served("examples.websocket:app", directory=tmp_path_factory.mktemp("echo")) as origin:
        yield origin


def test_websocket_answers_its_own_client(client, echo, tmp_path):
    """The command line logs in, sends the token as a subprotocol and is answered by name."""  # ASGI-03
    user_id = client.post(f"{echo}/auth/register", json=ADA).json()["user_id"]
    said = run("-c", SAY, echo.removeprefix("http://"), json.dumps(CREDENTIALS), directory=tmp_path)
    assert said == f"{user_id} said hello\n"


@pytest.mark.parametrize("offer", [None, ["bearer", "x.y.z"]])
def test_websocket_refuses_a_stranger(echo, offer):
    """Without a valid token the handshake itself is answered with 401."""  # ASGI-02
    address = echo.replace("http", "ws") + "/echo"
    with pytest.raises(InvalidStatus) as refused, connect(address, subprotocols=offer, proxy=None):
        pass
    assert refused.value.response.status_code == 401


def test_any_asgi_prints_a_token_for_itself(client, tmp_path):
    """The token that the module prints opens the application that runs beside it."""
    with served("examples.any_asgi:app", directory=tmp_path) as origin:
        token = run("-m", "examples.any_asgi", directory=tmp_path).strip()
        answer = client.get(origin, headers={"authorization": f"Bearer {token}"})
    assert answer.text == "hello ada\n"


def test_starlette_app_serves_the_user_of_the_command_line(client, tmp_path):
    """A user added with a scope may do what the scope is for."""
    words = ["users", "add", "ada@example.com", "--first-name", "Ada", "--last-name", "Lovelace"]
    program = "import sys; from jwt_auth_asgi.cli import main; sys.exit(main())"
    options = ["--scope", "topics:write", "--development"]
    run("-c", program, *words, *options, directory=tmp_path, text=CREDENTIALS["password"] + "\n")
    with served("examples.starlette_app:app", directory=tmp_path) as origin:
        token = client.post(f"{origin}/auth/login", json=CREDENTIALS).json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        answer = client.delete(f"{origin}/questions/topics", headers=headers)
    assert answer.status_code == 200


def test_core_only_says_what_it_does(tmp_path):
    """It hashes, issues, verifies and queries, and prints what came of it."""
    said = run("-m", "examples.core_only", directory=tmp_path)
    assert re.search(r"stored as: \$argon2id\$v=19\$m=", said)
    assert "the right one: True\na wrong one: False\n" in said
    assert "a token of 42 with ['topics:read']\na quarter of an hour later: Access token expired\n" in said
    assert """rows: ['algebra', "logic'; DROP TABLE topics; --"]""" in said


def test_core_only_needs_no_web_framework(tmp_path):
    """Neither starlette nor fastapi is loaded on the way."""
    program = "import runpy, sys; runpy.run_module('examples.core_only', run_name='__main__'); "
    program += "print({'starlette', 'fastapi', 'uvicorn'} & set(sys.modules))"
    assert run("-c", program, directory=tmp_path).endswith("set()\n")


@pytest.mark.servers
def test_postgres_redis_makes_its_tables_and_serves(client, tmp_path, postgres_url, redis_url):
    """On an empty database and an empty Redis: register, log in, topics, refresh, log out."""
    env = {"JWT_KEY": "k" * 20 + "-only-of-this-test", "DATABASE_URL": postgres_url, "REDIS_URL": redis_url}
    env["COOKIE_SECURE"] = "false"
    with served("examples.postgres_redis:app", directory=tmp_path, env=env) as origin:
        assert client.post(f"{origin}/auth/register", json=ADA).status_code == 201
        token = client.post(f"{origin}/auth/login", json=CREDENTIALS).json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        assert client.get(f"{origin}/questions/topics", headers=headers).status_code == 200
        assert client.post(f"{origin}/auth/refresh").status_code == 200
        assert client.post(f"{origin}/auth/logout").status_code == 200
        assert client.post(f"{origin}/auth/refresh").status_code == 401
    assert list(tmp_path.iterdir()) == []


@pytest.mark.servers
def test_postgres_redis_leaves_an_identity_to_whom_it_belongs(client, tmp_path, postgres_url, redis_url):
    """Of rows that an older application wrote: before the start, and beside the example."""
    env = {**PLAIN, "DATABASE_URL": postgres_url, "REDIS_URL": redis_url}
    execute(postgres_url, USERS)
    write_row(postgres_url, "Mixed@Example.com")
    with served("examples.postgres_redis:app", directory=tmp_path, env=env) as origin:
        write_row(postgres_url, "Later@Example.com")
        for address in ("Mixed@Example.com", "Later@Example.com"):
            taken = client.post(f"{origin}/auth/register", json={**ADA, "email": address.lower()})
            owner = client.post(f"{origin}/auth/login", json={**CREDENTIALS, "email": address})
            assert (taken.status_code, owner.status_code) == (409, 200)
