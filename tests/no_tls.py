"""For clients of plain http: one that is handed no context reads every root certificate, 50 ms each time."""

from __future__ import annotations

import ssl

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # it trusts nobody
