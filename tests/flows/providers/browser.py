"""A browser of the flows' tests: it goes to a provider, whose user agrees, and comes back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.flows.identities.meet import Met, Return
from jwt_auth_core.flows.identities.round_trip import RoundTrip
from jwt_auth_core.vocabulary import Client, Secret

CLIENT = Client("203.0.113.9", None, limit_key="203.0.113.9")
VERIFIER = "a-verifier-that-this-application-alone-knows"


@dataclass
class Browser:
    """One, as it is known by its cookies; ``grant`` is what it was handed last."""

    world: object
    issuer: object
    provider: str = "acme"
    known: Secret | None = None
    device: Secret | None = None
    grant: object = None
    challenge: str | None = None

    def leave(self, grant=None):
        """Go to the provider and agree; with a grant, to link; return what it sends back."""
        trip = RoundTrip(
            provider=self.provider,
            redirect_uri=f"https://app.example/auth/oauth/{self.provider}/callback",
            onward=None,
            transport="cookie",
            challenge=self.challenge,
        )
        leave = self.world.auth.identities.leave
        if grant is None:
            sent = leave(trip, CLIENT, self.known)
        else:
            claims = self.world.auth.claims_of(grant.access_token)
            sent = leave.to_link(grant.user.user_id, trip, CLIENT, self.known, claims)
        self.known = sent.browser
        return self.issuer.authorize(sent.url)

    def met(self, back, **changes) -> Met:
        """Come back with what the provider sent, some of it changed."""
        said = {
            "provider": self.provider,
            "browser": self.known,
            "state": back.get("state"),
            "code": Secret(back["code"]) if "code" in back else None,
            "error": back.get("error"),
            "issuer": back.get("iss"),
        }
        return self.world.auth.identities.meet(Return(**{**said, **changes}), CLIENT)

    def meet(self, back, **changes):
        """Come back and sign in."""
        met = self.met(back, **changes)
        self.grant = self.world.auth.identities.sign_in(met, CLIENT, self.device)
        return self.grant

    def sign_in(self):
        """Go, agree, come back and sign in."""
        return self.meet(self.leave())

    def link(self, grant):
        """Go, agree, come back and have it linked."""
        return self.world.auth.identities.link(self.met(self.leave(grant)), CLIENT)

    def person(self):
        """Return whom the provider vouches for."""
        return self.met(self.leave()).person

    def begin_application(self):
        """Go on for an application; return what it alone knows."""
        self.challenge = b64url_encode(hashlib.sha256(VERIFIER.encode()).digest())
        return VERIFIER

    def code(self):
        """Come back with a code for the application."""
        met = self.met(self.leave())
        return self.world.auth.identities.sign_in.code(met, CLIENT)
