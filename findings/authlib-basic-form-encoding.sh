#!/usr/bin/env bash
# Authlib's client does not form-encode id and secret for `client_secret_basic`; its server decodes percent signs.
#
# RFC 6749 section 2.3.1 has a client encode both by `application/x-www-form-urlencoded` before a colon joins them. Authlib's
# client sends them as they are, and its server takes percent-encodings apart, but leaves a plus sign alone: so its two ends
# disagree about a secret with a percent sign in it, and a server that decodes as the RFC says disagrees with its client about a
# plus sign, too. A secret of letters and digits alone is the same everywhere.
# Seen with Authlib 1.9.10 on Python 3.11 (Linux x86-64), secret `a+b%2F/c`:
#   client sends: reports:a+b%2F/c
#   by the RFC:   reports:a%2Bb%252F%2Fc
#   its server reads from what its client sends: a+b//c
#   its server reads from what the RFC says: a+b%2F/c
#   the RFC reads from what its client sends: a b//c
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet authlib==1.9.10 requests==2.32.5

cat >"$folder/seen.py" <<'PYTHON'
import base64
import sys
from importlib.metadata import version
from urllib.parse import quote_plus, unquote_plus

from authlib.common.encoding import to_unicode
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6749.util import extract_basic_authorization

CLIENT, SECRET = "reports", "a+b%2F/c"


class Taken(Exception):
    """Stops a request before it is sent."""


def sent():
    """Return what the client puts behind `Basic`, decoded from base64."""
    seen = {}
    session = OAuth2Session(CLIENT, SECRET, token_endpoint_auth_method="client_secret_basic")

    def take(request, **_):
        seen["header"] = request.headers["Authorization"]
        raise Taken

    session.get_adapter("https://id.example.com").send = take
    session.send = take
    try:
        session.fetch_token("https://id.example.com/token", grant_type="client_credentials")
    except Taken:
        pass
    return base64.b64decode(seen["header"].removeprefix("Basic ")).decode()


def read(pair):
    """Return the secret that Authlib's server reads from such a header."""
    header = "Basic " + base64.b64encode(pair.encode()).decode()
    return to_unicode(extract_basic_authorization({"Authorization": header})[1])


by_rfc = f"{quote_plus(CLIENT)}:{quote_plus(SECRET)}"
plain = sent()
print("Authlib", version("Authlib"))
print("client sends:", plain)
print("by the RFC:  ", by_rfc)
print("its server reads from what its client sends:", read(plain))
print("its server reads from what the RFC says:", read(by_rfc))
print("the RFC reads from what its client sends:", unquote_plus(plain.partition(":")[2]))
as_written = plain == f"{CLIENT}:{SECRET}" and read(by_rfc) == SECRET and read(plain) == "a+b//c"
sys.exit(not as_written)
PYTHON

"$folder/env/bin/python" "$folder/seen.py"
