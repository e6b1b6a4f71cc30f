"""The admin's part: whom it is for, what it never does, and its page."""
