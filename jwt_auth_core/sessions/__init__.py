"""Refresh sessions: rotating tokens, the rule that judges them, and the stores that keep them."""
