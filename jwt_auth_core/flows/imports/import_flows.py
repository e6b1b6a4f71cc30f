"""The group of use cases about moving in and out."""

from __future__ import annotations

from jwt_auth_core.flows.imports.export_users import ExportUsers
from jwt_auth_core.flows.imports.import_users import ImportUsers
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class ImportFlows:
    """What brings users along, and what writes them out."""

    users: ImportUsers
    export: ExportUsers
