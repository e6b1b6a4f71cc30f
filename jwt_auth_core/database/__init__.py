"""Safe queries on PostgreSQL and SQLite: one placeholder style, one set of errors, one schema."""

from jwt_auth_core.database.like import containing
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.database.statement import Dialect

__all__ = ["Database", "Dialect", "Row", "containing"]
