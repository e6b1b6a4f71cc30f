"""A stand-in authorization server for MCP clients: registration, code with PKCE, tokens of RFC 9068's form.

It says yes to everybody; what it issues is for the resource that the client named (RFC 8707).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from jwt_auth_core import AccessTokens, KeyRing
from jwt_auth_core.keys.jwks import render_jwks
from jwt_auth_core.keys.pyjwt import PyJwtKey


class Authority:
    """One issuer; ``audiences`` are what its tokens were asked for."""

    def __init__(self, issuer):
        self.issuer = issuer
        self.keys = KeyRing([PyJwtKey.generate()])
        self.codes = {}
        self.audiences = []
        self.app = Starlette(
            routes=[
                Route("/.well-known/oauth-authorization-server", self.metadata),
                Route("/jwks", self.jwks),
                Route("/register", self.register, methods=["POST"]),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def metadata(self, _request):
        """RFC 8414."""
        names = {"jwks_uri": "jwks", "registration_endpoint": "register", "token_endpoint": "token"}
        more = {
            "authorization_endpoint": f"{self.issuer}/authorize",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
        }
        urls = {name: f"{self.issuer}/{path}" for name, path in names.items()}
        return JSONResponse({"issuer": self.issuer, **urls, **more})

    async def jwks(self, _request):
        """Return the public key."""
        return Response(render_jwks(self.keys.keys), media_type="application/json")

    async def register(self, request):
        """RFC 7591: everybody is a client."""
        asked = await request.json()
        return JSONResponse({**asked, "client_id": "mcp-client"}, status_code=201)

    async def authorize(self, request):
        """Send the person back with a code, as if she had said yes."""
        asked = dict(request.query_params)
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        answer = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return RedirectResponse(f"{asked['redirect_uri']}?{answer}", status_code=302)

    async def token(self, request):
        """Exchange a code, once and with its verifier."""
        form = await request.form()
        asked = self.codes.pop(form["code"])
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        self.audiences.append(asked.get("resource"))
        tokens = AccessTokens(self.keys, issuer=self.issuer, audience=asked.get("resource"))
        issued = tokens.issue(subject="ada", scopes={"tools:call"})
        return JSONResponse({"access_token": issued, "token_type": "Bearer", "expires_in": 900})
