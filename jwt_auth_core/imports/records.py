"""Records: items of a file made into users, and what is wrong with those that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, cast

from jwt_auth_core.imports.imported_user import Entry, ImportedUser, Remark
from jwt_auth_core.imports.json_items import Item

Fields = Mapping[str, object]
Make = Callable[[int, Fields], ImportedUser]
"""Makes a user of a record and its line; a ValueError says what is wrong with it, and shows no value."""

NO_EMAIL: Final = "it has no e-mail address"


def users(found: Iterable[Item | Remark], make: Make) -> Iterator[Entry]:
    """Return a user of each item, or why it is none."""
    for item in found:
        if isinstance(item, Remark):
            yield item
            continue
        line, value = item
        if isinstance(value, dict):
            yield made(line, cast("dict[str, object]", value), make)
        else:
            yield Remark(line, "it is no object")


def made(line: int, fields: Fields, make: Make) -> Entry:
    """Return the user of one record, or why it is none; one without an address could not log in by it."""
    try:
        user = make(line, fields)
    except ValueError as error:
        return Remark(line, str(error))
    return user if user.email else Remark(line, NO_EMAIL)
