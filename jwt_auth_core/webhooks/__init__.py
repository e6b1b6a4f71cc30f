"""Webhooks: one signed POST to somebody outside, by Standard Webhooks, bounded and to no private address.

Nothing is exported from here: what is posted with takes long to load, and settings need none of it.
"""
