"""Executors: each use case of an `Auth` says where it runs, those that hash say so, and the edge obeys."""

import ast
import asyncio
import threading
from dataclasses import fields, is_dataclass
from typing import get_type_hints

import pytest

from jwt_auth_asgi.features.service import Service
from jwt_auth_core.auth import Auth
from jwt_auth_core.flows.executor import Executor, executor_of
from jwt_auth_core.vocabulary import Client
from tests.auth_app.suite.client import ADA
from tests.auth_app.world import World
from tests.house.sources import ROOT, files, place, tree

NO_USE_CASE = {"oauth_clients", "policies", "hooks"}  # one knows digests, the others functions
THREADS = {Executor.HASH: "hash", Executor.STORE: "store", Executor.BATCH: "store"} | {
    Executor.OUTSIDE: "outside"
}


def use_cases(record, path=""):
    """Return the use cases of a bundle by their paths; what names no executor is a group of them."""
    found = {}
    for name, kind in get_type_hints(record).items():
        if not getattr(kind, "__module__", "").startswith("jwt_auth_core.flows.") or name in NO_USE_CASE:
            continue
        is_group = is_dataclass(kind) and "executor" not in get_type_hints(kind)
        found |= use_cases(kind, f"{path}{name}.") if is_group else {path + name: kind}
    return found


USE_CASES = use_cases(Auth)


def named(executor):
    """Return a use case of this executor; it and a method of it answer with the name of their thread."""

    class UseCase:
        def __call__(self, *_arguments):
            return threading.current_thread().name

        def also(self, *_arguments):
            return threading.current_thread().name

    if executor is not None:
        UseCase.executor = executor
    return UseCase()


@pytest.fixture
def run():
    """Return what has a service run a use case, for a user or not, by the name of the method."""
    world = World()
    user = world.auth.register(world.auth.register.parse(ADA), Client())
    service = Service(world.auth)

    async def ask(method, use_case):
        return await (service.run(use_case) if method == "run" else service.run_for(user.user_id, use_case))

    yield lambda method, use_case: asyncio.run(ask(method, use_case))
    service.close()


@pytest.mark.parametrize("method", ["run", "run_for"])
@pytest.mark.parametrize("executor", Executor)
def test_the_edge_obeys(run, method, executor):
    """A use case runs where it says, and so does a method of it."""
    use_case = named(executor)
    assert THREADS[executor] in run(method, use_case)
    assert THREADS[executor] in run(method, use_case.also)


def test_what_names_no_executor_may_hash(run):
    """Of what could be anything there are never more at once than cores."""
    assert executor_of(print) is Executor.HASH
    assert "hash" in run("run", named(None))


def calls(path):
    """Yield the calls in a file of a use case of an `Auth`, or of a method that does more than parse."""
    for node in ast.walk(tree(path)):
        words = ast.unparse(node.func).split(".") if isinstance(node, ast.Call) else []
        if "auth" not in words or words[-1] == "parse":
            continue
        below = words[words.index("auth") + 1 :]
        if any(".".join(below[:length]) in USE_CASES for length in range(1, len(below) + 1)):
            yield place(path, node)


def test_no_handler_calls_a_use_case_itself():
    """That would be on the event loop, which then waits for a store or a hash."""
    features = [path for path in files("jwt_auth_asgi/features") if path.name != "service.py"]
    assert [line for path in features for line in calls(path)] == []


def test_calls_of_use_cases_are_seen():
    """The test above would see one."""
    assert len(list(calls(ROOT / "jwt_auth_asgi" / "cli" / "sessions.py"))) > 2


@pytest.mark.parametrize("use_case", USE_CASES.values(), ids=USE_CASES)
def test_a_use_case_names_its_executor(use_case):
    """Whoever calls it from an event loop knows where to."""
    assert isinstance(use_case.executor, Executor)


@pytest.mark.parametrize("use_case", USE_CASES.values(), ids=USE_CASES)
def test_who_hashes_says_so(use_case):
    """Whoever holds passwords hashes, and nobody else is in those threads."""
    holds = "passwords" in {one.name for one in fields(use_case)}
    assert holds == (use_case.executor is Executor.HASH)


def test_the_use_cases_are_found():
    """The list above is that of the bundle."""
    assert {"register", "login", "refresh", "logout", "end_user", "recheck"} <= set(USE_CASES)
