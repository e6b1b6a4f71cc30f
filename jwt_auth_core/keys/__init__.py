"""Signing keys: the rule, the ring, HS256."""

from jwt_auth_core.keys.hs256 import Hs256Key
from jwt_auth_core.keys.key import Key
from jwt_auth_core.keys.ring import KeyRing

__all__ = ["Hs256Key", "Key", "KeyRing"]
