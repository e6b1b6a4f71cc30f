"""Tickets: what makes a one-time code of an access token, and takes it back."""

from __future__ import annotations

from typing import TypedDict

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.flows.tickets import IssueWsTicket, RedeemWsTickets


class TicketFlows(TypedDict):
    """The use cases of this group, by their names in `Auth`."""

    issue_ws_ticket: IssueWsTicket
    redeem_ws_tickets: RedeemWsTickets


def ticket_flows(parts: Parts) -> TicketFlows:
    """Return the use cases of this group."""
    return {
        "issue_ws_ticket": IssueWsTicket(parts.stores.one_time, parts.clock),
        "redeem_ws_tickets": RedeemWsTickets(parts.stores.one_time, parts.clock),
    }
