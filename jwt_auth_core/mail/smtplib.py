"""Letters by SMTP, through the standard library's ``smtplib``: one exchange each, which ends in time.

TLS is verified and never left out: a server that does not offer it gets neither a password nor a letter.
`smtplib` speaks. What it does without bounds is done here: connecting, looking up names, reading addresses.
"""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from ipaddress import ip_address
from typing import Final

from jwt_auth_core.database.reach import reach
from jwt_auth_core.database.resolver import Resolver, UnresolvedError
from jwt_auth_core.keys.deadline import Deadline
from jwt_auth_core.mail.mail_url import MailUrl
from jwt_auth_core.mail.mailer import Mail, Undelivered
from jwt_auth_core.mail.mime import is_international, octets_of

SECONDS: Final = 10.0
"""How long an exchange may take, from the look-up of the name to the last reply."""

MOST_ADDRESSES: Final = 4

_READY: Final = 220
_LOGGED_IN: Final = 235
_OK: Final = 250
_FORWARDED: Final = 251
_GO_ON: Final = 334
_SEND: Final = 354
_CLOSING: Final = 421
_PERMANENT: Final = range(500, 600)
_NOT_OF_THE_RECIPIENT: Final = frozenset([503, 530, 534, 535, 538])
"""Replies to RCPT that are about us: no login, no encryption, no sender."""


class _RefusedError(Exception):
    """The server's reply ends the exchange."""

    def __init__(self, refusal: Undelivered) -> None:
        super().__init__(refusal.error)
        self.refusal = refusal


class SmtpMailer:
    """Sends by one server; a class because it reads the root certificates once."""

    def __init__(self, url: MailUrl, *, seconds: float = SECONDS) -> None:
        self._url = url
        self._seconds = seconds
        self._resolver = Resolver()

    def send(self, mail: Mail) -> Undelivered | None:
        """See `Mailer.send`."""
        octets = octets_of(mail)
        return self._timed(lambda smtp: _hand_over(smtp, mail, octets))

    def check(self) -> Undelivered | None:
        """Log in and leave; return why that is not possible, None when it is."""
        return self._timed(lambda _: None)

    def _timed(self, use: Callable[[smtplib.SMTP], None]) -> Undelivered | None:
        try:
            with Deadline(self._seconds) as deadline:
                return self._exchanged(deadline, use)
        except RuntimeError:  # no thread to mind the time
            return Undelivered("overloaded", is_down=True)

    def _exchanged(self, deadline: Deadline, use: Callable[[smtplib.SMTP], None]) -> Undelivered | None:
        smtp = smtplib.SMTP(local_hostname="localhost")  # else it asks a name server what we are called
        try:
            self._open(smtp, deadline)
            use(smtp)
        except _RefusedError as error:
            return error.refusal
        except UnresolvedError:
            return Undelivered("host_unknown", is_down=True)
        except (OSError, smtplib.SMTPException) as error:
            return Undelivered(_what(error, is_over=deadline.is_over), is_down=True)
        finally:
            with suppress(OSError):
                smtp.putcmd("QUIT")
            smtp.close()
        return None

    def _open(self, smtp: smtplib.SMTP, deadline: Deadline) -> None:
        connected = self._reach(time.monotonic() + self._seconds)
        deadline.hold(connected)
        smtp.local_hostname = _literal(connected)
        smtp.sock = self._encrypted(connected) if self._url.scheme == "smtps" else connected
        _expect(smtp.getreply(), "greeting", _READY)
        _expect(smtp.ehlo(), "ehlo", _OK)
        if self._url.scheme == "smtp":
            self._start_tls(smtp, connected)
        if self._url.user:
            self._log_in(smtp)

    def _reach(self, until: float) -> socket.socket:
        """Connect to the first address that answers; the deadline ends what comes then."""
        found = self._resolver.addresses(self._url.host, within_seconds=self._seconds)[:MOST_ADDRESSES]
        connected = reach(found, self._url.port, until=until)
        if connected is None:
            raise UnresolvedError
        connected.settimeout(None)
        return connected

    def _start_tls(self, smtp: smtplib.SMTP, connected: socket.socket) -> None:
        if not smtp.has_extn("starttls"):
            raise _RefusedError(Undelivered("starttls_not_offered", is_down=True))
        _expect(smtp.docmd("STARTTLS"), "starttls", _READY)
        smtp.file = None  # what somebody put behind the reply, before encryption, is not read as one
        smtp.sock = self._encrypted(connected)
        _expect(smtp.ehlo(), "ehlo", _OK)

    def _encrypted(self, connected: socket.socket) -> ssl.SSLSocket:
        return self._context.wrap_socket(connected, server_hostname=self._url.host)

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        """Log in with UTF-8, which `smtplib.SMTP.login` cannot."""
        user, password = self._url.user, self._url.password.reveal()
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            reply = smtp.docmd("AUTH", "PLAIN " + _base64(f"\0{user}\0{password}"))
        elif "LOGIN" in offered:
            _expect(smtp.docmd("AUTH", "LOGIN"), "auth", _GO_ON)
            _expect(smtp.docmd(_base64(user)), "auth", _GO_ON)
            reply = smtp.docmd(_base64(password))
        else:
            raise _RefusedError(Undelivered("auth_not_offered", is_down=True))
        _expect(reply, "auth", _LOGGED_IN)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def _hand_over(smtp: smtplib.SMTP, mail: Mail, octets: bytes) -> None:
    """Give the letter away; whoever has said that it is taken may say nothing more."""
    options = ""
    if is_international(mail):
        if not smtp.has_extn("smtputf8"):
            raise _RefusedError(Undelivered("smtputf8_not_offered", is_final=True))
        smtp.command_encoding = "utf-8"
        options = " SMTPUTF8"
    _expect(smtp.docmd("MAIL", f"FROM:<{mail.sender.address}>{options}"), "mail", _OK)
    reply = smtp.docmd("RCPT", f"TO:<{mail.recipient}>")
    if reply[0] != _FORWARDED:
        _expect(reply, "rcpt", _OK, is_of_letter=reply[0] not in _NOT_OF_THE_RECIPIENT)
    try:
        reply = smtp.data(octets)
    except smtplib.SMTPDataError as error:
        reply = (error.smtp_code, b"")
    _expect(reply, "data", _OK, is_of_letter=True)


def _expect(reply: tuple[int, bytes], step: str, code: int, *, is_of_letter: bool = False) -> None:
    """Raise unless the server says what lets us go on.

    What it says of a letter or its recipient is no reason to let others wait; what it says before is.
    """
    said = reply[0]
    if said == code:
        return
    is_down = not is_of_letter or said in {_CLOSING, -1}
    is_final = said in _PERMANENT and not is_down
    error = f"{step}_{said}" if said > 0 else f"{step}_garbled"
    raise _RefusedError(Undelivered(error, is_final=is_final, is_down=is_down))


def _literal(connected: socket.socket) -> str:
    """Return what we call ourselves: our address, for a machine need not have a name (RFC 5321 4.1.3)."""
    address = ip_address(str(connected.getsockname()[0]).partition("%")[0])
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"  # noqa: PLR2004 - a version


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _what(error: Exception, *, is_over: bool) -> str:
    if is_over or isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "tls_failed"
    return "disconnected" if isinstance(error, smtplib.SMTPException) else "unreachable"
