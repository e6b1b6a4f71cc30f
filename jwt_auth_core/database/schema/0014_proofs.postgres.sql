-- What letters carried and nobody brought back yet: of a token its SHA-256, of a code a MAC. user_id is no
-- reference: whoever holds the user's row locked would keep letters from being sent.
CREATE TABLE auth_proofs (
    digest TEXT COLLATE "C" PRIMARY KEY,
    purpose TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    letter_id TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    code_digest TEXT COLLATE "C",
    code_expires_at BIGINT NOT NULL,
    attempts_left INTEGER NOT NULL
);

CREATE INDEX auth_proofs_user_id ON auth_proofs (user_id, purpose, letter_id);
CREATE INDEX auth_proofs_expires_at ON auth_proofs (expires_at);
