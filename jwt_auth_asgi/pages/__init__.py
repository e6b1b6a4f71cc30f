"""Account pages: sign in, register, and all that a user may do with an account, as HTML for browsers."""
