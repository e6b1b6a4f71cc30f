-- Made again by guard.py: they now take the spaces around an address off, as users/email.py does, and the
-- account follows a user_id that changes.
DROP TRIGGER IF EXISTS auth_keep_account_insert;
DROP TRIGGER IF EXISTS auth_keep_account_update;
