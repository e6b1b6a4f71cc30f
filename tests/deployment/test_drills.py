"""The drills of docs/deployment.md: their commands as they stand, on served processes under load."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.deployment.rollout import Crowd, Person, Rollout
from tests.end_to_end.serving import until, worker
from tests.end_to_end.site import PLAIN
from tests.end_to_end.visitor import Visitor, problem
from tests.examples.serving import environment
from tests.house.sources import ROOT
from tests.servers.postgres import execute

pytestmark = [
    pytest.mark.servers,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("bash"), reason="the page's commands are for a shell"),
]

PAGE = (ROOT / "docs" / "deployment.md").read_text("utf-8").partition("## Drills")[2]
COMMANDS = re.findall(r"^```shell\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PEOPLE = 6


def command(word: str) -> str:
    """Return the one block of the page that has a word."""
    (found,) = [text for text in COMMANDS if word in text]
    return found


def shell(text: str, folder: Path, **variables: str) -> None:
    """Run a block of the page."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = environment({**variables, "PATH": path})
    done = subprocess.run(
        ["bash", "-euc", text], cwd=folder, env=env, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def stores(postgres_url, own_valkey) -> dict[str, str]:
    """Return the variables that name servers of the test's own."""
    return {"DATABASE_URL": postgres_url, "REDIS_URL": own_valkey.url}


@pytest.fixture
def file(tmp_path, stores) -> Path:
    """Return a file of settings, as the page has it."""
    made = tmp_path / "jwt-auth.env"
    lines = {**PLAIN, **stores, "JWT_PREVIOUS_KEYS": ""}
    made.write_text("".join(f"{name}={text}\n" for name, text in lines.items()))
    return made


def settings(file: Path) -> dict[str, str]:
    """Return what a file of settings says."""
    lines = file.read_text().splitlines()
    return {name: text for name, _, text in (line.partition("=") for line in lines)}


@pytest.fixture
def rollout(tmp_path, file) -> Iterator[Rollout]:
    """Return two processes that serve a migrated database."""
    with ExitStack() as stack:
        shell(command("jwt-auth migrate"), tmp_path, **settings(file))
        made = Rollout(stack, tmp_path, lambda: settings(file))
        made.begin()
        yield made


@pytest.fixture
def people(rollout) -> list[Person]:
    """Return people who are logged in."""
    visitors = [Visitor(rollout.open_origins[0], f"p{number}") for number in range(PEOPLE)]
    for one in visitors:
        assert (one.register().status_code, one.login().status_code) == (201, 200)
    return [Person(rollout, one) for one in visitors]


@pytest.fixture
def crowd(people) -> Iterator[Crowd]:
    """Return them at work."""
    made = Crowd(people)
    yield made
    made.stop()


@pytest.mark.fault("F-24", "two served processes rolled out three times, six people at work")
def test_another_key_loses_no_request(file, tmp_path, rollout, people, crowd):
    """Two roll-outs, then the old key goes: every request of everybody is answered 200."""
    # F-24
    old = settings(file)["JWT_KEY"]
    shell(command("NEW="), tmp_path)
    new = settings(file)["JWT_PREVIOUS_KEYS"]
    rollout.replace()
    crowd.served_again()
    shell(command("JWT_OLD"), tmp_path)
    assert (settings(file)["JWT_KEY"], settings(file)["JWT_PREVIOUS_KEYS"]) == (new, old)
    rollout.replace()
    crowd.served_again()
    shell(command('PREVIOUS_KEYS=|"'), tmp_path)
    assert settings(file)["JWT_PREVIOUS_KEYS"] == ""
    rollout.replace()
    crowd.served_again()
    counts = crowd.stop()
    assert set(counts) == {200}, counts
    assert all(one.visitor.token for one in people)


def test_a_migration_beside_processes_that_serve(file, tmp_path, rollout, crowd, stores):
    """Without it nobody starts; run in two places at once, and rolled out, it loses no request."""
    undo = (
        "CREATE INDEX auth_user_roles_role ON auth_user_roles (role)",
        "DROP INDEX auth_accounts_disabled, auth_user_roles_of_role",
        "DELETE FROM auth_migrations WHERE name = '0029_directory'",
    )
    for statement in undo:
        execute(stores["DATABASE_URL"], statement)
    with worker("jwt-auth", "serve", "--port", "0", directory=tmp_path, env=settings(file)) as refused:
        assert refused.ended() == 1
    assert "the database lacks 0029_directory; run: jwt-auth migrate" in refused.output
    migrate = command("jwt-auth migrate").strip()
    shell(f"{migrate} & first=$!; {migrate}; wait $first", tmp_path, **settings(file))
    rollout.replace()
    crowd.served_again()
    counts = crowd.stop()
    assert set(counts) == {200}, counts


@pytest.mark.fault("F-06", "a snapshot of Valkey is put back by the page's commands", ended=2)
@pytest.mark.skipif(not shutil.which("redis-cli"), reason="no redis-cli here")
def test_an_old_snapshot_of_redis(tmp_path, rollout, people, stores, own_valkey):
    """Who was in stays in, who left stays out, who came later comes again; nothing is answered 500."""
    # F-06
    shell(command("--rdb"), tmp_path, **stores)
    leaver, *stayers = people
    late = Visitor(rollout.open_origins[0], "late")
    assert (late.register().status_code, late.login().status_code) == (201, 200)
    for one in stayers * 5:
        one.turn()
    token = leaver.visitor.token
    assert leaver.visitor.logout().status_code == 200
    folder = own_valkey.directory
    shell(command("shutdown"), tmp_path, **stores, REDIS_FOLDER=str(folder))
    assert problem(stayers[0].visitor.refresh()) == (503, "store_unavailable")
    own_valkey.kill()
    own_valkey.options["appendonly"] = "no"
    own_valkey.start()
    shell(command("config set"), tmp_path, **stores)
    until(lambda: {ready(origin) for origin in rollout.open_origins} == {200})
    for one in stayers * 2:
        one.turn()
    assert {status for one in stayers for status in one.counts} == {200}
    assert leaver.visitor.present(token).status_code == 401
    assert problem(late.refresh()) == (401, "refresh_invalid")
    assert late.login().status_code == 200
    assert (folder / "appendonlydir").is_dir()


def ready(origin: str) -> int:
    """Return the status of a readiness probe."""
    return httpx.get(f"{origin}/auth/health/ready").status_code
