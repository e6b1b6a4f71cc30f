"""SMTP servers on loopback: a real one, and one that says what the test tells it to."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult


@dataclass
class Inbox:
    """What a server took, and how it answers some recipients: ``answers["eve@example.com"] = "550 no"``."""

    port: int = 0
    taken: list = field(default_factory=list)
    logins: list = field(default_factory=list)
    answers: dict = field(default_factory=dict)
    after_data: str = "250 taken"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server, _session, envelope, address, options
    ):
        """Answer as told."""
        answer = self.answers.get(address, "250 fine")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer

    async def handle_DATA(  # noqa: N802
        self, _server, _session, envelope
    ):
        """Keep the letter."""
        if self.after_data.startswith("250"):
            self.taken.append(envelope)
        return self.after_data

    def log_in(self, _server, _session, _envelope, _mechanism, data):
        """Let everybody in but one whose password is wrong."""
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password != b"wrong", handled=False)


@contextmanager
def nobody_listens() -> Generator[tuple[socket.socket, int]]:
    """Yield a socket and its port: nobody else gets it, and whoever connects is refused."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held, held.getsockname()[1]


@contextmanager
def smtp_server(
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    at: socket.socket | None = None,
    smtputf8: bool = True,
    auth: bool = False,
    without: tuple = (),
) -> Generator[Inbox]:
    """Yield what a real server takes, on loopback, with TLS from the first octet or with STARTTLS.

    ``at`` is a socket of `nobody_listens`, where somebody does from now on.
    """
    inbox = Inbox()

    def speaker():
        return SMTP(
            inbox,
            hostname="localhost",
            enable_SMTPUTF8=smtputf8,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=inbox.log_in,
            auth_required=auth,
            auth_require_tls=tls is None,
            auth_exclude_mechanism=without,
            loop=loop,
        )

    loop = asyncio.new_event_loop()
    place = {"host": "127.0.0.1", "port": 0} if at is None else {"sock": at}
    server = loop.run_until_complete(loop.create_server(speaker, **place, ssl=tls))
    inbox.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield inbox
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server):
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def scripted(*replies: bytes, tls: ssl.SSLContext | None = None, is_patient: bool = False) -> Generator[int]:
    """Yield the port of a server that says one reply at a time, one a line that comes, and hangs up.

    ``is_patient`` has it wait silently instead. With ``tls`` the reply ``b"TLS"`` encrypts.
    """
    over = threading.Event()

    def serve(listening):
        with suppress(OSError), ExitStack() as open_ones:
            connected, _ = listening.accept()
            _say(open_ones.enter_context(connected), replies, tls, open_ones)
            if is_patient:
                over.wait(60)

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def _say(connected, replies, tls, open_ones):
    speaking = connected
    lines = open_ones.enter_context(speaking.makefile("rb"))
    for reply, following in zip(replies, (*replies[1:], b"TLS"), strict=True):
        if reply == b"TLS":
            speaking = open_ones.enter_context(tls.wrap_socket(connected, server_side=True))
            lines = open_ones.enter_context(speaking.makefile("rb"))
        else:
            speaking.sendall(reply)
        if following != b"TLS":
            _listen(lines, is_letter=reply.startswith(b"354"))


def _listen(lines, *, is_letter):
    while (line := lines.readline()) and is_letter and line != b".\r\n":
        pass
