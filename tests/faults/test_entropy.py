"""A system without randomness: 503, and nothing is issued."""

from __future__ import annotations

import os
import random
from contextlib import closing

import pytest

from jwt_auth_core.tokens import ids
from tests.end_to_end.site import FRAMEWORKS
from tests.end_to_end.visitor import PASSWORD, Visitor, cookie, problem
from tests.end_to_end.world import ADA, World


@pytest.fixture(params=list(FRAMEWORKS))
def world(request):
    """Return an application."""
    with closing(World(request.param)) as made:
        yield made


@pytest.fixture
def dry(monkeypatch):
    """Return what takes all randomness away, and gives it back."""
    sources = [(os, "urandom"), (random, "_urandom")]

    class Dry:
        def __enter__(self) -> None:
            ids.forget()  # those drawn before are good
            for module, name in sources:
                monkeypatch.setattr(module, name, self.fail)

        def __exit__(self, *_: object) -> None:
            monkeypatch.undo()

        @staticmethod
        def fail(_count: int) -> bytes:
            raise OSError("no entropy")

    return Dry()


@pytest.mark.parametrize("route", ["register", "login", "refresh"])
def test_nothing_is_issued_without_randomness(world, dry, route):
    """Each route that needs randomness says 503 and sets no cookie; afterwards all is as before."""
    # F-29
    token, grace = world.login(), {**ADA, "email": "grace@example.com"}
    asks = {
        "register": lambda: world.post("/auth/register", json=grace),
        "login": lambda: world.post("/auth/login", json={"email": ADA["email"], "password": PASSWORD}),
        "refresh": lambda: world.post("/auth/refresh", headers=cookie(token)),
    }
    with dry:
        answer = asks[route]()
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "set-cookie" not in answer.headers
    assert "access_token" not in answer.text
    assert asks[route]().is_success


def test_access_tokens_verify_without_randomness(world, dry):
    """Verifying needs none."""
    # F-29
    access = world.post("/auth/login", json=ADA).json()["access_token"]
    with dry:
        assert world.get("/questions/topics", {"authorization": f"Bearer {access}"}).status_code == 200


@pytest.mark.servers
@pytest.mark.fault("F-29", "os.urandom raises in a served worker on PostgreSQL and Valkey")
def test_a_site_goes_on_once_there_is_randomness(site_on, dry, measured, redis_url, migrated_url):
    """On real stores: 503, the cookie untouched, access tokens as good as ever; then everybody goes on."""
    # F-29
    site = site_on(REDIS_URL=redis_url, DATABASE_URL=migrated_url)
    ada, grace = site.member(), site.visitor("grace")
    held = ada.token
    with dry:
        refused = [use(ada) for use in (Visitor.login, Visitor.refresh)] + [grace.register()]
        assert ada.topics().status_code == 200
        assert ada.me().status_code == 200
    measured.healed()
    assert [problem(answer) for answer in refused] == [(503, "unavailable")] * 3
    assert ada.token == held
    assert ada.refresh().status_code == 200
    assert (grace.register().status_code, grace.login().status_code) == (201, 200)
    site.settle()
