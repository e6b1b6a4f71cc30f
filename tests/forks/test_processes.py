"""Processes that fork when everything was used, and is in use: their children share nothing with them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.blocks import block
from tests.end_to_end.serving import worker
from tests.end_to_end.site import FRAMEWORKS, PLAIN
from tests.end_to_end.visitor import Visitor, at_once
from tests.examples.serving import environment

pytestmark = [
    pytest.mark.servers,
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system"),
]

ROOT = Path(__file__).parents[2]
STORES = ["servers", "cluster"]  # a file waits for its locks before the fork: tests/database


@pytest.fixture
def variables(stores: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the settings that name the stores."""
    found = request.getfixturevalue({"servers": "redis_url", "cluster": "cluster_server"}[stores])
    return {
        "DATABASE_URL": request.getfixturevalue("postgres_url"),
        "REDIS_URL": getattr(found, "url", found),
    }


def scene(*words: str, variables: Mapping[str, str]) -> str:
    """Play a scene; return what went wrong, nothing when nothing did."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "tests.forks.scene", *words]
    env = environment({**PLAIN, **variables})
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=600
    )
    return done.stderr if done.returncode else ""


@pytest.mark.parametrize("stores", STORES)
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_child_waits_for_no_lock_of_its_parents(framework, variables):
    """With every lock of ours held by another thread at the fork, a child does all that is documented."""
    # F-28
    assert scene("held", framework, variables=variables) == ""


@pytest.mark.parametrize("stores", STORES)
def test_a_busy_process_forks(variables):
    """Its children serve at once, while its threads hash, refresh and follow; it serves on itself."""
    # F-28
    assert scene("busy", "fastapi", variables=variables) == ""


USES = (Visitor.login, Visitor.topics, Visitor.refresh, Visitor.topics, Visitor.refresh, Visitor.me)
*GUNICORN, APP = shlex.split(block("docs/forks.md", "bash"))
QUIET = "--no-control-socket"  # which newer ones make in a folder that all have


def test_the_workers_of_a_preloading_server(tmp_path, postgres_url, redis_url):
    """Used before the fork, the documented application serves every step of its road in every worker."""
    # F-28
    env = {**PLAIN, "DATABASE_URL": postgres_url, "REDIS_URL": redis_url, "PYTHONWARNINGS": "default"}
    assert APP == "examples.postgres_redis:app"  # which this one preloads
    command = (*GUNICORN, QUIET, "--bind", "127.0.0.1:0", "tests.forks.preloaded:app")
    with worker(*command, directory=tmp_path, env=env) as started:
        origin = started.await_line(re.compile(r"Listening at: (http://\S+)"))[1]
        served: dict[str, set[str]] = defaultdict(set)
        for turn in range(30):
            come_and_go([Visitor(origin, f"ada-{turn}-{number}") for number in range(6)], served)
            if all(len(processes) == 3 for processes in served.values()):
                break
    assert {step: len(processes) for step, processes in served.items()} == dict.fromkeys(served, 3)
    assert not re.search("Traceback|ERROR|CRITICAL", started.output), started.output


def come_and_go(people: list[Visitor], served: dict[str, set[str]]) -> None:
    """Have people register, log in, refresh, look and log out; note which process served which step."""
    for use in (Visitor.register, *USES, Visitor.logout):
        answers = at_once(use, people)
        assert {answer.is_success for answer in answers} == {True}, [answer.text for answer in answers]
        served[use.__name__].update(answer.headers["x-process"] for answer in answers)
    for person in people:
        person.close()
