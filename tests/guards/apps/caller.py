"""What every application answers at /who, and says first over /ws-who: whom the middleware found."""


def told(user):
    """Return who calls."""
    return {"kind": user.kind, "identity": user.identity, "scopes": user.scopes, "roles": user.roles}
