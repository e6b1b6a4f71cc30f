"""Mail: letters, which are made when they are sent, and the mailers that send them.

Nothing is exported from here: what speaks SMTP takes long to load, and settings need none of it.
"""
