-- Which address of a user is verified: as long as it is the one that the account has.
CREATE TABLE auth_verified_emails (
    user_id TEXT PRIMARY KEY NOT NULL REFERENCES auth_accounts (user_id) ON DELETE CASCADE,
    address TEXT COLLATE BINARY NOT NULL
);
