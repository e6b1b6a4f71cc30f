"""Doors: what docs/ once named is still there, under the name that it had."""

import importlib

import pytest

FLOWS = "jwt_auth_core.flows"
HTTP = "jwt_auth_asgi.http"
DOORS = {  # the documented name -> where it lives
    "jwt_auth_asgi.app.create_app": "jwt_auth_asgi.app.create.create_app",
    "jwt_auth_asgi.app.create_standalone": "jwt_auth_asgi.app.create.create_standalone",
    "jwt_auth_asgi.cli.main": "jwt_auth_asgi.cli.command.main",
    f"{HTTP}.access_cookie.TokenTooLargeError": f"{HTTP}.cookies.access_cookie.TokenTooLargeError",
    f"{HTTP}.acting_cookie.ActingError": f"{HTTP}.cookies.acting_cookie.ActingError",
    f"{HTTP}.acting_cookie.NothingWaitsError": f"{HTTP}.cookies.acting_cookie.NothingWaitsError",
    "jwt_auth_asgi.identity.AuthenticatedUser": "jwt_auth_asgi.identity.identity.AuthenticatedUser",
    "jwt_auth_asgi.loops.AsyncioRequiredError": "jwt_auth_asgi.executors.loops.AsyncioRequiredError",
    "jwt_auth_asgi.problems.STATUS": "jwt_auth_asgi.problems.problem.STATUS",
    "jwt_auth_asgi.problems.problem_of": "jwt_auth_asgi.problems.problem.problem_of",
    f"{FLOWS}.change_password.PasswordChange": f"{FLOWS}.password.change_password.PasswordChange",
    f"{FLOWS}.grant.Grant": f"{FLOWS}.sessions.grant.Grant",
    f"{FLOWS}.login.LoginAttempt": f"{FLOWS}.sessions.login.LoginAttempt",
    "jwt_auth_core.tickets.MemoryTickets": "jwt_auth_core.one_time.memory.MemoryCodes",
    "jwt_auth_core.tickets.SqlTickets": "jwt_auth_core.one_time.sql.SqlCodes",
    "jwt_auth_core.tickets.TicketStore": "jwt_auth_core.one_time.code.CodeStore",
}


def named(path):
    """Return what a dotted name stands for, imported as a user would."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize(("old", "new"), DOORS.items())
def test_a_documented_name_leads_to_where_it_moved(old, new):
    """The old name and the new one are the same thing."""
    assert named(old) is named(new)


def test_the_door_of_tickets_makes_tickets():
    """The functions of before are bound to the purpose of before."""
    tickets, code = map(importlib.import_module, ("jwt_auth_core.tickets", "jwt_auth_core.one_time.code"))
    ticket = tickets.new_ticket().reveal()
    assert ticket.startswith(tickets.PREFIX)
    assert tickets.digest_of(ticket) == code.WS_TICKET.digest_of(ticket)
    assert code.WS_TICKET.ttl_seconds == tickets.TTL_SECONDS
