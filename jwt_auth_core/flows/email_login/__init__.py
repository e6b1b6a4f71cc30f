"""Login by e-mail: a code and a link instead of a password."""
