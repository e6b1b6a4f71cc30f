"""Argon2 in a workspace: the same tags, computed in memory of our own.

The documented `hash_secret_raw` leaves holes of 19 MiB in the heap of every thread, beyond the target of S7
in docs/performance.md. `low_level.core` takes memory that is given, but its structure may change with any
release ("use at your own peril"): it is called only where that is, field by field, the one below.
"""

from __future__ import annotations

from functools import partial
from mmap import mmap
from typing import Any, Final, cast

from argon2 import low_level

from jwt_auth_core.passwords.work import Work

_argon2: Final = cast("Any", low_level)  # cffi's own objects have no types
CONTEXT: Final = (
    ("out", "uint8_t *"),
    ("outlen", "uint32_t"),
    ("pwd", "uint8_t *"),
    ("pwdlen", "uint32_t"),
    ("salt", "uint8_t *"),
    ("saltlen", "uint32_t"),
    ("secret", "uint8_t *"),
    ("secretlen", "uint32_t"),
    ("ad", "uint8_t *"),
    ("adlen", "uint32_t"),
    ("t_cost", "uint32_t"),
    ("m_cost", "uint32_t"),
    ("lanes", "uint32_t"),
    ("threads", "uint32_t"),
    ("version", "uint32_t"),
    ("allocate_cbk", "int(*)(uint8_t * *, size_t)"),
    ("free_cbk", "void(*)(uint8_t *, size_t)"),
    ("flags", "uint32_t"),
)
"""The fields of ``argon2_context``, in their order, as every release so far has bound them."""


def is_known() -> bool:
    """Tell whether the installed argon2-cffi reads the structure that is written here."""
    try:
        fields = _argon2.ffi.typeof("argon2_context").fields
        return tuple((name, field.type.cname) for name, field in fields) == CONTEXT and callable(_argon2.core)
    except Exception:  # noqa: BLE001 - whatever a release without it raises
        return False


def computed(password: bytes, work: Work, memory: mmap) -> bytes | None:
    """Return the tag, computed in ``memory``; None when the system gave no thread for a lane."""
    ffi, cost = _argon2.ffi, work.profile
    tag = ffi.new("uint8_t[]", work.tag_bytes)
    with ffi.from_buffer("uint8_t[]", memory) as start:
        # Argon2's own allocations would leave holes of their size in the heap of every thread.
        allocate = ffi.callback("int(uint8_t **, size_t)", partial(_hand_out, start))
        give_back = ffi.callback("void(uint8_t *, size_t)", _keep)
        context = {
            "out": tag,
            "outlen": work.tag_bytes,
            "pwd": ffi.from_buffer("uint8_t[]", password),
            "pwdlen": len(password),
            "salt": ffi.from_buffer("uint8_t[]", work.salt),
            "saltlen": len(work.salt),
            "t_cost": cost.passes,
            "m_cost": cost.memory_kib,
            "lanes": cost.lanes,
            "threads": cost.lanes,
            "version": work.version,
            "allocate_cbk": allocate,
            "free_cbk": give_back,
            "flags": _argon2.lib.ARGON2_DEFAULT_FLAGS,
        }
        status = _argon2.core(ffi.new("argon2_context *", context), work.type)
    return bytes(ffi.buffer(tag)) if status == _argon2.lib.ARGON2_OK else None


def _hand_out(start: Any, wanted: Any, size: int) -> int:
    if size <= len(start):
        wanted[0] = start
    return 0  # where nothing was handed out Argon2 says that it has no memory


def _keep(_start: Any, _bytes: int) -> None:
    """Do nothing: Argon2 has overwritten what it left there, and the next hash has use for it."""
