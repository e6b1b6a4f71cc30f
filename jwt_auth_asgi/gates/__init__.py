"""Gates: what is asked before an endpoint is called, whatever framework calls it."""

from jwt_auth_asgi.gates.gate import Gate
from jwt_auth_asgi.gates.gated import Gated, GatedApp

__all__ = ["Gate", "Gated", "GatedApp"]
