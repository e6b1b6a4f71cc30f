"""Refusals in Django, whose views answer by what they return."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.problems.problem import Problem


def refuse(problem: Problem, _scope: Scope) -> object:
    """Return the problem document as a response of Django's, which has no types."""
    response: Callable[..., object] = import_module("django.http").HttpResponse
    return response(
        problem.body,
        status=problem.status,
        content_type="application/problem+json",
        headers=problem.own_headers,
    )
