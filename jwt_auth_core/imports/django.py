"""Django: the JSON of `manage.py dumpdata`, an array (`json`) or lines (`jsonl`); apps of django-otp with it.

Sources, read 2026-11-29: docs.djangoproject.com/en/5.2/ref/django-admin/#dumpdata, topics/serialization,
`django.contrib.auth.models` 5.2 and `django_otp.plugins.otp_totp.models` 1.7. The file is read twice, because
its apps stand behind its users: their secrets are held meanwhile. Django verifies no addresses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final, TextIO, cast

from jwt_auth_core.imports import totp
from jwt_auth_core.imports.imported_user import Entry, ImportedUser, Remark
from jwt_auth_core.imports.json_items import items, unreadable
from jwt_auth_core.imports.records import Fields, users
from jwt_auth_core.imports.values import flag, list_of, moment, object_of, text
from jwt_auth_core.vocabulary import Secret

DEVICE: Final = "otp_totp.totpdevice"
_OURS: Final = {"step": "30", "t0": "0", "digits": "6"}
_UNUSABLE: Final = "!"
_RIGHTS: Final = ("is_superuser", "is_staff")

_Key = tuple[str, str]
"""How a user is referred to: by `pk`, or by the `name` that is its natural key."""
_Devices = dict[_Key, list[Secret | None]]


def read(file: TextIO, *, model: str = "auth.user") -> Iterator[Entry]:
    """Return the users of a file; ``model`` is theirs, in lower case, where it is one of your own.

    Raises:
        InvalidInputError: the file is no JSON, or has records and no user.
    """
    devices: _Devices = {}
    for item in _of_model(file, DEVICE):
        if isinstance(item, Remark):
            continue
        inner = object_of(item[1].get("fields"), "fields")
        if flag(inner, "confirmed", default=True):
            devices.setdefault(_key(inner.get("user")), []).append(_secret(inner))
    file.seek(0)
    return _some(users(_of_model(file, model), partial(_user, devices)), file, model)


def _some(found: Iterator[Entry], file: TextIO, model: str) -> Iterator[Entry]:
    is_empty = True
    for entry in found:
        is_empty = False
        yield entry
    file.seek(0)
    if is_empty and next(items(file), None) is not None:
        raise unreadable(1, f"there is no record of {model}; --model names another")


def _of_model(file: TextIO, model: str) -> Iterator[tuple[int, Fields] | Remark]:
    for item in items(file):
        if isinstance(item, Remark):  # it may have been one
            yield item
        elif isinstance(item[1], dict):
            record = cast("Fields", item[1])
            if record.get("model") == model:
                yield item[0], record


def _user(devices: _Devices, line: int, record: Fields) -> ImportedUser:
    fields, old_id = object_of(record.get("fields"), "fields"), text(record, "pk")
    stored = text(fields, "password")
    keys: list[_Key] = [("pk", old_id), ("name", text(fields, "username")), ("name", text(fields, "email"))]
    apps = next((devices[key] for key in keys if key in devices), list[Secret | None]())
    groups = [_key(group)[1] for group in list_of(fields.get("groups"), "groups")]
    return ImportedUser(
        line=line,
        old_id=old_id,
        email=text(fields, "email"),
        password_hash=None if stored.startswith(_UNUSABLE) or not stored else stored,
        first_name=text(fields, "first_name"),
        last_name=text(fields, "last_name"),
        is_disabled=not flag(fields, "is_active", default=True),
        created_at=moment(fields, "date_joined"),
        roles=frozenset([*groups, *(right for right in _RIGHTS if flag(fields, right))]),
        totp_secrets=tuple(secret for secret in apps if secret is not None),
        left_behind=("totp",) * sum(secret is None for secret in apps),
    )


def _key(value: object) -> _Key:
    """Return whose a device is, or which group: by its key, or by name where natural keys were written."""
    if isinstance(value, list):
        return "name", str(next(iter(cast("list[object]", value)), ""))
    return "pk", str(value)


def _secret(device: Mapping[str, object]) -> Secret | None:
    is_ours = all(text(device, name) in {value, ""} for name, value in _OURS.items())
    return totp.of_hex(text(device, "key")) if is_ours else None
