-- Which address of a user is verified: as long as it is the one that the account has.
CREATE TABLE auth_verified_emails (
    user_id UUID PRIMARY KEY REFERENCES auth_accounts (user_id) ON DELETE CASCADE,
    address TEXT COLLATE "C" NOT NULL
);
