"""Prometheus: the text has our counters, of all workers where they share, and asks for nothing else."""

import builtins
import os
import re
import signal
from contextlib import ExitStack

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from jwt_auth_asgi import create_app, metrics_app
from jwt_auth_asgi.telemetry.prometheus import observer
from jwt_auth_core.errors import MissingDriverError
from jwt_auth_fastapi import auth_router
from tests.asgi.drive import shake
from tests.auth_app.suite.client import ADA, Client
from tests.end_to_end.serving import until, worker
from tests.end_to_end.site import PLAIN
from tests.no_tls import NO_TLS
from tests.telemetry.conftest import observe


def mounted(auth):
    """Return a Starlette application with the metrics mounted."""
    return Starlette(routes=[Mount("/auth", create_app(auth)), Mount("/metrics", metrics_app())])


def routed(auth):
    """Return one with the metrics as a route."""
    return Starlette(routes=[Mount("/auth", create_app(auth)), Route("/metrics", metrics_app())])


def on_fastapi(auth):
    """Return a FastAPI application with the metrics mounted."""
    app = FastAPI()
    app.include_router(auth_router(auth))
    app.mount("/metrics", metrics_app())
    return app


@pytest.fixture
def counted(monkeypatch):
    """Have the process's own counters observe, and nobody else; return what they stand at."""
    observe(monkeypatch, observer())


def samples(text):
    """Return the samples of a text of ours: name and labels, in the order of those' names -> value."""
    families = text_string_to_metric_families(text)
    found = [one for family in families for one in family.samples if one.name.startswith("jwt_auth_")]
    return {(one.name, *(one.labels[name] for name in sorted(one.labels))): one.value for one in found}


def read(client):
    """Return the samples that a client reads."""
    answer = client.get("/metrics", follow_redirects=True)
    assert answer.headers["content-type"].startswith("text/plain")
    return samples(answer.text)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("make", [mounted, routed, on_fastapi])
def test_the_text_has_what_was_counted(world, make):
    """Operations, durations, events and refusals, wherever the application has its metrics."""
    client = Client(make(world.auth))
    before = read(client)
    client.register()
    client.login(password="somebody else's")
    after = read(client)
    for sample in (
        ("jwt_auth_operations_total", "", "register", "success"),
        ("jwt_auth_operations_total", "invalid_credentials", "login", "failure"),
        ("jwt_auth_operation_duration_seconds_count", "login", "failure"),
        ("jwt_auth_events_total", "login_failed", "failure"),
        ("jwt_auth_refusals_total", "invalid_credentials"),
    ):
        assert after[sample] == before.get(sample, 0) + 1, sample


@pytest.mark.usefixtures("counted")
def test_no_label_is_anybodys(world):
    """No address, e-mail or id stands in the text."""
    # LOG-1
    client = Client(mounted(world.auth))
    user_id = client.register().json()["user_id"]
    text = client.get("/metrics/").text
    for one in (ADA["email"], user_id, client.peer[0]):
        assert one not in text


def test_a_websocket_is_closed():
    """There is nothing to talk about."""
    assert [message["type"] for message in shake(metrics_app())] == ["websocket.close"]


@pytest.mark.parametrize(
    ("missing", "raised"), [("prometheus_client", MissingDriverError), ("zlib", ImportError)]
)
def test_without_the_library_the_line_that_installs_it_is_said(monkeypatch, missing, raised):
    """And of another module that is missing, what Python says."""
    imported = builtins.__import__

    def without(name, *rest, **named):
        if name == "jwt_auth_asgi.telemetry.prometheus":
            raise ModuleNotFoundError(name=missing)
        return imported(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(raised):
        metrics_app()


def test_of_many_workers_the_files_are_read(monkeypatch, tmp_path):
    """Where the directory is named, the text has what is in it and nothing of this process alone."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.delenv("prometheus_multiproc_dir", raising=False)
    assert read(Client(Starlette(routes=[Route("/metrics", metrics_app())]))) == {}


TWO_WORKERS = ("--workers", "2", "--timeout-worker-healthcheck", "60")
COMMAND = ("uvicorn", "tests.telemetry.site:app", "--port", "0", *TWO_WORKERS)


@pytest.mark.slow
def test_two_workers_are_added_up_and_a_killed_one_stays(tmp_path):
    """Whichever of them is asked; what a worker counted before it was killed is there."""
    env = {**PLAIN, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    with ExitStack() as stack:
        started = stack.enter_context(worker(*COMMAND, directory=tmp_path, env=env))
        origin = started.origin()
        for _ in range(2):
            started.await_line(re.compile("Application startup complete"))
        served = set()
        while len(served) < 2:  # each on a connection of its own, until both have had some
            served.add(login(origin))
        total = count(origin)
        os.kill(min(served), signal.SIGKILL)
        until(lambda: login(origin) not in served)
        assert count(origin) > total


def login(origin):
    """Fail to log in, on a connection of its own; return which process it was."""
    with httpx.Client(base_url=origin, trust_env=False, verify=NO_TLS, timeout=60) as client:
        client.post("/auth/login", json={"email": "nobody@example.com", "password": "a guess"})
        return int(client.get("/pid").text)


def count(origin):
    """Return how many logins were counted."""
    with httpx.Client(base_url=origin, trust_env=False, verify=NO_TLS, timeout=60) as client:
        return read(client)["jwt_auth_operations_total", "invalid_credentials", "login", "failure"]
