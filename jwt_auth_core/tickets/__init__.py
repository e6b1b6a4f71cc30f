"""Tickets: opaque texts that stand for a caller once, within seconds, in whichever process."""

from jwt_auth_core.tickets.memory import MemoryTickets
from jwt_auth_core.tickets.sql import SqlTickets
from jwt_auth_core.tickets.ticket import PREFIX, TTL_SECONDS, TicketStore, digest_of, new_ticket

__all__ = [
    "PREFIX",
    "TTL_SECONDS",
    "MemoryTickets",
    "SqlTickets",
    "TicketStore",
    "digest_of",
    "new_ticket",
]
