-- Made again by guard.py: they now take the spaces around an address off, as users/email.py does.
DROP TRIGGER IF EXISTS auth_keep_account_insert;
DROP TRIGGER IF EXISTS auth_keep_account_update;
