"""The door of before ``one_time`` had its name, when all one-time codes were tickets of websockets."""

from __future__ import annotations

from typing import Final

from jwt_auth_core.one_time.code import WS_TICKET
from jwt_auth_core.one_time.code import CodeStore as TicketStore
from jwt_auth_core.one_time.memory import MemoryCodes as MemoryTickets
from jwt_auth_core.one_time.sql import SqlCodes as SqlTickets

__all__ = [
    "PREFIX",
    "TTL_SECONDS",
    "MemoryTickets",
    "SqlTickets",
    "TicketStore",
    "digest_of",
    "new_ticket",
]

PREFIX: Final = WS_TICKET.prefix
TTL_SECONDS: Final = WS_TICKET.ttl_seconds
digest_of: Final = WS_TICKET.digest_of
new_ticket: Final = WS_TICKET.new
