#!/usr/bin/env bash
# Python's smtplib cannot log in with a password beyond ASCII, which the server takes.
#
# RFC 4616 (section 2) has user and password of AUTH PLAIN in UTF-8. `SMTP.login` encodes them as ASCII, after TLS was
# begun and before a word of them was sent; the same octets by hand are let in. The error is no SMTPException.
# Seen with aiosmtpd 1.4.6 on Python 3.11 (Linux x86-64):
#   login: UnicodeEncodeError
#   AUTH PLAIN in UTF-8: 235
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet aiosmtpd==1.4.6

cat >"$folder/seen.py" <<'PYTHON'
import base64
import smtplib
import socket
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

PASSWORD = "pässwörd"


def let_in(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


class Nobody:
    """Takes no letters."""


with socket.socket() as found:
    found.bind(("127.0.0.1", 0))
    port = found.getsockname()[1]
served = Controller(Nobody(), "127.0.0.1", port, authenticator=let_in, auth_require_tls=False)
served.start()
try:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.ehlo()
        try:
            smtp.login("ada", PASSWORD)
            login = "let in"
        except (smtplib.SMTPException, UnicodeError) as error:
            login = type(error).__name__
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.ehlo()
        code, _ = smtp.docmd("AUTH", "PLAIN " + base64.b64encode(f"\0ada\0{PASSWORD}".encode()).decode())
finally:
    served.stop()

print("login:", login)
print("AUTH PLAIN in UTF-8:", code)
sys.exit((login, code) != ("UnicodeEncodeError", 235))
PYTHON
"$folder/env/bin/python" "$folder/seen.py"
