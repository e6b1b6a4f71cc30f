"""Revocations: access tokens that die before their time, in every process, without a lookup a request."""

from jwt_auth_core.revocations.feed import Batch, Feed, Ledger
from jwt_auth_core.revocations.memory import MemoryFeed
from jwt_auth_core.revocations.revocation import CutOff, EndedSession, Recorded, Revocation
from jwt_auth_core.revocations.revocations import Revocations

__all__ = [
    "Batch",
    "CutOff",
    "EndedSession",
    "Feed",
    "Ledger",
    "MemoryFeed",
    "Recorded",
    "Revocation",
    "Revocations",
]
