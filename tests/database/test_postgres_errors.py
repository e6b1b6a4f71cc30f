"""Every error of psycopg2 and of the server becomes one of ours."""

from __future__ import annotations

import psycopg2
import pytest
from psycopg2 import errorcodes, errors, extensions

from jwt_auth_core.database.connections.postgres import translated
from jwt_auth_core.database.sqlstate import Refusal, error_for
from jwt_auth_core.errors import (
    ConstraintError,
    InvalidValueError,
    MissingTableError,
    QueryError,
    StoreUnavailableError,
    UniqueViolationError,
)

CLASSES = [
    cls
    for module in (psycopg2, errors, extensions)
    for cls in vars(module).values()
    if isinstance(cls, type) and issubclass(cls, (psycopg2.Error, psycopg2.Warning))
]


@pytest.mark.parametrize(
    "cls", sorted(set(CLASSES), key=lambda cls: cls.__name__), ids=lambda cls: cls.__name__
)
def test_every_exception_of_the_driver_is_translated(cls):
    """Each class that psycopg2 can raise has an error of ours."""
    assert isinstance(translated(cls("something")), (QueryError, StoreUnavailableError))


@pytest.mark.parametrize(
    ("error", "family"),
    [
        (psycopg2.OperationalError("server closed the connection unexpectedly"), StoreUnavailableError),
        (psycopg2.InterfaceError("connection already closed"), StoreUnavailableError),
        (psycopg2.DatabaseError("lost synchronization with server"), StoreUnavailableError),
        (psycopg2.ProgrammingError("can't adapt type 'X'"), InvalidValueError),
        (psycopg2.DataError("out of range"), InvalidValueError),
        (psycopg2.IntegrityError("a rule"), ConstraintError),
        (psycopg2.ProgrammingError("the connection cannot be re-entered"), QueryError),
        (psycopg2.NotSupportedError("no"), QueryError),
        (psycopg2.Warning("careful"), QueryError),
    ],
)
def test_what_the_client_finds_itself(error, family):
    """An error without a SQLSTATE goes by its class."""
    assert type(translated(error)) is family


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("23505", UniqueViolationError),
        ("23502", ConstraintError),
        ("23503", ConstraintError),
        ("23514", ConstraintError),
        ("23P01", ConstraintError),
        ("44000", ConstraintError),
        ("22P02", InvalidValueError),
        ("22003", InvalidValueError),
        ("54000", InvalidValueError),
        ("42P01", MissingTableError),
        ("42703", MissingTableError),
        ("3F000", MissingTableError),
        ("42601", QueryError),
        ("25P02", QueryError),
        ("0A000", QueryError),
        *(
            (code, StoreUnavailableError)
            for code in ["57P01", "57P03", "08006", "40001", "40P01", "53300", "53100", "55P03"]
        ),
        *(
            (code, StoreUnavailableError)
            for code in ["57014", "25006", "28P01", "3D000", "42501", "58030", "XX000", "XX001"]
        ),
    ],
)
def test_the_code_of_the_server_decides(code, family):
    """Each SQLSTATE becomes the error that its caller can act on; passing failures are 503 (F-14)."""
    # F-14
    assert type(error_for(Refusal(code))) is family


def test_every_code_of_the_server_is_translated():
    """Each SQLSTATE that psycopg2 knows has an error of ours, with a sentence."""
    known = [getattr(errorcodes, name) for name in dir(errorcodes) if name.isupper()]
    found = [error_for(Refusal(code)) for code in known if len(code) == 5]
    assert len(found) > 200
    assert all(isinstance(error, (QueryError, StoreUnavailableError)) and str(error) for error in found)
