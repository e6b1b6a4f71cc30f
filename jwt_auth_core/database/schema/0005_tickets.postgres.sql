-- Single-use tickets of a few seconds; of a ticket only its SHA-256 digest in base64url.
CREATE TABLE auth_tickets (
    digest TEXT COLLATE "C" PRIMARY KEY,
    kept TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX auth_tickets_expires_at ON auth_tickets (expires_at);
