"""Processes as they start and fork: a wrong start is one clear sentence, and workers share nothing."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import closing as closed

import pytest
import redis

from tests.end_to_end import site
from tests.end_to_end.serving import worker
from tests.end_to_end.site import KEY
from tests.end_to_end.visitor import Visitor, at_once, statuses
from tests.end_to_end.world import World
from tests.processes import in_children
from tests.servers.postgres import execute

pytestmark = [pytest.mark.servers, pytest.mark.slow]

PATIENT = ("--timeout-worker-healthcheck", "60")  # a worker that imports slowly is not a dead one
PASSWORD = "a-password-of-a-store"


@pytest.fixture
def busy_port() -> Iterator[int]:
    """Return a port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


WRONG = {
    "no key": ({"JWT_KEY": ""}, "JWT_KEY"),
    "a short key": ({"JWT_KEY": "short"}, "JWT_KEY must be at least 32 bytes"),
    "redis with a wrong password": ({"REDIS_URL": "redis://:{password}@127.0.0.1:{guarded}/0"}, "password"),
    "a cluster with a wrong password": (
        {"REDIS_URL": "redis+cluster://:{password}@127.0.0.1:{guarded}"},
        "redis is a cluster of which no node answers for all",
    ),
    "postgresql with a wrong database": ({"DATABASE_URL": "{nowhere}"}, "does not exist"),
    "no tables": ({"DATABASE_URL": "{database}"}, "run: jwt-auth migrate"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_start_is_one_sentence(case, tmp_path, own_valkey, postgres_url):
    """No traceback, no password, an exit status: whatever is wrong, one line says what."""
    # F-12, F-27, LOG-1
    with redis.Redis.from_url(own_valkey.url) as direct:
        direct.config_set("requirepass", "another-password")
    facts = {
        "password": PASSWORD,
        "guarded": own_valkey.port,
        "database": postgres_url,
        "nowhere": postgres_url.replace("/test_", "/none_"),
    }
    wrong = {name: text.format(**facts) for name, text in WRONG[case][0].items()}
    env = {"JWT_KEY": KEY, "DATABASE_URL": "sqlite://", **wrong}
    with worker("jwt-auth", "serve", "--port", "0", directory=tmp_path, env=env) as started:
        assert started.ended() == 1
    (line,) = started.lines
    assert line.startswith("jwt-auth: ")
    assert WRONG[case][1] in line
    assert PASSWORD not in line


def test_a_port_in_use(tmp_path, busy_port):
    """The address is named, and nothing is thrown about."""
    # F-27
    env = {"JWT_KEY": KEY, "DATABASE_URL": "sqlite://"}
    command = ("jwt-auth", "serve", "--port", str(busy_port))
    with worker(*command, directory=tmp_path, env=env) as started:
        assert started.ended() == 1
    assert started.lines[-1] == f"jwt-auth: cannot listen on 127.0.0.1:{busy_port}\n"
    assert "Traceback" not in started.output


def test_a_server_of_the_users_own_tells_no_password(tmp_path, own_valkey):
    """Uvicorn prints how its application failed to start; the password of the store is not in it."""
    # F-27, LOG-1
    with redis.Redis.from_url(own_valkey.url) as direct:
        direct.config_set("requirepass", "another-password")
    stores = {"REDIS_URL": f"redis://:{PASSWORD}@127.0.0.1:{own_valkey.port}/0", "DATABASE_URL": "sqlite://"}
    env = {"JWT_KEY": KEY, **stores}
    command = ("uvicorn", "examples.postgres_redis:app", "--port", "0")
    with worker(*command, directory=tmp_path, env=env) as started:
        assert started.ended() == 3
    assert "redis refuses the user or the password" in started.output
    assert not re.search(f"{PASSWORD}|{KEY}", started.output)


@pytest.mark.parametrize("user", ["ada", "nobody"])
def test_a_wrong_password_of_postgresql(tmp_path, own_postgres, user):
    """Nor of a role that is not there: it is one sentence, without the password."""
    # F-12, F-27, LOG-1
    execute(own_postgres.url, "CREATE ROLE ada LOGIN PASSWORD 'another-password'")
    own_postgres.ask_for_passwords()
    url = own_postgres.named("postgres", user=user, password=PASSWORD)
    with worker(
        "jwt-auth", "serve", directory=tmp_path, env={"JWT_KEY": KEY, "DATABASE_URL": url}
    ) as started:
        assert started.ended() == 1
    (line,) = started.lines
    assert f'password authentication failed for user "{user}"' in line
    assert PASSWORD not in line


@pytest.mark.fault("F-28", "uvicorn with two workers on an empty database, thirty people")
def test_two_workers_of_one_server(tmp_path, redis_url, postgres_url):
    """With --workers 2 both start at once on an empty database, and thirty people come and go."""
    # F-28
    env = {**site.PLAIN, "REDIS_URL": redis_url, "DATABASE_URL": postgres_url}
    command = ("uvicorn", "examples.postgres_redis:app", "--port", "0", "--workers", "2", *PATIENT)
    with worker(*command, directory=tmp_path, env=env) as started:
        origin = started.origin()
        for _ in range(2):
            started.await_line(re.compile("Application startup complete"))
        people = [Visitor(origin) for _ in range(30)]
        assert people[0].register().status_code == 201
        for use in (Visitor.login, Visitor.refresh, Visitor.topics, Visitor.refresh, Visitor.logout):
            assert statuses(at_once(use, people)) == {200: 30}
        for person in people:
            person.close()
    assert not re.search("Traceback|ERROR", started.output)


@pytest.mark.filterwarnings("ignore:This process.*multi-threaded, use of fork:DeprecationWarning")
def test_a_fork_shares_no_connection(redis_url, postgres_url):
    """Children of a process that has used its stores use their own; the parent goes on with its."""
    # F-28
    wanted = site.settings(REDIS_URL=redis_url, DATABASE_URL=postgres_url)
    with closed(World(wanted=wanted)) as world:
        parent = world.login()

        def child(_number: int) -> None:
            world.forked()
            mine = world.login()
            for _ in range(20):
                answer = world.present(mine)
                assert answer.accepted
                mine = answer.cookie or ""

        for _ in range(2):
            assert in_children(3, child) == [0, 0, 0]
            answer = world.present(parent)
            assert answer.accepted
            parent = answer.cookie or ""
