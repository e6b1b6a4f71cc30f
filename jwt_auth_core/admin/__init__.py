"""Admin: what stands behind ``/auth/admin/``: whom it is for, and what it never does."""
