"""What the tests of passkeys share: a login by one, and a list of them."""

from __future__ import annotations


def got(client, device):
    """Return what a device answers to a login's options."""
    return device.get(client.post("/auth/login/passkey/options").json())


def log_in(client, holder, **more):
    """Log in by the passkey of a device."""
    return client.post("/auth/login/passkey", json={"passkey": got(client, holder), **more})


def listed(client, mine):
    """Return the passkeys of a caller."""
    return client.get("/auth/passkeys", headers=mine).json()["passkeys"]
