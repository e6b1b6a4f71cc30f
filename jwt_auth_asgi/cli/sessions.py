"""The commands `jwt-auth sessions show | list | revoke`."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from functools import partial

from jwt_auth_asgi.cli.leaf import AddLeaf, MakeAuth, say
from jwt_auth_core.flows.sessions.show_session import ShownSession
from jwt_auth_core.sessions.session import Session
from jwt_auth_core.timestamp import timestamp


def add(leaf: AddLeaf, make: MakeAuth) -> None:
    """Add the commands: *leaf* adds one by name, function and sentence, *make* makes the `Auth`."""
    show = leaf("show", partial(_show, make), "show the session that a refresh token belongs to")
    show.add_argument("token", help="the refresh token, or - to read it from standard input")
    listed = leaf("list", partial(_list, make), "list where a user is logged in, the oldest session first")
    listed.add_argument("email", help="the address that the user logs in with")
    revoke = leaf("revoke", partial(_revoke, make), "end one session, or all sessions of a user")
    which = revoke.add_mutually_exclusive_group(required=True)
    which.add_argument("session_id", nargs="?", help="the id of one, as list shows it")
    which.add_argument("--all", metavar="EMAIL", help="end all sessions of the user with this address")


def _show(make: MakeAuth, arguments: argparse.Namespace) -> None:
    token = sys.stdin.readline().strip() if arguments.token == "-" else arguments.token
    with closing(make(arguments)) as auth:
        say(_described(auth.show_session(token)))


def _list(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        user = auth.end_user.find(arguments.email)
        sessions = auth.list_sessions(user.user_id)
    for session in sessions:
        say(_line(session))
    if not sessions:
        say(f"{user.email} is logged in nowhere")


def _revoke(make: MakeAuth, arguments: argparse.Namespace) -> None:
    with closing(make(arguments)) as auth:
        if arguments.all is None:
            auth.revoke_session.of_anybody(arguments.session_id)
            say(f"ended {arguments.session_id}")
            return
        user = auth.end_user.find(arguments.all)
        auth.end_user.logout_all(user.user_id)
        say(f"ended every session of {user.email}")


def _line(session: Session) -> str:
    times = {"created": session.created_at, "used": session.last_used_at, "ends": session.ends_at}
    told = "  ".join(f"{name} {timestamp(moment)}" for name, moment in times.items())
    client = session.client
    return f"{session.session_id}  {told}  {client.address or '-'}  {client.user_agent or '-'!a}"


def _described(shown: ShownSession) -> str:
    head = [
        f"session     {shown.session_id}",
        f"redis key   refresh:{{{shown.session_id}}}",
        f"generation  {shown.generation} (of the token that was given)",
    ]
    session = shown.session
    if session is None:
        return "\n".join([*head, "the store holds no such session: expired, ended or never there"])
    return "\n".join(
        [
            *head,
            f"user        {session.user_id}",
            f"created     {timestamp(session.created_at)}",
            f"last used   {timestamp(session.last_used_at)}",
            f"ends        {timestamp(session.ends_at)}",
            f"address     {session.client.address!a}",
            f"user agent  {session.client.user_agent!a}",
        ]
    )
