-- The trigger of 0007, which now takes the spaces around an address off, as users/email.py does: such a row
-- was only queued, and a registration at the same moment did not wait for it. It passes over a row without a
-- user_id, which is nobody's yet and may be written so by the old application; once it gets one, the second
-- trigger (guard.py) takes it up. What is compared is so octet by octet, whatever collation the column has.
CREATE OR REPLACE FUNCTION auth_keep_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $function$
DECLARE
    address TEXT := btrim(NEW.email::text COLLATE "C", ' ');
    canonical TEXT := lower(address COLLATE "C");
    is_plain BOOLEAN := length(address) <= 64 AND address COLLATE "C" ~
        '^[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+([A-Za-z0-9][A-Za-z0-9-]*)?[A-Za-z]$';
    is_new BOOLEAN := TG_OP = 'INSERT';
BEGIN
    IF NEW.user_id IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        is_new := NEW.user_id IS DISTINCT FROM OLD.user_id;
        IF NOT is_new AND NEW.email::text COLLATE "C" IS NOT DISTINCT FROM OLD.email::text COLLATE "C" THEN
            RETURN NULL;
        END IF;
    END IF;
    IF is_new AND is_plain THEN
        INSERT INTO auth_accounts (user_id, email_canonical) VALUES (NEW.user_id, canonical)
            ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RETURN NULL;
        END IF;
    ELSIF is_plain THEN
        BEGIN
            UPDATE auth_accounts SET email_canonical = canonical WHERE user_id = NEW.user_id;
        EXCEPTION WHEN unique_violation THEN
            NULL;
        END;
    END IF;
    -- A changed address always, so that whoever is at work on the former one is followed by another.
    INSERT INTO auth_unadopted (user_id) VALUES (NEW.user_id);
    RETURN NULL;
END
$function$;

-- Its tables are these, whatever the search path of the writer says.
DO $block$
BEGIN
    EXECUTE format('ALTER FUNCTION auth_keep_account() SET search_path = %%I, pg_temp', current_schema());
END
$block$;
