"""The port of a mail server that is down."""

from __future__ import annotations

import smtplib
import socket

import pytest

from tests.servers.smtp import nobody_listens, smtp_server


def test_a_port_at_which_nobody_listens_is_kept():
    """Whoever connects is refused, no other gets it, and in the end somebody listens there."""
    with nobody_listens() as (held, port):
        for _ in range(2):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=10)
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
        with pytest.raises(OSError, match="in use"):
            socket.create_server(("127.0.0.1", port))
        with smtp_server(at=held) as inbox, smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            assert client.noop()[0] == 250
        assert inbox.port == port
