"""Refusals in Django, whose views answer by what they return."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.problems.problem import Problem
from jwt_auth_core.errors import AuthError


def refuse(problem: Problem, _scope: Scope, _endpoint: object = None) -> object:
    """Return the problem document as a response of Django's, which has no types."""
    response: Callable[..., object] = import_module("django.http").HttpResponse
    return response(
        problem.body,
        status=problem.status,
        content_type="application/problem+json",
        headers=problem.own_headers,
    )


document = refuse


def denied(error: AuthError) -> AuthError:
    """Return the error as one that Django, too, takes for a refusal, where no guard is around a view."""
    permission_denied: type[Exception] = import_module("django.core.exceptions").PermissionDenied
    kind: type[Any] = type(type(error).__name__, (type(error), permission_denied), {})
    made: AuthError = Exception.__new__(kind, *error.args)
    made.__dict__.update(vars(error))
    return made
