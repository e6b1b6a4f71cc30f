"""One-time codes: random texts that open one door once, within their time, in whichever process."""

from jwt_auth_core.one_time.code import WS_TICKET, CodeStore, Purpose
from jwt_auth_core.one_time.memory import MemoryCodes
from jwt_auth_core.one_time.sql import SqlCodes

__all__ = [
    "WS_TICKET",
    "CodeStore",
    "MemoryCodes",
    "Purpose",
    "SqlCodes",
]
