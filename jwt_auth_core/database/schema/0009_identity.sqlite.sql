-- Made again by guard.py: the account now follows a user_id that changes.
DROP TRIGGER IF EXISTS auth_keep_account_update;
