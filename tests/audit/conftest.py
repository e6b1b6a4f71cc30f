"""The worlds of the flows, in which events happen, and databases with an audit."""

from __future__ import annotations

import pytest

from tests import migrated
from tests.audit.desk import Desk
from tests.databases import DATABASES
from tests.flows.conftest import variables, world

__all__ = ["desk", "postgres_desk", "variables", "world"]


@pytest.fixture(params=[kind for kind in DATABASES if kind != "sqlite"])
def desk(request, tmp_path):
    """Return an audit on SQLite and on PostgreSQL."""
    with migrated.opened(request.param, request, tmp_path) as database:
        yield Desk(database)


@pytest.fixture
def postgres_desk(request, tmp_path):
    """Return an audit on PostgreSQL, where several write at once."""
    with migrated.opened("postgres", request, tmp_path) as database:
        yield Desk(database)
