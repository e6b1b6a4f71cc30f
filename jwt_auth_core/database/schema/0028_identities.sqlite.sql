-- Who users are at providers that they sign in with: known by issuer and subject, never by an address.
CREATE TABLE auth_identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    identity_id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES auth_accounts (user_id) ON DELETE CASCADE ON UPDATE CASCADE,
    email TEXT,
    name TEXT,
    linked_at BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX auth_identities_user_id ON auth_identities (user_id, linked_at);
