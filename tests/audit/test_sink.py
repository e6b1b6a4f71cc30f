"""Audit: one line an event, nothing in it that opens a door."""

import logging

from jwt_auth_core.audit import log_event, session_mark
from jwt_auth_core.events import LoggedIn, LoginFailed
from jwt_auth_core.vocabulary import Client, SessionId, UserId


def test_an_event_is_one_line(caplog):
    """Name, user and client stand in one record."""
    client = Client("203.0.113.9", "curl/8")
    with caplog.at_level(logging.INFO, "jwt_auth.audit"):
        log_event(LoggedIn(at=1, user_id=UserId("u1"), session="abc", client=client, reason="because"))
    assert caplog.messages == [
        "login_succeeded user=u1 session=abc address='203.0.113.9' agent='curl/8' reason=because"
    ]


def test_text_of_users_is_escaped(caplog):
    """Line breaks, ANSI and bidi characters cannot forge a line."""  # LOG-2
    with caplog.at_level(logging.INFO, "jwt_auth.audit"):
        log_event(LoginFailed(at=1, client=Client("1.2.3.4", "a\r\nlogin_succeeded \x1b[31m\u202e")))
    (line,) = caplog.messages
    assert "\n" not in line
    assert "\x1b" not in line
    assert "\u202e" not in line


def test_a_mark_tells_sessions_apart_and_opens_none():
    """The mark of a session is not its id."""
    one, other = SessionId("a" * 32), SessionId("b" * 32)
    assert session_mark(one) != session_mark(other)
    assert session_mark(one) not in one
    assert len(session_mark(one)) == 12
