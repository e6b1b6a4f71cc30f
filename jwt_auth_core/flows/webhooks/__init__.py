"""Webhooks: events are kept for somebody outside, and posted afterwards."""
