"""Second factors: what a user shows besides the first one; kinds, secrets, and who has enrolled what."""
