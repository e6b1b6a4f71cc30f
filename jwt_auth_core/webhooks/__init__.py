"""Webhooks: one signed POST to somebody outside, by Standard Webhooks, bounded and to no private address."""

from jwt_auth_core.webhooks.post import Answer, Poster
from jwt_auth_core.webhooks.settings import WebhookSettings
from jwt_auth_core.webhooks.signature import Signer

__all__ = ["Answer", "Poster", "Signer", "WebhookSettings"]
