"""The settings one by one, those in the records of capabilities included."""

import dataclasses

from jwt_auth_core.settings import variables
from jwt_auth_core.variables.record import fields_of
from jwt_auth_core.variables.variable import Variable


def leaves(record, path=""):
    """Return every field of a record and of the records in it, by its path."""
    found = {}
    for field in dataclasses.fields(record):
        kind = fields_of(record)[field.name]
        name = f"{path}{field.name}"
        found |= {name: field} if isinstance(kind, Variable) else leaves(kind, f"{name}.")
    return found


def by_variable(settings):
    """Return every field of the settings by the name of its environment variable."""
    named = variables(settings)
    return {named[path].name: field for path, field in leaves(settings).items()}
