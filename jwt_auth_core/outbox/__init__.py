"""The outbox: what somebody outside has yet to be told, kept with the change, delivered at least once."""

from jwt_auth_core.outbox.message import (
    NEEDLESS,
    Deliver,
    Entry,
    Failure,
    Message,
    MessageNotFoundError,
    Needless,
)
from jwt_auth_core.outbox.outbox import Outbox
from jwt_auth_core.outbox.sql import Counts, SqlOutbox

__all__ = [
    "NEEDLESS",
    "Counts",
    "Deliver",
    "Entry",
    "Failure",
    "Message",
    "MessageNotFoundError",
    "Needless",
    "Outbox",
    "SqlOutbox",
]
