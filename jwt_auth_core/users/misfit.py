"""Why the table that was there before us refused a new user: said once to the operator, or to the client.

Asked only after a registration failed; the sound ones pay nothing for it.
"""

from __future__ import annotations

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.users_table import Fault, UnfitTableError, faults, widths
from jwt_auth_core.errors import AuthError, FieldError, InvalidInputError
from jwt_auth_core.users.user import NewUser


def refusal(db: Database, new: NewUser) -> AuthError | None:
    """Return why a row was refused; None when nothing of the table explains it.

    A name that is longer than its column is the client's to mend; all else is the operator's.
    """
    found = faults(db)
    if found:
        return UnfitTableError(found)
    limits = widths(db)
    given = {"email": new.email, "first_name": new.first_name, "last_name": new.last_name}
    too_long = [
        FieldError(name, "too_long", f"must be at most {limits[name]} characters long")
        for name, text in given.items()
        if name in limits and len(text) > limits[name]
    ]
    return InvalidInputError(too_long) if too_long else None


def unfit_unique(constraint: str) -> UnfitTableError:
    """Return the error for a unique rule of the table's own, which no second user keeps."""
    what = f"its unique rule {constraint} refuses a new user whose address is free"
    return UnfitTableError([Fault(what, "drop the rule, or give its column a DEFAULT that differs by row")])
