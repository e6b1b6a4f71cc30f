"""Imports: files that other systems write of their users, read one user at a time into one record."""

from jwt_auth_core.imports.imported_user import Entry, ImportedUser, Remark, imported_id

__all__ = ["Entry", "ImportedUser", "Remark", "imported_id"]
