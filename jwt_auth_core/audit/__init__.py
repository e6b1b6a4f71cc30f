"""Audit: what happened is told, and written down in rows that nobody changes unnoticed."""

from jwt_auth_core.audit.audit import Audit
from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.audit.sink import AuditSink, log_event, session_mark
from jwt_auth_core.audit.trail import Trail
from jwt_auth_core.audit.verify import Finding, Report
from jwt_auth_core.events import Event, EventName

__all__ = [
    "Audit",
    "AuditSink",
    "Event",
    "EventName",
    "Finding",
    "Journal",
    "Report",
    "Trail",
    "log_event",
    "session_mark",
]
