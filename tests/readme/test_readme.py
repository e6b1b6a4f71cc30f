"""The README's code and commands, run as they stand there."""

from __future__ import annotations

import asyncio
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import redis

from jwt_auth_core import Client, default
from jwt_auth_core.flows.sessions.login import LoginAttempt
from tests.asgi.drive import bearer, get
from tests.examples.serving import ROOT, environment, process

README = (ROOT / "README.md").read_text("utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
BASH = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
KEY = "k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g"


def block(blocks: list[str], word: str) -> str:
    """Return the one block that has a word."""
    (found,) = [text for text in blocks if word in text]
    return found


def commands(text: str) -> list[list[str]]:
    """Return the words of each command of a block, without its comment."""
    return [shlex.split(line, comments=True) for line in text.splitlines() if line.strip()]


@pytest.fixture
def names(tmp_path, monkeypatch, no_default):  # noqa: ARG001 - it may make one
    """Return an empty namespace to run code in, in a directory and environment of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_KEY", KEY)
    made: dict[str, object] = {}
    yield made
    for auth in filter(None, [made.get("auth")]):
        auth.close()


def status(app: object, path: str) -> int:
    """Return the status of one GET request in process."""

    async def ask() -> int:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://app.example") as client:
            return (await client.get(path)).status_code

    return asyncio.run(ask())


def test_every_python_block_is_run_here():
    """A new block needs a test of its own."""
    assert len(PYTHON) == 5
    assert len(BASH) == 6  # the one that installs is run in tests/house/test_wheel.py


def test_the_fastapi_application_guards_its_route(names):
    """The router's routes are there; the protected one refuses strangers."""
    exec(block(PYTHON, "auth_router(auth)"), names)  # noqa: S102 - the README\'s own code
    assert status(names["app"], "/questions/topics") == 401
    assert status(names["app"], "/auth/openapi.json") == 200


def test_the_starlette_application_serves_the_auth_app(names):
    """The mounted routes answer."""
    exec(block(PYTHON, "Mount("), names)  # noqa: S102 - the README\'s own code
    assert status(names["app"], "/auth/me") == 401
    assert status(names["app"], "/auth/openapi.json") == 200


def test_any_application_learns_who_calls(names):
    """The bare callable greets the subject of the token."""
    exec(block(PYTHON, "async def hello"), names)  # noqa: S102 - the README\'s own code
    assert get(names["app"], "/", bearer(names["token"])).body == b"hello 42"
    assert get(names["app"], "/health").body == b"hello stranger"
    assert names["claims"].scopes == {"topics:read"}


def test_another_issuer_is_named_in_one_line(names):
    """Its keys are asked for with the first token, so nothing is asked here."""
    exec(block(PYTHON, "from_issuer"), names)  # noqa: S102 - the README's own code
    assert names["tokens"].parties.audiences == {"api"}


def test_safe_queries_bind_their_values(names):
    """What looks like SQL comes back as it went in."""
    exec(block(PYTHON, "safe_query("), names)  # noqa: S102 - the README\'s own code
    assert names["rows"] == [{"name": "logic'; DROP TABLE topics; --"}]
    assert names["name"] == "logic'; DROP TABLE topics; --"


def make(*words: str, directory: Path) -> list[str]:
    """Return the words that run the Makefile on this interpreter's environment, without installing."""
    venv = Path(sys.executable).parents[1]
    stamps = (f"--assume-old={venv}/{name}" for name in (".example", ".installed"))
    return [
        "make",
        "--file",
        str(ROOT / "Makefile"),
        *stamps,
        f"VENV={venv}",
        "--directory",
        str(directory),
        *words,
    ]


def test_the_two_commands_are_make_targets(tmp_path):
    """`make run` serves the example, `make test` runs pytest on everything."""
    for command, expected in zip(
        commands(block(BASH, "make run")), ("jwt-auth serve", "-m pytest"), strict=True
    ):
        done = subprocess.run(
            make("--dry-run", *command[1:], directory=tmp_path), capture_output=True, text=True, check=True
        )
        assert expected in done.stdout


@pytest.mark.slow
def test_the_first_steps_work_with_curl(tmp_path):
    """Register, log in, topics, refresh and log out, against what `make run` serves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with process(make("run", f"PORT={port}", directory=tmp_path), directory=tmp_path) as origin:
        script = block(BASH, "curl").replace("http://127.0.0.1:8000", origin)
        done = subprocess.run(
            ["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
        )
    for said in ('"user created"', '{"topics":["algebra"', '"access_token"', '"logged out"'):
        assert said in done.stdout
    assert (tmp_path / "var" / "development-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_an_application_starts_on_a_dotenv_file(tmp_path):
    """The two commands serve the application of the first Python block, on a key of its own."""
    (tmp_path / "app.py").write_text(block(PYTHON, "auth_router(auth)"))
    make_file, serve = block(BASH, "> .env").splitlines()
    subprocess.run(["bash", "-euc", make_file], cwd=tmp_path, check=True)
    with process([sys.executable, "-m", *shlex.split(serve), "--port", "0"], directory=tmp_path) as origin:
        assert httpx.get(f"{origin}/questions/topics").status_code == 401


@pytest.mark.slow
def test_the_command_line_works(tmp_path):
    """Each command of the block runs, and a session can be shown."""
    given = commands(block(BASH, "jwt-auth migrate"))
    serve, routes, migrate, doctor, add, *more = given
    users, known, scopes, disable, imported, listed, revoke, *others = more
    clients, keys, limits, show, audit, outbox, mail = others
    env = {"JWT_KEY": KEY, "COOKIE_SECURE": "false"}
    program = [str(Path(sys.executable).parent / "jwt-auth")]

    def run(words: list[str], text: str) -> str:
        return subprocess.run(
            program + words[1:],
            cwd=tmp_path,
            env=environment(env),
            input=text,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    (tmp_path / "app.py").write_text(block(PYTHON, "auth_router(auth)"))
    assert re.search(r"^/questions/topics +GET +guarded +CurrentUser", run(routes, ""), re.MULTILINE)
    assert "nothing to do" in run(migrate, "")
    assert "warning D10: ENCRYPTION_KEYS is not set" in run(doctor, "")
    assert "added ada@example.com" in run(add, "a long and quiet river\n")
    credentials = {"email": "ada@example.com", "password": "a long and quiet river", "transport": "body"}
    with process([*program, *serve[1:], "--port", "0"], directory=tmp_path, env=env) as origin:
        answer = httpx.post(f"{origin}/auth/login", json=credentials).json()
    shown = run(show, answer["refresh_token"])
    assert f"user        {answer['user_id']}" in shown
    session_id = run(listed, "").split()[0]
    assert session_id in shown
    assert session_id in run([*revoke[:3], session_id], "")
    assert "logged in nowhere" in run(listed, "")
    assert "ada@example.com has now: topics:read" in run(scopes, "")
    assert "  enabled  ada@example.com" in run(users, "")
    assert "topics:read" in run(known, "")
    assert "disabled ada@example.com" in run(disable, "")
    (tmp_path / "django.json").write_text("[]")
    assert "0 users to create" in run(imported, "")
    assert "user_disabled" in run([word for word in audit if word != "--follow"], "")
    assert run(clients, "").startswith("jcs_")
    assert "has no API key" in run(keys, "")
    assert run(limits, "")
    assert run(outbox, "") == "waiting: 0, dead: 0\n"
    assert "Neues Passwort" in run(mail, "")


@pytest.mark.servers
@pytest.mark.usefixtures("names")
def test_sessions_can_be_looked_at_in_redis(redis_url, monkeypatch):
    """The commands for redis-cli list, show and end a session."""
    monkeypatch.setenv("REDIS_URL", redis_url)
    auth = default.default_auth()
    user = {
        "email": "ada@example.com",
        "password": "a long and quiet river",
        "first_name": "A",
        "last_name": "B",
    }
    auth.register(auth.register.parse(user), Client())
    grant = auth.login(LoginAttempt.parse(user), Client())
    listing, showing, ending = [words[1:] for words in commands(block(BASH, "redis-cli"))]
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        assert client.execute_command(*listing) == [f"refresh:{{{grant.session_id}}}"]
        assert client.execute_command(*of(showing, grant.session_id))
        assert client.execute_command(*of(ending, grant.session_id)) == 1


def of(words: list[str], session_id: str) -> list[str]:
    """Return a command with a session id in place of the words that stand for it."""
    return [word.replace("<session id>", session_id) for word in words]
