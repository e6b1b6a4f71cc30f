"""Sessions: open one by logging in, renew it, list them, end them."""
