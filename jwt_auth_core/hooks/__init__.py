"""Hooks: where an application has a say of its own, before and after what ours do."""
