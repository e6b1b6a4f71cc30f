"""Refusals in Django, whose views answer by what they return."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from jwt_auth_asgi.guards.frameworks import Refusal


def refuse(refusal: Refusal) -> object:
    """Return the problem document as a response of Django's, which has no types."""
    response: Callable[..., object] = import_module("django.http").HttpResponse
    return response(
        refusal.body,
        status=refusal.status,
        content_type="application/problem+json",
        headers=dict(refusal.headers),
    )
