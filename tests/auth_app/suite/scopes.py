"""Scopes of a user whose access token is too large for a cookie."""

from __future__ import annotations


def grant_too_many(world, user_id):
    """Grant so many, of the user's own and by roles."""
    world.auth.end_user.set_scopes(user_id, {f"reports:{number:04}" for number in range(140)})
    for role in "ab":
        world.auth.roles.define(role, {f"{role}:reports:{number}" for number in range(60)})
        world.auth.roles.grant(user_id, role)
