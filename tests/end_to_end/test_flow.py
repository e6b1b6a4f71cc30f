"""The main road, from registration to a refused refresh, on every kind of store and both frameworks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.serving import worker
from tests.end_to_end.site import FRAMEWORKS, KEY, TOPICS, serving, settings
from tests.end_to_end.visitor import Visitor, problem
from tests.faults.proxy import proxied

pytestmark = pytest.mark.servers

STORES = ["embedded", "url", "parts", "cluster", "sentinel", "database only"]


def walk(visitor: Visitor) -> None:
    """Register, log in, use, refresh, log out; every step once, in the order of the README."""
    assert problem(visitor.topics("x.y.z")) == (401, "token_invalid")
    assert visitor.register().status_code == 201
    assert problem(visitor.register()) == (409, "email_taken")
    assert visitor.login().status_code == 200
    assert visitor.topics().json()["topics"] == TOPICS
    assert visitor.me().json()["email"] == visitor.email
    first = visitor.token
    for _ in range(3):
        assert visitor.refresh().status_code == 200
    assert visitor.token != first
    assert visitor.topics().status_code == 200
    last = visitor.token
    assert visitor.logout().json() == {"status": "logged out"}
    assert visitor.token is None
    assert visitor.logout().status_code == 200
    assert problem(visitor.refresh()) == (401, "refresh_invalid")
    assert problem(visitor.present(last)) == (401, "session_revoked")


@pytest.fixture(params=STORES)
def variables(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Return the settings that name the stores."""
    if request.param == "embedded":
        yield {}
        return
    database = request.getfixturevalue("migrated_url")
    if request.param == "database only":
        yield {"DATABASE_URL": database}
        return
    if request.param == "parts":
        with proxied(database) as proxy:
            yield {**parts(proxy.url), "REDIS_URL": request.getfixturevalue("redis_url")}
        return
    redis = {
        "url": lambda: request.getfixturevalue("redis_url"),
        "cluster": lambda: request.getfixturevalue("cluster_server").url,
        "sentinel": lambda: request.getfixturevalue("sentinel_server").url,
    }
    yield {"DATABASE_URL": database, "REDIS_URL": redis[request.param]()}


def parts(url: str) -> dict[str, str]:
    """Return the DB_* variables that say the same as a URL."""
    place = urlsplit(url)
    user, name = place.username or "", place.path.removeprefix("/")
    return {"DB_HOST": "127.0.0.1", "DB_PORT": str(place.port), "DB_NAME": name, "DB_USER": user}


@pytest.mark.parametrize("framework", list(FRAMEWORKS))
def test_the_main_road(variables, framework):
    """Register, log in, topics, me, refresh, log out, and nothing to refresh afterwards."""
    with serving(settings(**variables), framework=framework) as site:
        walk(site.visitor())
        site.settle()


def test_many_members_on_a_cluster(cluster_server, migrated_url):
    """Sessions of every node are refreshed together, and none is taken for another's."""
    variables = {"DATABASE_URL": migrated_url, "REDIS_URL": cluster_server.url}
    with serving(settings(**variables, HASH_QUEUE="1000")) as site:
        site.member()
        crowd = [site.visitor() for _ in range(60)]
        for visitor in crowd:
            assert visitor.login().status_code == 200
        for visitor in crowd:
            user = site.auth.tokens.verify(visitor.access)
            assert visitor.refresh().status_code == 200
            assert site.auth.tokens.verify(visitor.access).session_id == user.session_id


@pytest.mark.slow
@pytest.mark.parametrize(
    ("example", "redis"), [("postgres_redis", "cluster_server"), ("starlette_app", "sentinel_server")]
)
def test_the_examples_on_real_servers(request, tmp_path, postgres_url, example, redis):
    """The examples as their users run them, in a process of their own, with production's hashes."""
    env = {"JWT_KEY": KEY, "COOKIE_SECURE": "false", "REDIS_URL": request.getfixturevalue(redis).url}
    with proxied(postgres_url) as proxy:
        env |= parts(proxy.url)
        with worker("jwt-auth", "migrate", directory=tmp_path, env=env) as migration:
            assert migration.ended() == 0
        command = ("uvicorn", f"examples.{example}:app", "--port", "0")
        with worker(*command, directory=tmp_path, env=env) as started:
            visitor = Visitor(started.origin())
            walk(visitor)
            visitor.close()
            assert not re.search("Traceback|ERROR", started.output)
