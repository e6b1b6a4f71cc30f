-- What a proof is about beside its user: the browser that asked for it, or one of several changes. A later letter
-- about the same voids what earlier ones brought, and no other.
ALTER TABLE auth_proofs ADD COLUMN about TEXT COLLATE "C" NOT NULL DEFAULT '';
