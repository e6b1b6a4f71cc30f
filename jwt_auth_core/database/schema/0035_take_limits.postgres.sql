-- Takes from all buckets of a request, or from none where any refuses. What changes together: this, gcra.py, take.lua.
-- Of each bucket is asked: interval (microseconds), count, cost, first and longest wait (seconds). Buckets come in
-- one order, so that nobody waits in a circle. Returns the time, then of each bucket what was kept before: the
-- verdicts follow from that. It looks first, which waits for nobody and mostly tells who is refused; then it
-- locks, and judges what is there now.
-- A plan outlives the size that the table had when it was made: none of them may read all of it.
CREATE FUNCTION auth_take_limits(buckets TEXT[], asked BIGINT[], at BIGINT) RETURNS BIGINT[]
LANGUAGE plpgsql SET enable_seqscan = off AS $function$
DECLARE
    forgiven CONSTANT BIGINT := 86400000000;
    is_look BOOLEAN := TRUE;
    is_taken BOOLEAN := FALSE;
    kept BIGINT[];
    next BIGINT[];
    moment BIGINT;
    held_at BIGINT;
    struck BIGINT;
    each BIGINT;
    most BIGINT;
    cost BIGINT;
    longest BIGINT;
    used BIGINT;
BEGIN
    LOOP
        FOR i IN 1..cardinality(buckets) LOOP
            held_at := NULL;
            WHILE held_at IS NULL LOOP
                IF is_look OR asked[5 * i - 2] = 0 THEN
                    SELECT full_at, strikes INTO held_at, struck FROM auth_rate_limits WHERE bucket = buckets[i];
                    held_at := COALESCE(held_at, 0);
                    struck := COALESCE(struck, 0);
                ELSE
                    SELECT full_at, strikes INTO held_at, struck FROM auth_rate_limits
                    WHERE bucket = buckets[i] FOR UPDATE;
                    IF NOT FOUND THEN  -- it is made, so that there is something to lock, unless somebody else does
                        INSERT INTO auth_rate_limits (bucket, full_at, strikes, over_minute)
                        VALUES (buckets[i], 0, 0, next[3 * i])
                        ON CONFLICT DO NOTHING RETURNING full_at, strikes INTO held_at, struck;
                    END IF;
                END IF;
            END LOOP;
            kept[2 * i - 1] := held_at;
            kept[2 * i] := struck;
        END LOOP;
        moment := COALESCE(at, (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint);
        FOR i IN 1..cardinality(buckets) LOOP
            held_at := kept[2 * i - 1];
            struck := kept[2 * i];
            each := asked[5 * i - 4];
            most := each * asked[5 * i - 3];
            cost := asked[5 * i - 2];
            longest := asked[5 * i];
            IF longest > 0 AND struck > 0 AND moment < held_at + forgiven THEN
                IF cost > 1 OR (cost = 1 AND LEAST(held_at, moment + longest * 1000000) > moment) THEN
                    RETURN moment || kept;
                END IF;
                struck := struck + 1;
            ELSE
                IF longest > 0 AND struck > 0 THEN
                    held_at := 0;
                END IF;
                used := LEAST(GREATEST(held_at - moment, 0), most) + cost * each;
                IF used > most THEN
                    RETURN moment || kept;
                END IF;
                struck := CASE WHEN longest > 0 AND most - used < each THEN 1 ELSE 0 END;
            END IF;
            CONTINUE WHEN cost = 0;
            IF struck > 0 THEN
                used := LEAST(asked[5 * i - 1] << LEAST(struck - 1, 30)::integer, longest) * 1000000;
            END IF;
            next[3 * i - 2] := moment + used;
            next[3 * i - 1] := struck;
            next[3 * i] := (moment + used + CASE WHEN struck > 0 THEN forgiven ELSE 0 END) / 60000000 + 1;
            is_taken := TRUE;
        END LOOP;
        EXIT WHEN NOT (is_look AND is_taken);
        is_look := FALSE;
    END LOOP;
    FOR i IN 1..cardinality(buckets) LOOP
        CONTINUE WHEN asked[5 * i - 2] = 0;
        UPDATE auth_rate_limits
        SET full_at = next[3 * i - 2], strikes = next[3 * i - 1], over_minute = next[3 * i]
        WHERE bucket = buckets[i];
    END LOOP;
    RETURN moment || kept;
END
$function$;
