"""Executors: each use case of an `Auth` says where it runs, and those that hash say so."""

from dataclasses import fields
from typing import get_type_hints

import pytest

from jwt_auth_core.auth import Auth
from jwt_auth_core.flows.executor import Executor

HINTS = get_type_hints(Auth)
NO_USE_CASE = {"oauth_clients"}  # knows digests, asks nobody
USE_CASES = [
    one.name
    for one in fields(Auth)
    if getattr(HINTS[one.name], "__module__", "").startswith("jwt_auth_core.flows.")
    and one.name not in NO_USE_CASE
]


@pytest.mark.parametrize("name", USE_CASES)
def test_a_use_case_names_its_executor(name):
    """Whoever calls it from an event loop knows where to."""
    assert isinstance(HINTS[name].executor, Executor)


@pytest.mark.parametrize("name", USE_CASES)
def test_who_hashes_says_so(name):
    """Whoever holds passwords hashes, and nobody else is in those threads."""
    holds = "passwords" in {one.name for one in fields(HINTS[name])}
    assert holds == (HINTS[name].executor is Executor.HASH)


def test_the_use_cases_are_found():
    """The list above is that of the bundle."""
    assert {"register", "login", "refresh", "logout", "end_user", "recheck"} <= set(USE_CASES)
