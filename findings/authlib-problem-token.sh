#!/usr/bin/env bash
# Authlib hands the refusal of a token endpoint to its caller as a token, when the JSON has no member `error`.
#
# RFC 6749 (section 5.2) wants `error` in a refusal; many servers, and gateways before them, answer 401 with a problem
# document (RFC 9457) instead.
# Seen with Authlib 1.9.0, requests 2.34.2 on Python 3.11 (Linux x86-64):
#   401 application/problem+json -> {'title': 'wrong password', 'status': 401}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet authlib==1.9.0 requests==2.34.2

cat >"$folder/seen.py" <<'PYTHON'
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version

os.environ.update(AUTHLIB_INSECURE_TRANSPORT="1", NO_PROXY="127.0.0.1")
from authlib.integrations.requests_client import OAuth2Session


class Refusal(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"title": "wrong password", "status": 401}'
        self.send_response(401)
        self.send_header("Content-Type", "application/problem+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        """Say nothing."""


server = HTTPServer(("127.0.0.1", 0), Refusal)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"Authlib {version('authlib')}, requests {version('requests')}")
try:
    found = OAuth2Session("client").fetch_token(
        f"http://127.0.0.1:{server.server_port}/token", username="ada", password="wrong", grant_type="password"
    )
except Exception as refused:
    found = refused
print("401 application/problem+json ->", repr(found))
sys.exit(not (isinstance(found, dict) and found == {"title": "wrong password", "status": 401}))
PYTHON
"$folder/env/bin/python" "$folder/seen.py"
