"""E-mail: another address for an account, confirmed by its reader, undone by who had the account before."""
