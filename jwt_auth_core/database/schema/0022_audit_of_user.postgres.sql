-- What a user did, for the export of the account.
CREATE INDEX IF NOT EXISTS auth_audit_user ON auth_audit (user_id, id) WHERE user_id IS NOT NULL;
