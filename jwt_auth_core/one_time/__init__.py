"""One-time codes: random texts that open one door once, within their time, in whichever process."""

from jwt_auth_core.one_time.code import WS_TICKET, CodeStore, Purpose

__all__ = [
    "WS_TICKET",
    "CodeStore",
    "Purpose",
]
