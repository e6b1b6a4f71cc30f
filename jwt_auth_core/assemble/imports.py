"""Moving in and out: what brings users of other systems along, and what writes ours into a file."""

from __future__ import annotations

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.flows.imports.export_users import ExportUsers
from jwt_auth_core.flows.imports.import_flows import ImportFlows
from jwt_auth_core.flows.imports.import_users import ImportUsers
from jwt_auth_core.roles.sql import SqlRoles
from jwt_auth_core.users.bulk import SqlBulkUsers


def import_flows(parts: Parts) -> ImportFlows:
    """Return the group of use cases."""
    database = parts.stores.database
    users, roles = SqlBulkUsers(database), SqlRoles(database)
    apps, vault = parts.factors.apps, parts.factors.vault
    return ImportFlows(
        ImportUsers(users, apps, roles, parts.passwords.knows, vault, parts.journal, parts.clock),
        ExportUsers(users, apps, roles, vault, parts.journal, parts.clock),
    )
